#include "runtime/interpreter/operators/slices.hpp"

#include <algorithm>
#include <utility>

namespace ns {

Result<Array> joined(const OperatorCall& call, const std::vector<const Array*>& parts, std::int64_t given,
                     bool new_axis) {
  if (parts.empty()) return call.fail("an empty sequence cannot be joined");
  const auto rank = parts.front()->shape.rank() + (new_axis ? 1 : 0);
  const auto axis = call.view.axis(given, rank);
  if (!axis) return tl::unexpected{axis.error()};
  std::vector<std::int64_t> extents(parts.front()->shape.extents().begin(),
                                    parts.front()->shape.extents().end());
  if (new_axis) extents.insert(extents.begin() + static_cast<std::ptrdiff_t>(*axis), 1);
  const Shape one{extents};
  extents[*axis] = 0;
  for (const auto* const part : parts) {
    const auto& shape = part->shape;
    if (shape.rank() + (new_axis ? 1 : 0) != rank) return call.fail("elements of different rank are joined");
    for (std::size_t i = 0; i < shape.rank(); ++i) {
      const auto place = new_axis && i >= *axis ? i + 1 : i;
      if (place != *axis && shape[i] != one[place])
        return call.fail("elements of different shape are joined");
    }
    extents[*axis] += new_axis ? 1 : shape[*axis];
  }
  Array array = zeros(parts.front()->dtype, Shape{std::move(extents)});
  const auto outer = array.shape.elements(0, *axis);
  auto to = array.values.begin();
  for (std::int64_t line = 0; line < outer; ++line)
    for (const auto* const part : parts) {
      const auto run = static_cast<std::int64_t>(part->values.size()) / std::max<std::int64_t>(1, outer);
      to = std::copy_n(part->values.begin() + line * run, run, to);
    }
  return array;
}

Array slice_at(const Array& array, std::size_t axis, std::int64_t step) {
  const auto outer = array.shape.elements(0, axis);
  const auto inner = array.shape.elements(axis + 1, array.shape.rank());
  std::vector<std::int64_t> extents(array.shape.extents().begin(), array.shape.extents().end());
  extents.erase(extents.begin() + static_cast<std::ptrdiff_t>(axis));
  auto made = zeros(array.dtype, Shape{std::move(extents)});
  auto to = made.values.begin();
  for (std::int64_t line = 0; line < outer; ++line)
    to = std::copy_n(array.values.begin() + (line * array.shape[axis] + step) * inner, inner, to);
  return made;
}

}  // namespace ns
