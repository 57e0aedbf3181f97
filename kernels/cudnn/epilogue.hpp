/// What is fused behind a convolution or fc: a bias, an addition, a function, or several of these.
#pragma once

#include "kernels/cudnn/builder.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"

#include <optional>

namespace ns::cudnn {

struct Epilogue {
  std::optional<BufferId> bias;  // one value per channel
  bool adds = false;             // the last input, of the output's shape
  std::optional<Act> act;
  Layout layout = Layout::nchw;  // of the output

  [[nodiscard]] bool is_empty() const { return !bias && !adds && !act; }
  [[nodiscard]] bool is_relu() const { return act && act->kind == Act::Kind::relu; }
};

/// Of the current group, whose head has `bias`.
Epilogue epilogue_of(const Builder& plan, std::optional<BufferId> bias);

/// What the kernel of functions is told of `act`, and of tensors with `channels` and `inner` elements of one
/// channel side by side.
PointwiseTask pointwise_task(const Act& act, std::int64_t count, std::int64_t channels, std::int64_t inner);
/// The same without a function.
PointwiseTask pointwise_task(std::int64_t count, std::int64_t channels, std::int64_t inner);

/// The epilogue as one pass of its own over `output`; nothing if it is empty.
void append_epilogue(Builder& plan, const Epilogue& epilogue, BufferId output, std::int64_t channels,
                     std::int64_t inner);

}  // namespace ns::cudnn
