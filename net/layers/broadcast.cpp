#include "net/layers/broadcast.hpp"

namespace ns {

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

}  // namespace ns
