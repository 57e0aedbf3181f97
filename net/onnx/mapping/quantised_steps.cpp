#include "net/onnx/mapping/quantised_steps.hpp"

#include "net/onnx/mapping/mappers.hpp"
#include "net/onnx/mapping/quantised.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace ns::onnx {
namespace {

std::optional<LayerParams> add(const MappedNode&) { return Eltwise{.kind = Eltwise::Kind::add}; }
std::optional<LayerParams> mul(const MappedNode&) { return Eltwise{.kind = Eltwise::Kind::mul}; }

bool is_channels_first(const MappedNode& node) { return node.view.integer("channels_last", 0) == 0; }

std::optional<LayerParams> average(const MappedNode& node) {
  return is_channels_first(node) ? mappers::average_pool(node) : std::nullopt;
}

std::optional<LayerParams> global_average(const MappedNode& node) {
  return is_channels_first(node) ? mappers::global_average_pool(node) : std::nullopt;
}

std::optional<LayerParams> sigmoid(const MappedNode&) { return Act{.kind = Act::Kind::sigmoid}; }

std::optional<LayerParams> leaky_relu(const MappedNode& node) {
  constexpr double usual_slope = 0.01;
  return Act{.kind = Act::Kind::leaky_relu, .alpha = node.view.real("alpha", usual_slope)};
}

std::optional<LayerParams> concat(const MappedNode& node) {
  const auto axis = node.axis(0);
  return axis ? std::optional<LayerParams>{Concat{.axis = *axis}} : std::nullopt;
}

constexpr std::size_t all = 0;

/// Operands stand three apart, each with scale and zero point behind.
struct SteppedOperator {
  std::string_view op;
  std::optional<LayerParams> (*operation)(const MappedNode& node);
  std::size_t first;   // operand
  std::size_t count;   // of operands; `all` that there are
  std::size_t result;  // where its scale stands
};

constexpr std::array stepped_operators{
    SteppedOperator{"QLinearAdd", add, 0, 2, 6},
    SteppedOperator{"QLinearAveragePool", average, 0, 1, 3},
    SteppedOperator{"QLinearConcat", concat, 2, all, 0},
    SteppedOperator{"QLinearGlobalAveragePool", global_average, 0, 1, 3},
    SteppedOperator{"QLinearLeakyRelu", leaky_relu, 0, 1, 3},
    SteppedOperator{"QLinearMul", mul, 0, 2, 6},
    SteppedOperator{"QLinearSigmoid", sigmoid, 0, 1, 3},
};

/// Null for other operators.
const SteppedOperator* row_of(const Node& node) {
  const auto* const row =
      std::ranges::find(stepped_operators, std::string_view{node.op}, &SteppedOperator::op);
  return row != stepped_operators.end() && node.domain == "com.microsoft" ? row : nullptr;
}

Cast cast_to(DType dtype, const Scaling& scaling) { return {dtype, scaling.scale, scaling.zero_point}; }

}  // namespace

bool may_have_steps(const Node& node) { return row_of(node) != nullptr; }

std::optional<QuantisedSteps> quantised_steps(const MappedNode& node) {
  const auto& written = node.view.node();
  const auto* const row = row_of(written);
  if (row == nullptr || node.outputs.size() != 1) return std::nullopt;
  const auto count = row->count == all ? (written.inputs.size() - row->first) / 3 : row->count;
  if (count == 0 || node.inputs.size() != count) return std::nullopt;
  QuantisedSteps steps;
  for (std::size_t i = 0; i < count; ++i) {
    const auto input = row->first + 3 * i;
    const auto scaling = node.reads(input) ? scaling_at(node, input + 1) : std::nullopt;
    if (!scaling || !is_8_bit(node.inputs[i].dtype)) return std::nullopt;
    steps.operands.push_back({input, cast_to(DType::float32, *scaling)});
  }
  const auto result = scaling_at(node, row->result);
  auto operation = row->operation(node);
  if (!result || !operation || !is_8_bit(node.outputs.front().dtype)) return std::nullopt;
  auto reals = node.inputs;
  for (auto& real : reals) real.dtype = DType::float32;
  const auto made = output_types(*operation, reals);
  if (!made || made->size() != 1 || made->front().shape != node.outputs.front().shape) return std::nullopt;
  steps.operation = *std::move(operation);
  steps.result = cast_to(node.outputs.front().dtype, *result);
  return steps;
}

}  // namespace ns::onnx
