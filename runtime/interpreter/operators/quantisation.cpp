// Quantised arithmetic: whole numbers are multiplied and added as such, then scaled, rounded and saturated.
#include "net/layers/quantisation.hpp"

#include "net/layers/cast.hpp"
#include "runtime/interpreter/interpreter.hpp"
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/conversion.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <string>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

/// The element of a scale or zero point that goes with each element of a tensor: the only one, one per index
/// of an axis, or one per block along it.
class Grain {
 public:
  static Result<Grain> of(const OperatorCall& call, const Shape& shape, const Array& scale) {
    Grain grain;
    if (scale.values.size() == 1) return grain;
    const auto block = call.view.integer("block_size", 0);
    auto axis = call.view.axis(call.view.integer("axis", 1), shape.rank());
    if (!axis && shape.rank() == 1) axis = 0;
    if (!axis) return tl::unexpected{axis.error()};
    grain.inner_ = shape.elements(*axis + 1, shape.rank());
    grain.extent_ = shape[*axis];
    grain.per_block_ = std::max<std::int64_t>(1, block);
    grain.is_blocked_ = block > 0;
    grain.blocks_ = (grain.extent_ + grain.per_block_ - 1) / grain.per_block_;
    const auto outer = grain.is_blocked_ ? shape.elements(0, *axis) * grain.inner_ : 1;
    if (static_cast<std::int64_t>(scale.values.size()) != outer * grain.blocks_)
      return call.fail("scale and input do not go together");
    return grain;
  }

  [[nodiscard]] std::size_t at(std::size_t element) const {
    if (extent_ == 0) return 0;
    const auto place = static_cast<std::int64_t>(element);
    const auto index = place / inner_ % extent_;
    if (!is_blocked_) return static_cast<std::size_t>(index);
    const auto outer = place / (inner_ * extent_);
    return static_cast<std::size_t>((outer * blocks_ + index / per_block_) * inner_ + place % inner_);
  }

 private:
  std::int64_t inner_ = 1;
  std::int64_t extent_ = 0;  // 0: one element for all
  std::int64_t per_block_ = 1;
  std::int64_t blocks_ = 1;
  bool is_blocked_ = false;
};

/// Whether input `zero_point`, where it is there, goes with a scale: as many elements, or one.
Result<void> check_zero_point(const OperatorCall& call, std::size_t scale, std::size_t zero_point) {
  if (call.in(scale).values.empty()) return call.fail("its scale has no element");
  if (!call.has(zero_point)) return {};
  const auto count = call.in(zero_point).values.size();
  if (count == 0 || (count != 1 && count != call.in(scale).values.size()))
    return call.fail("scale and zero point do not go together");
  return {};
}

double element(const Array& array, std::size_t at) { return array.values[array.values.size() == 1 ? 0 : at]; }

void quantise(Array& array, double scale, double zero_point) {
  for (double& value : array.values) value = quantised(array.dtype, value, scale, zero_point);
}

Result<Data> quantise_linear(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto grain = Grain::of(call, input.shape, call.in(1));
  if (!grain) return tl::unexpected{grain.error()};
  if (auto checked = check_zero_point(call, 1, 2); !checked) return tl::unexpected{checked.error()};
  const bool overflows = may_overflow(made->dtype) && call.view.integer("saturate", 1) == 0;
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto at = grain->at(i);
    const auto scale = element(call.in(1), at);
    const auto zero_point = call.has(2) ? element(call.in(2), at) : 0.0;
    made->values[i] = overflows ? unsaturated(made->dtype, scaled_down(input.values[i], scale))
                                : quantised(made->dtype, input.values[i], scale, zero_point);
  }
  return outputs_of(std::move(*made));
}

Result<Data> dequantise_linear(const OperatorCall& call) {
  auto made = call.blank(0);
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto& input = call.in(0);
  const auto grain = Grain::of(call, input.shape, call.in(1));
  if (!grain) return tl::unexpected{grain.error()};
  if (auto checked = check_zero_point(call, 1, 2); !checked) return tl::unexpected{checked.error()};
  for (std::size_t i = 0; i < input.values.size(); ++i) {
    const auto at = grain->at(i);
    const auto zero_point = call.has(2) ? element(call.in(2), at) : 0.0;
    made->values[i] = (input.values[i] - zero_point) * element(call.in(1), at);
  }
  round_values(*made);
  return outputs_of(std::move(*made));
}

