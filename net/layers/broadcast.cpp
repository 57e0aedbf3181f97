#include "net/layers/broadcast.hpp"

namespace ns {
namespace {

std::vector<std::int64_t> strides_of(const Shape& in, std::size_t rank) {
  std::vector<std::int64_t> strides(rank, 0);
  std::int64_t step = 1;
  for (std::size_t back = 1; back <= in.rank(); ++back) {
    const auto extent = in[in.rank() - back];
    if (extent != 1) strides[rank - back] = step;
    step *= extent;
  }
  return strides;
}

}  // namespace

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const auto& longer = a.rank() >= b.rank() ? a : b;
  const auto& shorter = a.rank() >= b.rank() ? b : a;
  auto shape = longer;
  for (std::size_t i = 0; i < shorter.rank(); ++i) {
    auto& extent = shape[longer.rank() - shorter.rank() + i];
    const auto other = shorter[i];
    if (extent != other && extent != 1 && other != 1) return std::nullopt;
    if (extent == 1) extent = other;
  }
  return shape;
}

BroadcastAxes broadcast_axes(const Shape& out, const std::vector<Shape>& operands) {
  std::vector<std::vector<std::int64_t>> all;
  for (const auto& operand : operands) all.push_back(strides_of(operand, out.rank()));
  BroadcastAxes made{{}, std::vector<std::vector<std::int64_t>>(operands.size())};
  for (std::size_t axis = 0; axis < out.rank(); ++axis) {
    const auto extent = out[axis];
    if (extent == 1) continue;
    bool goes_on = !made.extents.empty();
    for (std::size_t i = 0; i < all.size() && goes_on; ++i)
      goes_on = made.strides[i].back() == all[i][axis] * extent;
    if (goes_on) {
      made.extents.back() *= extent;
    } else {
      made.extents.push_back(extent);
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (goes_on) made.strides[i].pop_back();
      made.strides[i].push_back(all[i][axis]);
    }
  }
  if (made.extents.empty()) {  // one element
    made.extents = {1};
    for (auto& strides : made.strides) strides = {0};
  }
  return made;
}

}  // namespace ns
