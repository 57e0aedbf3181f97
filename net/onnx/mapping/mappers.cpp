#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <variant>

namespace ns::onnx {
namespace {

struct Row {
  std::string_view op;
  std::optional<LayerParams> (*map)(const MappedNode& node);
};

// Sorted by operator. What is not listed is opaque.
constexpr std::array rows{
    Row{"Abs", mappers::activation},
    Row{"Add", mappers::arithmetic},
    Row{"AveragePool", mappers::average_pool},
    Row{"BatchNormalization", mappers::batch_norm},
    Row{"Clip", mappers::clip},
    Row{"Concat", mappers::concat},
    Row{"Conv", mappers::conv},
    Row{"Div", mappers::arithmetic},
    Row{"Dropout", mappers::identity},
    Row{"Elu", mappers::activation},
    Row{"Exp", mappers::activation},
    Row{"Flatten", mappers::reshape},
    Row{"Gelu", mappers::activation},
    Row{"Gemm", mappers::gemm},
    Row{"GlobalAveragePool", mappers::global_average_pool},
    Row{"GlobalMaxPool", mappers::global_max_pool},
    Row{"HardSigmoid", mappers::activation},
    Row{"HardSwish", mappers::activation},
    Row{"Identity", mappers::identity},
    Row{"LRN", mappers::lrn},
    Row{"LeakyRelu", mappers::activation},
    Row{"Log", mappers::activation},
    Row{"Max", mappers::arithmetic},
    Row{"MaxPool", mappers::max_pool},
    Row{"Min", mappers::arithmetic},
    Row{"Mul", mappers::arithmetic},
    Row{"Neg", mappers::activation},
    Row{"PRelu", mappers::prelu},
    Row{"Pow", mappers::arithmetic},
    Row{"Reciprocal", mappers::activation},
    Row{"Relu", mappers::activation},
    Row{"Reshape", mappers::reshape},
    Row{"Sigmoid", mappers::activation},
    Row{"Softmax", mappers::softmax},
    Row{"Softplus", mappers::activation},
    Row{"Split", mappers::split},
    Row{"Sqrt", mappers::activation},
    Row{"Squeeze", mappers::reshape},
    Row{"Sub", mappers::arithmetic},
    Row{"Sum", mappers::arithmetic},
    Row{"Swish", mappers::activation},
    Row{"Tanh", mappers::activation},
    Row{"Unsqueeze", mappers::reshape},
};
static_assert(std::ranges::is_sorted(rows, {}, &Row::op));

/// Attributes of a file may be infinite or no numbers; the text form of a layer, by which it is measured and
/// predicted, has no words for these.
bool has_finite_numbers(const LayerParams& params) {
  if (const auto* const act = std::get_if<Act>(&params))
    return std::isfinite(act->alpha) && std::isfinite(act->beta) && std::isfinite(act->gamma);
  if (const auto* const norm = std::get_if<Norm>(&params))
    return std::isfinite(norm->alpha) && std::isfinite(norm->beta) && std::isfinite(norm->k) &&
           std::isfinite(norm->epsilon);
  return true;
}

}  // namespace

std::optional<LayerParams> room_of(const MappedNode& node) {
  const auto& domain = node.view.node().domain;
  if (!domain.empty() && domain != "com.microsoft") return std::nullopt;
  const auto* const row = std::ranges::lower_bound(rows, std::string_view{node.view.node().op}, {}, &Row::op);
  if (row == rows.end() || row->op != node.view.node().op) return std::nullopt;
  auto room = row->map(node);
  return room && has_finite_numbers(*room) ? room : std::nullopt;
}

}  // namespace ns::onnx
