#include "net/onnx/rules/elementwise.hpp"

#include "net/onnx/rules.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/elements.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <limits>

namespace ns::onnx {
namespace {

using R = double;

constexpr BinaryFunction add{element::add, element::add, [](R a, R b) { return a + b; }};
constexpr BinaryFunction subtract{element::subtract, element::subtract, [](R a, R b) { return a - b; }};
constexpr BinaryFunction multiply{element::multiply, element::multiply, [](R a, R b) { return a * b; }};
constexpr BinaryFunction divide{element::divide, element::divide_whole, [](R a, R b) { return a / b; }};
constexpr BinaryFunction power{element::power, element::power, [](R a, R b) { return std::pow(a, b); }};
constexpr BinaryFunction modulo{element::modulo, element::modulo, element::modulo};
constexpr BinaryFunction remainder{element::remainder, element::remainder,
                                   [](R a, R b) { return std::fmod(a, b); }};
constexpr BinaryFunction larger{Extent::larger, Extent::larger, [](R a, R b) { return std::fmax(a, b); }};
constexpr BinaryFunction smaller{Extent::smaller, Extent::smaller, [](R a, R b) { return std::fmin(a, b); }};

constexpr BinaryFunction is_less{element::is_less, element::is_less,
                                 [](R a, R b) { return a < b ? 1.0 : 0.0; }};
constexpr BinaryFunction is_greater{element::is_greater, element::is_greater,
                                    [](R a, R b) { return a > b ? 1.0 : 0.0; }};
constexpr BinaryFunction is_less_or_equal{element::is_less_or_equal, element::is_less_or_equal,
                                          [](R a, R b) { return a <= b ? 1.0 : 0.0; }};
constexpr BinaryFunction is_greater_or_equal{element::is_greater_or_equal, element::is_greater_or_equal,
                                             [](R a, R b) { return a >= b ? 1.0 : 0.0; }};
constexpr BinaryFunction is_equal{element::is_equal, element::is_equal,
                                  [](R a, R b) { return a == b ? 1.0 : 0.0; }};

constexpr BinaryFunction both{element::both};
constexpr BinaryFunction any{element::any};
constexpr BinaryFunction one{element::one};
constexpr BinaryFunction bits_and{element::bits_and};
constexpr BinaryFunction bits_or{element::bits_or};
constexpr BinaryFunction bits_xor{element::bits_xor};
constexpr BinaryFunction no_value{};

constexpr UnaryFunction absolute{element::absolute, element::absolute, [](R a) { return std::abs(a); }};
constexpr UnaryFunction negate{element::negate, element::negate, [](R a) { return -a; }};
constexpr UnaryFunction sign{element::sign, element::sign, element::sign};
constexpr UnaryFunction floor{nullptr, element::same, [](R a) { return std::floor(a); }};
constexpr UnaryFunction ceil{nullptr, element::same, [](R a) { return std::ceil(a); }};
constexpr UnaryFunction round{nullptr, element::same,
                              [](R a) { return std::nearbyint(a); }};  // halves to even
constexpr UnaryFunction root{nullptr, nullptr, [](R a) { return std::sqrt(a); }};
constexpr UnaryFunction exponential{nullptr, nullptr, [](R a) { return std::exp(a); }};
constexpr UnaryFunction logarithm{nullptr, nullptr, [](R a) { return std::log(a); }};
constexpr UnaryFunction reciprocal{nullptr, nullptr, [](R a) { return 1.0 / a; }};
constexpr UnaryFunction rectify{element::rectify, element::rectify, [](R a) { return std::fmax(a, 0.0); }};
constexpr UnaryFunction logical_not{element::logical_not};

Result<void> infer_modulo(NodeView& node) {
  return infer_binary(node, node.integer("fmod", 0) != 0 ? remainder : modulo);
}

Result<void> infer_shift(NodeView& node) {
  const bool left = node.text("direction", "LEFT") == "LEFT";
  return infer_binary(node, BinaryFunction{left ? element::shift_left : element::shift_right});
}

/// The mean of several tensors; its values serve no shape.
Result<void> infer_mean(NodeView& node) {
  if (node.inputs() != 1) return infer_variadic(node, no_value);
  return same_as_input(node);
}

Result<void> infer_where(NodeView& node) {
  static constexpr std::array<std::size_t, 3> inputs{0, 1, 2};
  auto result = broadcast_inputs(node, inputs);
  if (!result) return tl::unexpected{result.error()};
  result->dtype = node.in(1).dtype ? node.in(1).dtype : node.in(2).dtype;
  if (result->dims && result->dtype)
    result->value = select(node.in(0), node.in(1), node.in(2), *result->dims, *result->dtype);
  node.out(0, *std::move(result));
  return {};
}

/// A limit of Clip: input `i` since opset 11, before an attribute. Without either, the fact of a null
/// pointer's value.
std::optional<Fact> limit(const NodeView& node, std::size_t i, std::string_view attribute) {
  if (node.has(i)) return node.in(i);
  if (node.attribute(attribute) == nullptr) return std::nullopt;
  return reals(DType::float32, Dims{}, {node.real(attribute, 0.0)});
}

Result<void> infer_clip(NodeView& node) {
  auto result = like(node.in(0));
  result.value = node.in(0).value;
  const auto clip = [&](const std::optional<Fact>& limit, const BinaryFunction& f) {
    if (!limit || !result.value || !result.dims || !result.dtype) return;
    // The limit has one element, whatever its shape says.
    auto scalar = *limit;
    if (!scalar.dims || small_count(*scalar.dims) != std::size_t{1}) scalar.value = nullptr;
    scalar.dims = Dims{};
    result.value = combine(f, result, scalar, *result.dims, *result.dtype);
  };
  clip(limit(node, 1, "min"), larger);
  clip(limit(node, 2, "max"), smaller);
  node.out(0, std::move(result));
  return {};
}

/// Opset 1 names the type: "FLOAT", "INT64".
std::optional<DType> named_type(std::string_view name) {
  std::string lower;
  for (const auto letter : name)
    lower += static_cast<char>(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
  if (lower == "float") return DType::float32;
  if (lower == "double") return DType::float64;
  const auto type = parse_dtype(lower);
  return type ? std::optional{*type} : std::nullopt;
}

void cast_to(NodeView& node, std::optional<DType> dtype) {
  auto result = like(node.in(0), dtype);
  if (dtype) result.value = cast(node.in(0), *dtype);
  node.out(0, std::move(result));
}

Result<void> infer_cast(NodeView& node) {
  const auto* to = node.attribute("to");
  if (to == nullptr) return node.fail("the attribute `to` is missing; it names the element type to cast to");
  cast_to(node, to->type == Attribute::Type::text ? named_type(to->text) : element_type(to->integer));
  return {};
}

Result<void> infer_cast_like(NodeView& node) {
  cast_to(node, node.in(1).dtype);
  return {};
}

Result<void> infer_bit_cast(NodeView& node) {
  const auto to = element_type(node.integer("to", 0));
  const auto from = node.in(0).dtype;
  if (to && from && element_bits(*to) != element_bits(*from))
    return node.fail(fmt::format("the input is {}, `to` is {}; both must have one width", to_string(*from),
                                 to_string(*to)));
  node.out(0, like(node.in(0), to));
  return {};
}

/// The last axis holds two halves, of which one gates the other.
Result<void> infer_gated_halves(NodeView& node) {
  auto result = like(node.in(0));
  result.most.reset();
  if (result.dims && !result.dims->empty() && !node.has(1)) {
    const auto half = Extent::quotient(result.dims->back(), 2);
    if (!half)
      return node.fail(
          fmt::format("input 1 is {}; its last axis must hold two halves", to_string(*result.dims)));
    result.dims->back() = *half;
  }
  node.out(0, std::move(result));
  return {};
}

/// BiasSplitGelu: input 2 is a bias, not the other half.
Result<void> infer_split_gelu(NodeView& node) {
  auto result = like(node.in(0));
  result.most.reset();
  if (result.dims && !result.dims->empty())
    result.dims->back() = Extent::quotient(result.dims->back(), 2).value_or(Extent{});
  node.out(0, std::move(result));
  return {};
}

}  // namespace

std::span<const OpRule> elementwise_rules() {
  constexpr auto per_output = Work::outputs;
  static constexpr std::array rules{
      // Two inputs.
      OpRule{"", "Add", &binary<add>, per_output},
      OpRule{"", "Sub", &binary<subtract>, per_output},
      OpRule{"", "Mul", &binary<multiply>, per_output},
      OpRule{"", "Div", &binary<divide>, per_output},
      OpRule{"", "Pow", &binary<power>, per_output},
      OpRule{"", "Mod", &infer_modulo, per_output},
      OpRule{"", "BitShift", &infer_shift, per_output},
      OpRule{"", "BitwiseAnd", &binary<bits_and>, per_output},
      OpRule{"", "BitwiseOr", &binary<bits_or>, per_output},
      OpRule{"", "BitwiseXor", &binary<bits_xor>, per_output},
      OpRule{"", "Less", &comparison<is_less>, per_output},
      OpRule{"", "LessOrEqual", &comparison<is_less_or_equal>, per_output},
      OpRule{"", "Greater", &comparison<is_greater>, per_output},
      OpRule{"", "GreaterOrEqual", &comparison<is_greater_or_equal>, per_output},
      OpRule{"", "Equal", &comparison<is_equal>, per_output},
      OpRule{"", "And", &comparison<both>, per_output},
      OpRule{"", "Or", &comparison<any>, per_output},
      OpRule{"", "Xor", &comparison<one>, per_output},
      OpRule{"", "PRelu", &same_as_input<>, per_output},
      // Any number of inputs.
      OpRule{"", "Max", &variadic<larger>, per_output},
      OpRule{"", "Min", &variadic<smaller>, per_output},
      OpRule{"", "Sum", &variadic<add>, per_output},
      OpRule{"", "Mean", &infer_mean, per_output},
      OpRule{"", "Where", &infer_where, per_output},
      OpRule{"", "Clip", &infer_clip, per_output},
      // Types.
      OpRule{"", "Cast", &infer_cast, per_output},
      OpRule{"", "CastLike", &infer_cast_like, per_output},
      OpRule{"", "BitCast", &infer_bit_cast, Work::none},
      OpRule{"", "IsNaN", &same_shape<DType::boolean>, per_output},
      OpRule{"", "IsInf", &same_shape<DType::boolean>, per_output},
      // One input, of which values are known.
      OpRule{"", "Abs", &unary<absolute>, per_output},
      OpRule{"", "Neg", &unary<negate>, per_output},
      OpRule{"", "Sign", &unary<sign>, per_output},
      OpRule{"", "Floor", &unary<floor>, per_output},
      OpRule{"", "Ceil", &unary<ceil>, per_output},
      OpRule{"", "Round", &unary<round>, per_output},
      OpRule{"", "Sqrt", &unary<root>, per_output},
      OpRule{"", "Exp", &unary<exponential>, per_output},
      OpRule{"", "Log", &unary<logarithm>, per_output},
      OpRule{"", "Reciprocal", &unary<reciprocal>, per_output},
      OpRule{"", "Relu", &unary<rectify>, per_output},
      OpRule{"", "Not", &unary<logical_not>, per_output},
      // One input.
      OpRule{"", "BitwiseNot", &same_as_input<>, per_output},
      OpRule{"", "Acos", &same_as_input<>, per_output},
      OpRule{"", "Acosh", &same_as_input<>, per_output},
      OpRule{"", "Asin", &same_as_input<>, per_output},
      OpRule{"", "Asinh", &same_as_input<>, per_output},
      OpRule{"", "Atan", &same_as_input<>, per_output},
      OpRule{"", "Atanh", &same_as_input<>, per_output},
      OpRule{"", "Cos", &same_as_input<>, per_output},
      OpRule{"", "Cosh", &same_as_input<>, per_output},
      OpRule{"", "Sin", &same_as_input<>, per_output},
      OpRule{"", "Sinh", &same_as_input<>, per_output},
      OpRule{"", "Tan", &same_as_input<>, per_output},
      OpRule{"", "Tanh", &same_as_input<>, per_output},
      OpRule{"", "Erf", &same_as_input<>, per_output},
      OpRule{"", "Sigmoid", &same_as_input<>, per_output},
      OpRule{"", "HardSigmoid", &same_as_input<>, per_output},
      OpRule{"", "HardSwish", &same_as_input<>, per_output},
      OpRule{"", "Swish", &same_as_input<>, per_output},
      OpRule{"", "Mish", &same_as_input<>, per_output},
      OpRule{"", "Gelu", &same_as_input<>, per_output},
      OpRule{"", "Elu", &same_as_input<>, per_output},
      OpRule{"", "Celu", &same_as_input<>, per_output},
      OpRule{"", "Selu", &same_as_input<>, per_output},
      OpRule{"", "LeakyRelu", &same_as_input<>, per_output},
      OpRule{"", "ThresholdedRelu", &same_as_input<>, per_output},
      OpRule{"", "Shrink", &same_as_input<>, per_output},
      OpRule{"", "Softplus", &same_as_input<>, per_output},
      OpRule{"", "Softsign", &same_as_input<>, per_output},
      // Experimental operators of opset 1 that files still hold.
      OpRule{"", "Affine", &same_as_input<>, per_output},
      OpRule{"", "ImageScaler", &same_as_input<>, per_output},
      OpRule{"", "ParametricSoftplus", &same_as_input<>, per_output},
      OpRule{"", "Scale", &same_as_input<>, per_output},
      OpRule{"", "ScaledTanh", &same_as_input<>, per_output},
      // ONNX Runtime's own.
      OpRule{contrib, "Gelu", &same_as_input<>, per_output},
      OpRule{contrib, "FastGelu", &same_as_input<>, per_output},
      OpRule{contrib, "QuickGelu", &same_as_input<>, per_output},
      OpRule{contrib, "BiasGelu", &same_as_input<>, per_output},
      OpRule{contrib, "BiasAdd", &same_as_input<>, per_output},
      OpRule{contrib, "GatedAdd", &same_as_input<>, per_output},
      OpRule{contrib, "ScaledSiLU", &same_as_input<>, per_output},
      OpRule{contrib, "SwiGLU", &infer_gated_halves, per_output},
      OpRule{contrib, "BiasSplitGelu", &infer_split_gelu, per_output},
      OpRule{contrib, "ComplexMul", &binary<no_value>, per_output},
      OpRule{contrib, "ComplexMulConj", &binary<no_value>, per_output},
  };
  return rules;
}

}  // namespace ns::onnx