/// Scale and zero point by the smallest and largest element, 0 among them (ONNX, DynamicQuantizeLinear).
Result<Data> dynamic_quantise_linear(const OperatorCall& call) {
  Array made{DType::uint8, call.in(0).shape, call.in(0).values};
  const Scaling scaling = make_whole(made.values);
  const auto zero_point = static_cast<double>(scaling.zero_point);
  for (double& value : made.values) value += zero_point;
  return outputs_of(std::move(made), Array{DType::float32, Shape{}, {scaling.scale}},
                    Array{DType::uint8, Shape{}, {zero_point}});
}

constexpr auto no_input = static_cast<std::size_t>(-1);

/// Whole numbers without their zero point, as doubles: sums of their products stay exact. A zero point per
/// index of `axis`, or one for all.
Result<Array> centred(const OperatorCall& call, std::size_t input, std::size_t zero_point, std::size_t axis) {
  if (!call.has(input)) return call.fail(fmt::format("its input {} is left out", input + 1));
  Array made{DType::float64, call.in(input).shape, call.in(input).values};
  if (!call.has(zero_point)) return made;
  const auto& points = call.in(zero_point).values;
  const bool one = points.size() == 1;
  if (!one && (axis >= made.shape.rank() || static_cast<std::int64_t>(points.size()) != made.shape[axis]))
    return call.fail(fmt::format("its inputs {} and {} do not go together", input + 1, zero_point + 1));
  const auto inner = one ? 1 : made.shape.elements(axis + 1, made.shape.rank());
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto at = one ? 0 : static_cast<std::int64_t>(i) / inner % made.shape[axis];
    made.values[i] -= points[static_cast<std::size_t>(at)];
  }
  return made;
}

/// The result of a standard operator with the node's own attributes.
Result<Array> run_as(const OperatorCall& call, const std::string& op, std::vector<Result<Array>> inputs) {
  onnx::Node node;
  node.name = call.view.node().name;
  node.op = op;
  node.attributes = call.view.node().attributes;
  node.outputs = {"result"};
  std::vector<Datum> data;
  for (auto& input : inputs) {
    if (!input) return input;
    node.inputs.push_back("input" + std::to_string(data.size()));
    data.emplace_back(std::move(*input));
  }
  std::vector<const Datum*> places;
  for (const auto& datum : data) places.push_back(&datum);
  auto outputs = call.interpreter.run(node, places, call.scope);
  if (!outputs) return tl::unexpected{std::move(outputs.error())};
  return std::move(outputs->front().array);
}

/// The same of whole numbers, whose sums wrap around in 32 bits.
Result<Data> integers_as(const OperatorCall& call, const std::string& op, std::vector<Result<Array>> inputs) {
  auto made = run_as(call, op, std::move(inputs));
  if (!made) return tl::unexpected{std::move(made.error())};
  made->dtype = DType::int32;
  round_values(*made);
  return outputs_of(std::move(*made));
}

/// Counted from the back; a scalar's is 0.
std::size_t axis_from_back(const Array& array, std::size_t place) {
  return array.shape.rank() < place ? 0 : array.shape.rank() - place;
}

Result<Data> conv_integer(const OperatorCall& call) {
  return integers_as(call, "Conv", {centred(call, 0, 2, 0), centred(call, 1, 3, 0)});
}

/// A's zero point may be one per row, B's one per column.
std::vector<Result<Array>> factors(const OperatorCall& call, std::size_t a, std::size_t a_point,
                                   std::size_t b, std::size_t b_point) {
  return {centred(call, a, a_point, axis_from_back(call.in(a), 2)),
          centred(call, b, b_point, axis_from_back(call.in(b), 1))};
}

Result<Data> matmul_integer(const OperatorCall& call) {
  return integers_as(call, "MatMul", factors(call, 0, 2, 1, 3));
}

