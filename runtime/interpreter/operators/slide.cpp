#include "runtime/interpreter/operators/slide.hpp"

#include <algorithm>
#include <utility>

namespace ns {
namespace {

/// Index `axis` of the element `place` of an array of `extents`.
std::int64_t index_of(std::int64_t place, const Slide::Extents& extents, std::size_t axis) {
  for (std::size_t inner = extents.size(); --inner > axis;) place /= extents[inner];
  return place % extents[axis];
}

Slide::Extents per_axis(const OperatorCall& call, std::string_view name, std::size_t count,
                        std::int64_t otherwise) {
  const auto given = call.view.integers(name);
  return given.empty() ? Slide::Extents(count, otherwise) : Slide::Extents(given.begin(), given.end());
}

bool are_from(const Slide::Extents& numbers, std::size_t count, std::int64_t least) {
  return numbers.size() == count && std::ranges::all_of(numbers, [least](auto number) {
           return number >= least && number <= Slide::largest;
         });
}

}  // namespace

Result<Slide> Slide::of(const OperatorCall& call, Extents kernel, std::span<const std::int64_t> in,
                        std::span<const std::int64_t> out) {
  const auto count = kernel.size();
  Slide slide;
  slide.kernel_ = std::move(kernel);
  slide.in_.assign(in.begin(), in.end());
  slide.out_.assign(out.begin(), out.end());
  slide.stride_ = per_axis(call, "strides", count, 1);
  slide.dilation_ = per_axis(call, "dilations", count, 1);
  const auto pads = per_axis(call, "pads", 2 * count, 0);
  if (count == 0 || in.size() != count || out.size() != count || !are_from(pads, 2 * count, -largest) ||
      !are_from(slide.kernel_, count, 1) || !are_from(slide.stride_, count, 1) ||
      !are_from(slide.dilation_, count, 1))
    return call.fail("kernel, strides, dilations and pads do not go together with its input");
  const auto padding = call.view.text("auto_pad", "NOTSET");
  for (std::size_t axis = 0; axis < count; ++axis) {
    const auto covered = slide.dilation_[axis] * (slide.kernel_[axis] - 1) + 1;
    const auto total = std::max<std::int64_t>((out[axis] - 1) * slide.stride_[axis] + covered - in[axis], 0);
    const auto less = total / 2;
    const bool same = padding.starts_with("SAME");
    const bool upper = padding == "SAME_UPPER";
    const bool valid = padding == "VALID";
    slide.begin_.push_back(same ? (upper ? less : total - less) : valid ? 0 : pads[axis]);
    slide.end_.push_back(same ? (upper ? total - less : less) : valid ? 0 : pads[count + axis]);
  }
  return slide;
}

std::int64_t Slide::at(std::int64_t place, std::int64_t tap, std::size_t axis) const {
  return index_of(place, out_, axis) * stride_[axis] - begin_[axis] +
         index_of(tap, kernel_, axis) * dilation_[axis];
}

std::optional<std::int64_t> Slide::element(std::int64_t place, std::int64_t tap) const {
  std::int64_t element = 0;
  for (std::size_t axis = 0; axis < rank(); ++axis) {
    const auto index = at(place, tap, axis);
    if (index < 0 || index >= in_[axis]) return std::nullopt;
    element = element * in_[axis] + index;
  }
  return element;
}

bool Slide::is_padded(std::int64_t place, std::int64_t tap) const {
  for (std::size_t axis = 0; axis < rank(); ++axis)
    if (at(place, tap, axis) >= in_[axis] + end_[axis]) return false;
  return true;
}

std::int64_t fits(std::int64_t extent, std::int64_t covered, std::int64_t stride) {
  return extent < covered ? 0 : (extent - covered) / stride + 1;
}

}  // namespace ns
