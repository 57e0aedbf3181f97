/// Moving elements from one tensor to another.
#pragma once

#include "kernels/cudnn/builder.hpp"
#include "kernels/strided.hpp"
#include "net/layers/pad.hpp"

#include <cstdint>
#include <vector>

namespace ns::cudnn {

/// Reads a tensor with strides and writes another with strides.
struct Move {
  std::vector<std::int64_t> extents;
  std::vector<std::int64_t> from;  // strides
  std::vector<std::int64_t> to;
  std::int64_t from_offset = 0;
  std::int64_t to_offset = 0;
};

void append_move(Builder& plan, BufferId from, BufferId to, const Move& move);

/// The part of a tensor of `shape` that has `extent` elements from `first` on along `axis`, as [outer,
/// extent, inner] with strides in that tensor.
struct Part {
  std::vector<std::int64_t> extents;
  std::vector<std::int64_t> strides;
  std::int64_t offset = 0;
};
Part part_of(const Shape& shape, std::int64_t axis, std::int64_t first, std::int64_t extent);

/// `to` of extents `outside` is `from` of extents `inside`, `pads` further in, and around it what `fill`
/// says.
void append_pad(Builder& plan, BufferId from, BufferId to, const std::vector<std::int64_t>& inside,
                const std::vector<std::int64_t>& outside, const std::vector<std::int64_t>& pads,
                const Pad& fill);

}  // namespace ns::cudnn
