// Pools in the forms that no layer type has, and what turns them round.
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/slide.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// Output 0, whose element `place` of each plane is value(slide, the input's plane, place).
template <class Value>
Result<Data> pooled(const OperatorCall& call, const Value& value) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto kernel = call.view.integers("kernel_shape");
  if (input.shape.rank() < 3) return call.fail("its input has no axis to slide over");
  const auto slide = Slide::of(call, {kernel.begin(), kernel.end()}, input.shape.extents().subspan(2),
                               made->shape.extents().subspan(2));
  if (!slide) return tl::unexpected{slide.error()};
  const auto places = slide->places();
  for (std::size_t i = 0; i < made->values.size(); ++i) {
    const auto plane = static_cast<std::int64_t>(i) / places;
    made->values[i] = value(*slide, input.values.data() + plane * slide->plane(), i);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

/// An element's place if the first spatial axis ran fastest.
std::int64_t column_major(std::int64_t element, std::span<const std::int64_t> extents) {
  std::int64_t place = 0;
  for (std::size_t axis = extents.size(); axis-- > 0; element /= extents[axis]) {
    std::int64_t stride = 1;
    for (std::size_t outer = 0; outer < axis; ++outer) stride *= extents[outer];
    place += element % extents[axis] * stride;
  }
  return place;
}

/// The second output says where in the whole input the largest elements stand.
Result<Data> max_pool(const OperatorCall& call) {
  const auto& shape = call.in(0).shape;
  std::vector<double> indices;
  const auto largest = [&](const Slide& slide, const double* plane, std::size_t i) {
    const auto place = static_cast<std::int64_t>(i) % slide.places();
    std::optional<std::int64_t> best;
    for (std::int64_t tap = 0; tap < slide.taps(); ++tap)
      if (const auto element = slide.element(place, tap);
          element && (!best || plane[*element] > plane[*best]))
        best = element;
    const auto first = static_cast<std::int64_t>(i) / slide.places() * slide.plane();
    const auto shown = best && call.view.integer("storage_order", 0) != 0
                           ? column_major(*best, shape.extents().subspan(2))
                           : best.value_or(-1);
    indices.push_back(static_cast<double>(first + shown));
    return best ? plane[*best] : 0.0;
  };
  auto made = pooled(call, largest);
  if (made) made->emplace_back(Array{DType::int64, made->front().array.shape, std::move(indices)});
  return made;
}

Result<Data> average_pool(const OperatorCall& call) {
  const bool count_pad = call.view.integer("count_include_pad", 0) != 0;
  return pooled(call, [&](const Slide& slide, const double* plane, std::size_t i) {
    const auto place = static_cast<std::int64_t>(i) % slide.places();
    double sum = 0.0;
    std::int64_t count = 0;
    for (std::int64_t tap = 0; tap < slide.taps(); ++tap) {
      const auto element = slide.element(place, tap);
      if (element) sum += plane[*element];
      if (element || (count_pad && slide.is_padded(place, tap))) ++count;
    }
    return sum / static_cast<double>(std::max<std::int64_t>(1, count));
  });
}

Result<Data> lp_pool(const OperatorCall& call) {
  const auto p = static_cast<double>(call.view.integer("p", 2));
  return pooled(call, [&](const Slide& slide, const double* plane, std::size_t i) {
    const auto place = static_cast<std::int64_t>(i) % slide.places();
    double sum = 0.0;
    for (std::int64_t tap = 0; tap < slide.taps(); ++tap)
      if (const auto element = slide.element(place, tap)) sum += std::pow(std::abs(plane[*element]), p);
    return std::pow(sum, 1.0 / p);
  });
}

Result<Data> global_lp_pool(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto p = static_cast<double>(call.view.integer("p", 2));
  const auto plane = call.in(0).shape.elements(2, call.in(0).shape.rank());
  for (std::size_t i = 0; i < made->values.size(); ++i) {
    const auto* const first = call.in(0).values.data() + static_cast<std::int64_t>(i) * plane;
    double sum = 0.0;
    for (std::int64_t j = 0; j < plane; ++j) sum += std::pow(std::abs(first[j]), p);
    made->values[i] = std::pow(sum, 1.0 / p);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

/// Shape of the pooled tensor, by the kernel, strides and pads of the pool.
Result<Shape> unpooled_shape(const OperatorCall& call) {
  auto shape = call.in(0).shape;
  const auto kernel = call.view.integers("kernel_shape");
  const auto strides = call.view.integers("strides");
  const auto pads = call.view.integers("pads");
  const auto count = kernel.size();
  const auto are_possible = [](std::span<const std::int64_t> numbers) {
    return std::ranges::all_of(numbers, [](auto each) { return std::abs(each) <= Slide::largest; });
  };
  if (shape.rank() != count + 2 || (!strides.empty() && strides.size() != count) ||
      (!pads.empty() && pads.size() != 2 * count) || !are_possible(kernel) || !are_possible(strides) ||
      !are_possible(pads) || !are_possible(shape.extents()))
    return call.fail("kernel, strides and pads do not go together with its input");
  for (std::size_t axis = 0; axis < count; ++axis) {
    auto& extent = shape[axis + 2];
    extent = (extent - 1) * (strides.empty() ? 1 : strides[axis]) + kernel[axis];
    if (!pads.empty()) extent -= pads[axis] + pads[count + axis];
  }
  if (auto checked = check_shape(shape); !checked) return call.fail(checked.error().message);
  return shape;
}

/// `array` in the first corner of an array of zeros of `shape`, or what of it fits in.
Array cornered(const Array& array, const Shape& shape) {
  auto made = zeros(array.dtype, shape);
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    auto rest = static_cast<std::int64_t>(i);
    std::int64_t place = 0;
    std::int64_t stride = 1;
    bool inside = true;
    for (std::size_t axis = shape.rank(); axis-- > 0; rest /= array.shape[axis]) {
      const auto index = rest % array.shape[axis];
      inside = inside && index < shape[axis];
      place += index * stride;
      stride *= shape[axis];
    }
    if (inside) made.values[static_cast<std::size_t>(place)] = array.values[i];
  }
  return made;
}

std::vector<std::int64_t> integers_of(const Array& array) {
  std::vector<std::int64_t> numbers;
  constexpr auto largest = static_cast<double>(Slide::largest);
  for (const auto value : array.values) numbers.push_back(integer_of(std::clamp(value, -largest, largest)));
  return numbers;
}

/// Indices count the elements of the tensor that was pooled; a given output shape only adds zeros.
Result<Data> max_unpool(const OperatorCall& call) {
  const auto shape = unpooled_shape(call);
  if (!shape) return tl::unexpected{shape.error()};
  const auto& input = call.in(0);
  const auto& indices = call.in(1);
  if (indices.shape != input.shape) return call.fail("its indices do not go together with its input");
  auto made = zeros(input.dtype, *shape);
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto index = indices.values[i];
    if (!(index >= 0.0 && index < static_cast<double>(made.values.size())))
      return call.fail("an index names no element");
    made.values[static_cast<std::size_t>(index)] = input.values[i];
  }
  if (!call.has(2)) return outputs_of(std::move(made));
  const Shape wanted{integers_of(call.in(2))};
  if (wanted.rank() != shape->rank() || !check_shape(wanted))
    return call.fail("its output shape does not go together with its input");
  return outputs_of(cornered(made, wanted));
}

/// Columns [batch, channels * taps, places] added up in an image.
Result<Data> columns_to_image(const OperatorCall& call) {
  const auto& columns = call.in(0);
  const auto image = integers_of(call.in(1));
  auto kernel = integers_of(call.in(2));
  const auto rank = kernel.size();
  const auto strides = call.view.integers("strides");
  const auto dilations = call.view.integers("dilations");
  const auto pads = call.view.integers("pads");
  if (columns.shape.rank() != 3 || image.size() != rank || (!strides.empty() && strides.size() != rank) ||
      (!dilations.empty() && dilations.size() != rank) || (!pads.empty() && pads.size() != 2 * rank))
    return call.fail("image, block, strides, dilations and pads do not go together");
  std::vector<std::int64_t> places;
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const auto pad = [&](std::size_t i) {
      return pads.empty() ? 0 : std::clamp(pads[i], -Slide::largest, Slide::largest);
    };
    const auto padded = image[axis] + pad(axis) + pad(rank + axis);
    const auto dilation =
        dilations.empty() ? 1 : std::clamp<std::int64_t>(dilations[axis], 1, Slide::largest);
    const auto covered = (kernel[axis] - 1) * dilation + 1;
    places.push_back(fits(padded, covered, strides.empty() ? 1 : std::max<std::int64_t>(1, strides[axis])));
  }
  const auto slide = Slide::of(call, std::move(kernel), image, places);
  if (!slide) return tl::unexpected{slide.error()};
  const auto taps = slide->taps();
  if (columns.shape[1] % taps != 0 || columns.shape[2] != slide->places())
    return call.fail("its input is not as many blocks as fit into the image");
  std::vector<std::int64_t> extents{columns.shape[0], columns.shape[1] / taps};
  extents.insert(extents.end(), image.begin(), image.end());
  Shape shape{std::move(extents)};
  if (auto checked = check_shape(shape); !checked) return call.fail(checked.error().message);
  auto made = zeros(columns.dtype, std::move(shape));
  for (std::int64_t line = 0; line < columns.shape[0] * columns.shape[1]; ++line) {
    auto* const plane = made.values.data() + line / taps * slide->plane();
    for (std::int64_t place = 0; place < slide->places(); ++place)
      if (const auto element = slide->element(place, line % taps))
        plane[*element] += columns.values[static_cast<std::size_t>(line * slide->places() + place)];
  }
  round_values(made);
  return outputs_of(std::move(made));
}

}  // namespace

std::span<const Operator> window_operators() {
  static constexpr std::array rows{
      Operator{"", "AveragePool", 1, average_pool},
      Operator{"", "Col2Im", 3, columns_to_image},
      Operator{"", "GlobalLpPool", 1, global_lp_pool},
      Operator{"", "LpPool", 1, lp_pool},
      Operator{"", "MaxPool", 1, max_pool},
      Operator{"", "MaxUnpool", 2, max_unpool},
  };
  return rows;
}

}  // namespace ns
