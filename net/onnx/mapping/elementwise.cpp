// Activations, element-wise arithmetic and conversion.
#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/quantised.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string_view>

namespace ns::onnx::mappers {
namespace {

struct Activation {
  std::string_view op;
  Act::Kind kind;
};

/// Those without parameters of their own.
constexpr std::array activations{
    Activation{"Abs", Act::Kind::abs},
    Activation{"Acos", Act::Kind::acos},
    Activation{"Acosh", Act::Kind::acosh},
    Activation{"Asin", Act::Kind::asin},
    Activation{"Asinh", Act::Kind::asinh},
    Activation{"Atan", Act::Kind::atan},
    Activation{"Atanh", Act::Kind::atanh},
    Activation{"BitwiseNot", Act::Kind::bitwise_not},
    Activation{"Ceil", Act::Kind::ceil},
    Activation{"Cos", Act::Kind::cos},
    Activation{"Cosh", Act::Kind::cosh},
    Activation{"Erf", Act::Kind::erf},
    Activation{"Exp", Act::Kind::exp},
    Activation{"Floor", Act::Kind::floor},
    Activation{"HardSwish", Act::Kind::hardswish},
    Activation{"IsInf", Act::Kind::is_inf},
    Activation{"IsNaN", Act::Kind::is_nan},
    Activation{"Log", Act::Kind::log},
    Activation{"Mish", Act::Kind::mish},
    Activation{"Neg", Act::Kind::neg},
    Activation{"Not", Act::Kind::logical_not},
    Activation{"Reciprocal", Act::Kind::reciprocal},
    Activation{"Relu", Act::Kind::relu},
    Activation{"Round", Act::Kind::round},
    Activation{"Sigmoid", Act::Kind::sigmoid},
    Activation{"Sign", Act::Kind::sign},
    Activation{"Sin", Act::Kind::sin},
    Activation{"Sinh", Act::Kind::sinh},
    Activation{"Softplus", Act::Kind::softplus},
    Activation{"Softsign", Act::Kind::softsign},
    Activation{"Sqrt", Act::Kind::sqrt},
    Activation{"Tan", Act::Kind::tan},
    Activation{"Tanh", Act::Kind::tanh},
};

struct Parametric {
  std::string_view op;
  Act::Kind kind;
  std::string_view alpha_name;
  double alpha;  // by default
  std::string_view beta_name;
  double beta;
};

/// Those whose attributes are alpha and beta (of Selu gamma) of Act.
constexpr std::array parametric{
    Parametric{"Celu", Act::Kind::celu, "alpha", 1.0, "", 0.0},
    Parametric{"Elu", Act::Kind::elu, "alpha", 1.0, "", 0.0},
    Parametric{"HardSigmoid", Act::Kind::hardsigmoid, "alpha", 0.2, "beta", 0.5},
    Parametric{"LeakyRelu", Act::Kind::leaky_relu, "alpha", 0.01, "", 0.0},
    Parametric{"QuickGelu", Act::Kind::quick_gelu, "alpha", 1.702, "", 0.0},
    Parametric{"Shrink", Act::Kind::shrink, "lambd", 0.5, "bias", 0.0},
    Parametric{"ThresholdedRelu", Act::Kind::thresholded_relu, "alpha", 1.0, "", 0.0},
};

using Kinds = std::pair<std::string_view, Eltwise::Kind>;
constexpr std::array kinds{
    Kinds{"Add", Eltwise::Kind::add},
    Kinds{"And", Eltwise::Kind::logical_and},
    Kinds{"BitwiseAnd", Eltwise::Kind::bitwise_and},
    Kinds{"BitwiseOr", Eltwise::Kind::bitwise_or},
    Kinds{"BitwiseXor", Eltwise::Kind::bitwise_xor},
    Kinds{"Div", Eltwise::Kind::div},
    Kinds{"Equal", Eltwise::Kind::equal},
    Kinds{"Greater", Eltwise::Kind::greater},
    Kinds{"GreaterOrEqual", Eltwise::Kind::greater_equal},
    Kinds{"Less", Eltwise::Kind::less},
    Kinds{"LessOrEqual", Eltwise::Kind::less_equal},
    Kinds{"Max", Eltwise::Kind::max},
    Kinds{"Mean", Eltwise::Kind::mean},
    Kinds{"Min", Eltwise::Kind::min},
    Kinds{"Mul", Eltwise::Kind::mul},
    Kinds{"Or", Eltwise::Kind::logical_or},
    Kinds{"Pow", Eltwise::Kind::pow},
    Kinds{"Sub", Eltwise::Kind::sub},
    Kinds{"Sum", Eltwise::Kind::add},
    Kinds{"Where", Eltwise::Kind::where},
    Kinds{"Xor", Eltwise::Kind::logical_xor},
};

std::optional<Eltwise::Kind> kind_of(const NodeView& view) {
  const std::string_view op = view.node().op;
  if (op == "Mod") return view.integer("fmod", 0) != 0 ? Eltwise::Kind::fmod : Eltwise::Kind::mod;
  if (op == "BitShift")
    return view.text("direction", "") == "LEFT" ? Eltwise::Kind::shift_left : Eltwise::Kind::shift_right;
  const auto* const found = std::ranges::find(kinds, op, &Kinds::first);
  return found == kinds.end() ? std::nullopt : std::optional{found->second};
}

/// (shift + scale x)^exponent.
Act power(double scale, double shift, double exponent) {
  Act act;
  act.kind = Act::Kind::power;
  act.alpha = exponent;
  act.beta = scale;
  act.gamma = shift;
  return act;
}

/// Arithmetic of one activation x and one number c; `first`: c stands before the operator.
std::optional<LayerParams> with_number(std::string_view op, double c, bool first) {
  if (op == "Add" || op == "Sum") return power(1.0, c, 1.0);
  if (op == "Mul") return power(c, 0.0, 1.0);
  if (op == "Sub") return first ? power(-1.0, c, 1.0) : power(1.0, -c, 1.0);
  if (op == "Div" && c != 0.0) return power(1.0 / c, 0.0, first ? -1.0 : 1.0);
  if (op == "Pow" && !first) return power(1.0, 0.0, c);
  return std::nullopt;
}

/// A stored operand's extents as rooms hold them: a scalar is one element.
std::optional<std::vector<std::int64_t>> stored_extents(const MappedNode& node, std::size_t i) {
  auto extents = node.extents(i);
  if (extents && extents->empty()) extents->push_back(1);
  return extents;
}

/// Where, whose condition may be stored, and one of those that it chooses between.
std::optional<LayerParams> choice(const MappedNode& node) {
  constexpr std::size_t operands = 3;
  Eltwise layer;
  layer.kind = Eltwise::Kind::where;
  std::size_t stored = 0;
  for (std::size_t i = 0; i < operands; ++i) {
    if (!node.stores(i)) continue;
    auto extents = stored_extents(node, i);
    if (!extents || (i == 2 && !layer.with.empty())) return std::nullopt;
    (i == 0 ? layer.condition : layer.with) = std::move(*extents);
    if (i == 1) layer.with_first = true;
    ++stored;
  }
  return node.inputs.size() + stored == operands ? std::optional<LayerParams>{layer} : std::nullopt;
}

}  // namespace

std::optional<LayerParams> activation(const MappedNode& node) {
  const auto& view = node.view;
  const std::string_view op = view.node().op;
  Act act;
  if (const auto* const plain = std::ranges::find(activations, op, &Activation::op);
      plain != activations.end()) {
    if (view.integer("detect_negative", 1) == 0 || view.integer("detect_positive", 1) == 0)
      return std::nullopt;
    act.kind = plain->kind;
    return act;
  }
  if (const auto* const row = std::ranges::find(parametric, op, &Parametric::op); row != parametric.end()) {
    act.kind = row->kind;
    act.alpha = view.real(row->alpha_name, row->alpha);
    if (!row->beta_name.empty()) act.beta = view.real(row->beta_name, row->beta);
    return act;
  }
  if (op == "Gelu" || op == "FastGelu") {
    const bool tanh = op == "FastGelu" || view.text("approximate", "none") == "tanh";
    act.kind = tanh ? Act::Kind::gelu_tanh : Act::Kind::gelu;
    return view.has(1) ? std::nullopt : std::optional<LayerParams>{act};
  }
  if (op == "Swish" && view.real("alpha", 1.0) == 1.0) {
    act.kind = Act::Kind::silu;
    return act;
  }
  if (op == "Selu") {
    act.kind = Act::Kind::selu;
    act.alpha = view.real("alpha", 1.67326319217681884765625);  // the default in ONNX's own digits
    act.gamma = view.real("gamma", 1.05070102214813232421875);
    return act;
  }
  return std::nullopt;
}

std::optional<LayerParams> clip(const MappedNode& node) {
  const auto bound = [&](std::size_t input, std::string_view attribute, double otherwise) {
    if (node.view.has(input)) return node.number(input);
    return std::optional{node.view.real(attribute, otherwise)};
  };
  constexpr auto largest = static_cast<double>(std::numeric_limits<float>::max());
  const auto low = bound(1, "min", -largest);
  const auto high = bound(2, "max", largest);
  if (!low || !high) return std::nullopt;
  if (*low == 0.0 && *high == 6.0) return Act{.kind = Act::Kind::relu6};
  return Act{.kind = Act::Kind::clip,
             .alpha = std::clamp(*low, -largest, largest),
             .beta = std::clamp(*high, -largest, largest)};
}

std::optional<LayerParams> prelu(const MappedNode& node) {
  const auto slopes = node.stores(1) ? node.extents(1) : std::nullopt;
  if (!slopes || node.inputs.empty()) return std::nullopt;
  const auto& input = node.inputs.front().shape;
  const auto ones = std::find_if(slopes->rbegin(), slopes->rend(), [](auto extent) { return extent != 1; });
  const auto named = static_cast<std::size_t>(slopes->rend() - ones);  // axes up to the last that is no 1
  if (input.rank() >= 2 && slopes->size() + 1 == input.rank() && slopes->front() == input[1] && named <= 1)
    return Act{.kind = Act::Kind::prelu};
  if (named > 0 || slopes->size() > input.rank()) return std::nullopt;
  return Act{.kind = Act::Kind::prelu, .shared = true};
}

std::optional<LayerParams> arithmetic(const MappedNode& node) {
  const auto kind = kind_of(node.view);
  const auto count = node.view.inputs();
  if (!kind) return std::nullopt;
  if (count == 1 && node.inputs.size() == 1) return Identity{};  // Max, Mean, Min, Sum of a single operand
  if (*kind == Eltwise::Kind::where) return choice(node);
  Eltwise layer;
  layer.kind = *kind;
  if (node.inputs.size() == count) return layer;
  if (count < 2 || node.inputs.size() + 1 != count) return std::nullopt;
  std::size_t stored = 0;
  while (stored < count && !node.stores(stored)) ++stored;
  if (stored == count) return std::nullopt;  // an operand that is left out
  if (count == 2)
    if (const auto number = node.number(stored))
      if (auto act = with_number(node.view.node().op, *number, stored == 0)) return act;
  auto extents = stored_extents(node, stored);
  if (!extents || count > 2) return std::nullopt;
  layer.with = std::move(*extents);
  layer.with_first = stored == 0;
  return layer;
}

std::optional<LayerParams> cast(const MappedNode& node) {
  if (node.inputs.size() != 1 || node.outputs.size() != 1) return std::nullopt;
  const auto dtype = node.outputs.front().dtype;
  if (dtype == node.inputs.front().dtype) return Identity{};
  // A cast as a room knows it rounds to the nearest and saturates.
  if (dtype == DType::float8e8m0 || node.view.integer("saturate", 1) == 0) return std::nullopt;
  return Cast{.dtype = dtype};
}

std::optional<LayerParams> scaled_cast(const MappedNode& node) {
  if (node.inputs.size() != 1 || node.outputs.size() != 1 || !node.reads(0)) return std::nullopt;
  const auto scaling = scaling_at(node, 1);
  if (!scaling) return std::nullopt;
  const auto dtype = node.outputs.front().dtype;
  // Float8 has no zero point and may overflow.
  if (is_floating(dtype) == is_floating(node.inputs.front().dtype)) return std::nullopt;
  return Cast{.dtype = dtype, .scale = scaling->scale, .zero_point = scaling->zero_point};
}

}  // namespace ns::onnx::mappers
