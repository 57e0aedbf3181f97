// What moves elements without changing them, in the forms that no layer type has.
#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// Elements in the shape that follows from the node's inputs: also shapes of no elements.
Result<Data> reshaped(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  if (made->values.size() != call.in(0).values.size())
    return call.fail("its input has another number of elements than its output");
  made->values = call.in(0).values;
  return outputs_of(std::move(*made));
}

/// Parts along an axis, of which some may be empty.
Result<Data> split(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto axis = call.view.axis(call.view.integer("axis", 0), input.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  const auto outer = input.shape.elements(0, *axis);
  const auto inner = input.shape.elements(*axis + 1, input.shape.rank());
  Data parts;
  std::int64_t start = 0;
  for (std::size_t i = 0; i < call.outputs.size(); ++i) {
    auto made = call.blank(i);
    if (!made) return tl::unexpected{std::move(made.error())};
    const auto extent = made->shape[*axis];
    if (start + extent > input.shape[*axis]) return call.fail("its parts are longer than the axis");
    for (std::int64_t line = 0; line < outer; ++line)
      std::copy_n(input.values.begin() + (line * input.shape[*axis] + start) * inner, extent * inner,
                  made->values.begin() + line * extent * inner);
    start += extent;
    parts.emplace_back(std::move(*made));
  }
  return parts;
}

/// The middle of `input` along an axis, or `input` in the middle of zeros.
Array centred(const Array& input, std::size_t axis, std::int64_t extent) {
  auto shape = input.shape;
  shape[axis] = extent;
  auto made = zeros(input.dtype, std::move(shape));
  const auto own = input.shape[axis];
  const auto inner = input.shape.elements(axis + 1, input.shape.rank());
  const auto from = own > extent ? (own - extent) / 2 : 0;
  const auto to = extent > own ? (extent - own) / 2 : 0;
  for (std::int64_t line = 0; line < input.shape.elements(0, axis); ++line)
    std::copy_n(input.values.begin() + (line * own + from) * inner, std::min(own, extent) * inner,
                made.values.begin() + (line * extent + to) * inner);
  return made;
}

Result<Data> centre_crop_pad(const OperatorCall& call) {
  Array made = call.in(0);
  const auto& extents = call.in(1).values;
  const auto axes = call.view.integers("axes");
  if (!axes.empty() && axes.size() != extents.size()) return call.fail("it has not one extent per axis");
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const auto axis =
        call.view.axis(axes.empty() ? static_cast<std::int64_t>(i) : axes[i], made.shape.rank());
    if (!axis) return tl::unexpected{axis.error()};
    auto shape = made.shape;
    shape[*axis] = integer_of(extents[i]);
    if (auto checked = check_shape(shape); !checked) return call.fail(checked.error().message);
    made = centred(made, *axis, shape[*axis]);
  }
  return outputs_of(std::move(made));
}

