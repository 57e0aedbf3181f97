// What only moves elements.
#include "kernels/reference/layers.hpp"
#include "kernels/strided.hpp"

namespace ns::reference {
namespace {

void run_copy(const StridedCopy& copy, const Operands& operands) {
  auto& to = operands.output().values;
  for (std::size_t i = 0; i < to.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    auto place = copy.offset;
    for (std::size_t axis = copy.extents.size(); axis-- > 0;) {
      place += rest % copy.extents[axis] * copy.strides[axis];
      rest /= copy.extents[axis];
    }
    to[i] = operands.input().values[static_cast<std::size_t>(place)];
  }
}

}  // namespace

void run(const Transpose& layer, const Operands& operands) {
  run_copy(strided_copy(layer, operands.input().shape), operands);
}

void run(const DepthSpace& layer, const Operands& operands) {
  run_copy(strided_copy(layer, operands.input().shape), operands);
}

void run(const Crop& layer, const Operands& operands) {
  run_copy(strided_copy(layer, operands.input().shape), operands);
}

void run(const Expand& layer, const Operands& operands) {
  run_copy(strided_copy(layer, operands.input().shape), operands);
}

void run(const Tile& layer, const Operands& operands) {
  run_copy(strided_copy(layer, operands.input().shape), operands);
}

}  // namespace ns::reference
