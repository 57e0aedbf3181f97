/// What is fused behind a convolution or fc: an addition, functions, or both.
#pragma once

#include "kernels/onednn/builder.hpp"

#include <optional>

namespace ns::onednn {

struct Epilogue {
  PostOps after;
  std::optional<std::size_t> added;  // which of the group's inputs is added
};

Epilogue epilogue_of(const LayerConfig& config);

/// Output memory in the layout `desc` that holds what `epilogue` adds: the added input's own where it dies
/// here, else a copy of it.
View accumulator(Builder& plan, const Epilogue& epilogue, const Desc& desc);

}  // namespace ns::onednn