/// The scales of inputs that have one each.
Result<double> scale_of(const OperatorCall& call, std::size_t input) {
  if (!call.has(input) || call.in(input).values.empty())
    return call.fail(fmt::format("its input {}, a scale, has no element", input + 1));
  return call.in(input).values.front();
}

/// What a sum of products is worth: those of inputs with the scales `x` and, one for all or one per index of
/// `axis`, `w`.
class Worth {
 public:
  static Result<Worth> of(const OperatorCall& call, const Array& sums, std::size_t x, std::size_t w,
                          std::size_t axis) {
    const auto first = scale_of(call, x);
    if (!first) return tl::unexpected{first.error()};
    Worth worth{*first, call.in(w).values};
    const auto count = worth.scales_.size();
    if (count == 1) return worth;
    if (axis >= sums.shape.rank() || static_cast<std::int64_t>(count) != sums.shape[axis])
      return call.fail(fmt::format("has {} scales for its weights, which do not go together", count));
    worth.inner_ = static_cast<std::size_t>(sums.shape.elements(axis + 1, sums.shape.rank()));
    return worth;
  }

  [[nodiscard]] double at(std::size_t element) const {
    return x_ * scales_[scales_.size() == 1 ? 0 : element / inner_ % scales_.size()];
  }

 private:
  Worth(double x, const std::vector<double>& scales) : x_{x}, scales_{scales} {}

  double x_;
  const std::vector<double>& scales_;  // of the weights
  std::size_t inner_ = 1;
};

/// Sums of products on the scale of the output, input `y`.
Result<Data> rescaled(const OperatorCall& call, Result<Array> sums, std::size_t x, std::size_t w,
                      std::size_t y, std::size_t axis) {
  if (!sums) return tl::unexpected{std::move(sums.error())};
  const auto worth = Worth::of(call, *sums, x, w, axis);
  if (!worth) return tl::unexpected{worth.error()};
  const auto scale = scale_of(call, y);
  if (!scale) return tl::unexpected{scale.error()};
  sums->dtype = call.has(y + 1) ? call.in(y + 1).dtype : DType::uint8;
  for (std::size_t i = 0; i < sums->values.size(); ++i) {
    const auto whole = std::nearbyint(sums->values[i] * (worth->at(i) / *scale)) + call.number(y + 1, 0.0);
    sums->values[i] = saturated(sums->dtype, whole);
  }
  return outputs_of(std::move(*sums));
}

Result<Data> qlinear_conv(const OperatorCall& call) {
  std::vector<Result<Array>> inputs{centred(call, 0, 2, 0), centred(call, 3, 5, 0)};
  if (call.has(8)) inputs.push_back(centred(call, 8, no_input, 0));
  return rescaled(call, run_as(call, "Conv", std::move(inputs)), 1, 4, 6, 1);
}

Result<Data> qlinear_matmul(const OperatorCall& call) {
  auto sums = run_as(call, "MatMul", factors(call, 0, 2, 3, 5));
  const auto axis = sums ? axis_from_back(*sums, 1) : 0;
  return rescaled(call, std::move(sums), 1, 4, 6, axis);
}

/// com.microsoft: A, a_scale, a_zero_point, B, b_scale, b_zero_point, C, y_scale, y_zero_point.
Result<Data> qgemm(const OperatorCall& call) {
  const bool turned = call.view.integer("transB", 0) != 0;
  std::vector<Result<Array>> inputs{centred(call, 0, 2, 0), centred(call, 3, 5, turned ? 0 : 1)};
  if (call.has(6)) inputs.push_back(centred(call, 6, no_input, 0));
  auto sums = run_as(call, "Gemm", std::move(inputs));
  if (call.has(7) || !sums) return rescaled(call, std::move(sums), 1, 4, 7, 1);
  const auto worth = Worth::of(call, *sums, 1, 4, 1);
  if (!worth) return tl::unexpected{worth.error()};
  for (std::size_t i = 0; i < sums->values.size(); ++i) sums->values[i] *= worth->at(i);
  sums->dtype = DType::float32;
  round_values(*sums);
  return outputs_of(std::move(*sums));
}

