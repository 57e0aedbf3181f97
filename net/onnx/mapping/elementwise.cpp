// Activations and element-wise arithmetic.
#include "net/onnx/mapping/mappers.hpp"

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
    Activation{"Abs", Act::Kind::abs},         Activation{"Exp", Act::Kind::exp},
    Activation{"Gelu", Act::Kind::gelu},       Activation{"HardSwish", Act::Kind::hardswish},
    Activation{"Log", Act::Kind::log},         Activation{"Relu", Act::Kind::relu},
    Activation{"Sigmoid", Act::Kind::sigmoid}, Activation{"Softplus", Act::Kind::softplus},
    Activation{"Tanh", Act::Kind::tanh},
};

std::optional<Eltwise::Kind> arithmetic_kind(std::string_view op) {
  using enum Eltwise::Kind;
  static constexpr std::array kinds{
      std::pair{std::string_view{"Add"}, add}, std::pair{std::string_view{"Mul"}, mul},
      std::pair{std::string_view{"Sub"}, sub}, std::pair{std::string_view{"Div"}, div},
      std::pair{std::string_view{"Max"}, max}, std::pair{std::string_view{"Min"}, min},
      std::pair{std::string_view{"Sum"}, add},
  };
  const auto* const found = std::ranges::find(kinds, op, &std::pair<std::string_view, Eltwise::Kind>::first);
  return found == kinds.end() ? std::nullopt : std::optional{found->second};
}

/// (shift + scale x)^power.
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
  if (op == "Div" && c != 0.0) return power(first ? 1.0 / c : 1.0 / c, 0.0, first ? -1.0 : 1.0);
  if (op == "Pow" && !first) return power(1.0, 0.0, c);
  return std::nullopt;
}

}  // namespace

std::optional<LayerParams> activation(const MappedNode& node) {
  const auto& view = node.view;
  const std::string_view op = view.node().op;
  Act act;
  if (const auto* const plain = std::ranges::find(activations, op, &Activation::op);
      plain != activations.end()) {
    act.kind = plain->kind;
    if (op == "Gelu" && view.text("approximate", "none") != "none") return std::nullopt;
  } else if (op == "LeakyRelu") {
    act.kind = Act::Kind::leaky_relu;
    act.alpha = view.real("alpha", 0.01);
  } else if (op == "Elu") {
    act.kind = Act::Kind::elu;
    act.alpha = view.real("alpha", 1.0);
  } else if (op == "HardSigmoid") {
    act.kind = Act::Kind::hardsigmoid;
    act.alpha = view.real("alpha", 0.2);
    act.beta = view.real("beta", 0.5);
  } else if (op == "Swish" && view.real("alpha", 1.0) == 1.0) {
    act.kind = Act::Kind::silu;
  } else if (op == "Sqrt") {
    return power(1.0, 0.0, 0.5);
  } else if (op == "Reciprocal") {
    return power(1.0, 0.0, -1.0);
  } else if (op == "Neg") {
    return power(-1.0, 0.0, 1.0);
  } else {
    return std::nullopt;
  }
  return act;
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
  if (!slopes || node.inputs.empty() || node.inputs.front().shape.rank() < 2) return std::nullopt;
  const auto& input = node.inputs.front().shape;
  if (slopes->size() + 1 != input.rank() || slopes->front() != input[1]) return std::nullopt;
  if (std::any_of(slopes->begin() + 1, slopes->end(), [](auto extent) { return extent != 1; }))
    return std::nullopt;
  return Act{.kind = Act::Kind::prelu};
}

std::optional<LayerParams> arithmetic(const MappedNode& node) {
  const std::string_view op = node.view.node().op;
  const auto count = node.view.inputs();
  if (node.inputs.size() == count) {
    const auto kind = arithmetic_kind(op);
    if (!kind || count < 2) return std::nullopt;
    return Eltwise{.kind = *kind, .coefficients = {}};
  }
  if (count != 2 || node.inputs.size() != 1) return std::nullopt;
  const bool first = node.stores(0);
  const auto number = node.number(first ? 0 : 1);
  return number ? with_number(op, *number, first) : std::nullopt;
}

}  // namespace ns::onnx::mappers