/// A cache [batch, ...] into which steps are written along an axis, from where input 2 says per batch.
Result<Data> tensor_scatter(const OperatorCall& call) {
  Array made = call.in(0);
  const auto& update = call.in(1);
  const auto axis = call.view.axis(call.view.integer("axis", -2), made.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  auto shape = made.shape;
  if (update.shape.rank() == shape.rank()) shape[*axis] = update.shape[*axis];
  if (*axis == 0 || shape != update.shape || update.shape[*axis] > made.shape[*axis] ||
      (call.has(2) && call.in(2).shape.elements() != made.shape[0]))
    return call.fail("cache, update and indices do not go together");
  const bool circular = call.view.text("mode", "linear") == "circular";
  const auto inner = shape.elements(*axis + 1, shape.rank());
  const auto extent = made.shape[*axis];
  const auto per_batch = shape.elements(1, *axis);
  for (std::int64_t line = 0; line < shape[0] * per_batch; ++line)
    for (std::int64_t step = 0; step < shape[*axis]; ++step) {
      const auto batch = static_cast<std::size_t>(line / per_batch);
      const auto first = call.has(2) ? integer_of(call.in(2).values[batch]) : 0;
      if (first < 0 || first > max_elements) return call.fail("an index names no step of the cache");
      auto place = first + step;
      if (circular && place >= 0) place %= extent;
      if (place < 0 || place >= extent) return call.fail("an index names no step of the cache");
      std::copy_n(update.values.begin() + (line * shape[*axis] + step) * inner, inner,
                  made.values.begin() + (line * extent + place) * inner);
    }
  return outputs_of(std::move(made));
}

/// A floating type's bits: exponent and fraction behind the sign.
struct Layout {
  int exponent_bits;
  int fraction_bits;

  [[nodiscard]] int bias() const { return (1 << (exponent_bits - 1)) - 1; }
  [[nodiscard]] std::uint64_t all_exponent() const { return (std::uint64_t{1} << exponent_bits) - 1; }
};

std::optional<Layout> layout_of(DType dtype) {
  switch (dtype) {
    case DType::float64:
      return Layout{11, 52};
    case DType::float32:
      return Layout{8, 23};
    case DType::float16:
      return Layout{5, 10};
    case DType::bfloat16:
      return Layout{8, 7};
    default:
      return std::nullopt;
  }
}

std::uint64_t bits_of(const Layout& layout, double value) {
  const auto sign = std::uint64_t{std::signbit(value)} << (layout.exponent_bits + layout.fraction_bits);
  const auto special = layout.all_exponent() << layout.fraction_bits;
  if (std::isnan(value)) return sign | special | std::uint64_t{1} << (layout.fraction_bits - 1);
  if (std::isinf(value)) return sign | special;
  if (value == 0.0) return sign;
  const auto exponent = std::max(std::ilogb(value), 1 - layout.bias());
  const auto fraction =
      static_cast<std::uint64_t>(std::ldexp(std::abs(value), layout.fraction_bits - exponent));
  // Of normal numbers the implied one counts the exponent up.
  const auto counted = static_cast<std::uint64_t>(exponent + layout.bias() - 1);
  return sign | ((counted << layout.fraction_bits) + fraction);
}

/// Two's complement of an integer type; of a boolean 0 or 1.
std::uint64_t bits_of(DType dtype, double value) {
  constexpr double beyond = 9223372036854775808.0;  // 2^63: as doubles, the largest integers are one more
  if (value >= 2.0 * beyond) return std::numeric_limits<std::uint64_t>::max();
  if (value >= beyond)
    return dtype == DType::uint64 ? static_cast<std::uint64_t>(value) : ~std::uint64_t{0} >> 1U;
  const auto word = std::bit_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  const auto bits = element_bits(dtype);
  return bits < 64 ? word & ((std::uint64_t{1} << bits) - 1) : word;
}

double value_of(const Layout& layout, std::uint64_t bits) {
  const auto exponent = bits >> layout.fraction_bits & layout.all_exponent();
  const auto fraction = bits & ((std::uint64_t{1} << layout.fraction_bits) - 1);
  const auto own = static_cast<int>(std::max<std::uint64_t>(1, exponent)) - layout.bias();
  const auto whole = fraction + (exponent == 0 ? 0 : std::uint64_t{1} << layout.fraction_bits);
  double size = std::ldexp(static_cast<double>(whole), own - layout.fraction_bits);
  if (exponent == layout.all_exponent())
    size = fraction == 0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  return (bits >> (layout.exponent_bits + layout.fraction_bits) & 1U) != 0 ? -size : size;
}

/// The same bits as elements of another type of the same size; integers beyond 2^53 are rounded.
Result<Data> bit_cast(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto from = layout_of(input.dtype);
  const auto to = layout_of(made->dtype);
  const auto bits = element_bits(input.dtype);
  if (bits != element_bits(made->dtype) || bits > 64 || made->values.size() != input.values.size() ||
      (is_floating(input.dtype) && !from) || (is_floating(made->dtype) && !to))
    return call.fail("is not computed here for these types");
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto value = input.values[i];
    const auto word = from ? bits_of(*from, value) : bits_of(input.dtype, value);
    const bool is_signed = made->dtype == DType::int64;
    made->values[i] = to          ? value_of(*to, word)
                      : is_signed ? static_cast<double>(std::bit_cast<std::int64_t>(word))
                                  : static_cast<double>(word);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

}  // namespace

std::span<const Operator> movement_operators() {
  static constexpr std::array rows{
      Operator{"", "BitCast", 1, bit_cast},
      Operator{"", "CenterCropPad", 2, centre_crop_pad},
      Operator{"", "Flatten", 1, reshaped},
      Operator{"", "Reshape", 1, reshaped},
      Operator{"", "Split", 1, split},
      Operator{"", "Squeeze", 1, reshaped},
      Operator{"", "TensorScatter", 2, tensor_scatter},
      Operator{"", "Unsqueeze", 1, reshaped},
  };
  return rows;
}

}  // namespace ns