/// The real numbers that a quantised input stands for; scale and zero point follow it.
Result<Array> real_of(const OperatorCall& call, std::size_t i) {
  auto made = centred(call, i, i + 2, 0);
  if (!made) return made;
  const auto scale = scale_of(call, i + 1);
  if (!scale) return tl::unexpected{scale.error()};
  for (double& value : made->values) value *= *scale;
  return made;
}

Result<Data> requantised(const OperatorCall& call, Result<Array> made, std::size_t y) {
  if (!made) return tl::unexpected{std::move(made.error())};
  const auto scale = scale_of(call, y);
  if (!scale) return tl::unexpected{scale.error()};
  made->dtype = call.has(y + 1) ? call.in(y + 1).dtype : DType::uint8;
  quantise(*made, *scale, call.number(y + 1, 0.0));
  return outputs_of(std::move(*made));
}

Result<Data> qlinear_add(const OperatorCall& call) {
  return requantised(call, run_as(call, "Add", {real_of(call, 0), real_of(call, 3)}), 6);
}

Result<Data> qlinear_mul(const OperatorCall& call) {
  return requantised(call, run_as(call, "Mul", {real_of(call, 0), real_of(call, 3)}), 6);
}

Result<Data> qlinear_sigmoid(const OperatorCall& call) {
  return requantised(call, run_as(call, "Sigmoid", {real_of(call, 0)}), 3);
}

Result<Data> qlinear_leaky_relu(const OperatorCall& call) {
  return requantised(call, run_as(call, "LeakyRelu", {real_of(call, 0)}), 3);
}

Result<Data> qlinear_global_average_pool(const OperatorCall& call) {
  if (call.view.integer("channels_last", 0) != 0)
    return call.fail("with channels last it is not computed here");
  return requantised(call, run_as(call, "GlobalAveragePool", {real_of(call, 0)}), 3);
}

Result<Data> qlinear_average_pool(const OperatorCall& call) {
  if (call.view.integer("channels_last", 0) != 0)
    return call.fail("with channels last it is not computed here");
  return requantised(call, run_as(call, "AveragePool", {real_of(call, 0)}), 3);
}

/// y_scale, y_zero_point, then each input with its scale and zero point.
Result<Data> qlinear_concat(const OperatorCall& call) {
  std::vector<Result<Array>> parts;
  for (std::size_t i = 2; i + 2 < call.inputs.size(); i += 3) parts.push_back(real_of(call, i));
  return requantised(call, run_as(call, "Concat", std::move(parts)), 0);
}

constexpr std::string_view microsoft = "com.microsoft";
}  // namespace

std::span<const Operator> quantisation_operators() {
  static constexpr std::array rows{
      Operator{"", "ConvInteger", 2, conv_integer},
      Operator{"", "DequantizeLinear", 2, dequantise_linear},
      Operator{"", "DynamicQuantizeLinear", 1, dynamic_quantise_linear},
      Operator{"", "MatMulInteger", 2, matmul_integer},
      Operator{"", "QLinearConv", 8, qlinear_conv},
      Operator{"", "QLinearMatMul", 8, qlinear_matmul},
      Operator{"", "QuantizeLinear", 2, quantise_linear},
      Operator{microsoft, "DequantizeLinear", 2, dequantise_linear},
      Operator{microsoft, "QGemm", 6, qgemm},
      Operator{microsoft, "QLinearAdd", 7, qlinear_add},
      Operator{microsoft, "QLinearAveragePool", 4, qlinear_average_pool},
      Operator{microsoft, "QLinearConcat", 5, qlinear_concat},
      Operator{microsoft, "QLinearGlobalAveragePool", 4, qlinear_global_average_pool},
      Operator{microsoft, "QLinearLeakyRelu", 4, qlinear_leaky_relu},
      Operator{microsoft, "QLinearMul", 7, qlinear_mul},
      Operator{microsoft, "QLinearSigmoid", 4, qlinear_sigmoid},
      Operator{microsoft, "QuantizeLinear", 2, quantise_linear},
  };
  return rows;
}

}  // namespace ns
