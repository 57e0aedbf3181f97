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
    Row{"Acos", mappers::activation},
    Row{"Acosh", mappers::activation},
    Row{"Add", mappers::arithmetic},
    Row{"And", mappers::arithmetic},
    Row{"ArgMax", mappers::argmax},
    Row{"ArgMin", mappers::argmax},
    Row{"Asin", mappers::activation},
    Row{"Asinh", mappers::activation},
    Row{"Atan", mappers::activation},
    Row{"Atanh", mappers::activation},
    Row{"Attention", mappers::attention},
    Row{"AveragePool", mappers::average_pool},
    Row{"BatchNormalization", mappers::batch_norm},
    Row{"BitShift", mappers::arithmetic},
    Row{"BitwiseAnd", mappers::arithmetic},
    Row{"BitwiseNot", mappers::activation},
    Row{"BitwiseOr", mappers::arithmetic},
    Row{"BitwiseXor", mappers::arithmetic},
    Row{"Cast", mappers::cast},
    Row{"CastLike", mappers::cast},
    Row{"Ceil", mappers::activation},
    Row{"Celu", mappers::activation},
    Row{"Clip", mappers::clip},
    Row{"Concat", mappers::concat},
    Row{"Conv", mappers::conv},
    Row{"ConvTranspose", mappers::deconv},
    Row{"Cos", mappers::activation},
    Row{"Cosh", mappers::activation},
    Row{"CumProd", mappers::cumsum},
    Row{"CumSum", mappers::cumsum},
    Row{"DepthToSpace", mappers::depth_space},
    Row{"DequantizeLinear", mappers::scaled_cast},
    Row{"Div", mappers::arithmetic},
    Row{"Dropout", mappers::dropout},
    Row{"DynamicQuantizeLSTM", mappers::dynamic_lstm},
    Row{"Einsum", mappers::einsum},
    Row{"Elu", mappers::activation},
    Row{"Equal", mappers::arithmetic},
    Row{"Erf", mappers::activation},
    Row{"Exp", mappers::activation},
    Row{"Expand", mappers::expand},
    Row{"FastGelu", mappers::activation},
    Row{"Flatten", mappers::reshape},
    Row{"Floor", mappers::activation},
    Row{"FusedMatMul", mappers::matmul},
    Row{"GRU", mappers::recurrent},
    Row{"Gather", mappers::gather},
    Row{"GatherElements", mappers::gather},
    Row{"GatherND", mappers::gather},
    Row{"Gelu", mappers::activation},
    Row{"Gemm", mappers::gemm},
    Row{"GlobalAveragePool", mappers::global_average_pool},
    Row{"GlobalMaxPool", mappers::global_max_pool},
    Row{"Greater", mappers::arithmetic},
    Row{"GreaterOrEqual", mappers::arithmetic},
    Row{"GroupNormalization", mappers::group_norm},
    Row{"HardSigmoid", mappers::activation},
    Row{"HardSwish", mappers::activation},
    Row{"Hardmax", mappers::softmax},
    Row{"Identity", mappers::identity},
    Row{"InstanceNormalization", mappers::instance_norm},
    Row{"IsInf", mappers::activation},
    Row{"IsNaN", mappers::activation},
    Row{"LRN", mappers::lrn},
    Row{"LSTM", mappers::recurrent},
    Row{"LayerNormalization", mappers::layer_norm},
    Row{"LeakyRelu", mappers::activation},
    Row{"Less", mappers::arithmetic},
    Row{"LessOrEqual", mappers::arithmetic},
    Row{"Log", mappers::activation},
    Row{"LogSoftmax", mappers::softmax},
    Row{"MatMul", mappers::matmul},
    Row{"Max", mappers::arithmetic},
    Row{"MaxPool", mappers::max_pool},
    Row{"Mean", mappers::arithmetic},
    Row{"Min", mappers::arithmetic},
    Row{"Mish", mappers::activation},
    Row{"Mod", mappers::arithmetic},
    Row{"Mul", mappers::arithmetic},
    Row{"MultiHeadAttention", mappers::multi_head_attention},
    Row{"Neg", mappers::activation},
    Row{"Not", mappers::activation},
    Row{"Or", mappers::arithmetic},
    Row{"PRelu", mappers::prelu},
    Row{"Pad", mappers::pad},
    Row{"Pow", mappers::arithmetic},
    Row{"QGemm", mappers::quantised_product},
    Row{"QLinearConv", mappers::quantised_conv},
    Row{"QLinearMatMul", mappers::quantised_product},
    Row{"QuantizeLinear", mappers::scaled_cast},
    Row{"QuickGelu", mappers::activation},
    Row{"RMSNormalization", mappers::layer_norm},
    Row{"RNN", mappers::recurrent},
    Row{"Reciprocal", mappers::activation},
    Row{"ReduceL1", mappers::reduce},
    Row{"ReduceL2", mappers::reduce},
    Row{"ReduceLogSum", mappers::reduce},
    Row{"ReduceLogSumExp", mappers::reduce},
    Row{"ReduceMax", mappers::reduce},
    Row{"ReduceMean", mappers::reduce},
    Row{"ReduceMin", mappers::reduce},
    Row{"ReduceProd", mappers::reduce},
    Row{"ReduceSum", mappers::reduce},
    Row{"ReduceSumSquare", mappers::reduce},
    Row{"Relu", mappers::activation},
    Row{"Reshape", mappers::reshape},
    Row{"Resize", mappers::resize},
    Row{"Round", mappers::activation},
    Row{"Scatter", mappers::scatter},
    Row{"ScatterElements", mappers::scatter},
    Row{"ScatterND", mappers::scatter},
    Row{"Selu", mappers::activation},
    Row{"Shrink", mappers::activation},
    Row{"Sigmoid", mappers::activation},
    Row{"Sign", mappers::activation},
    Row{"SimplifiedLayerNormalization", mappers::layer_norm},
    Row{"Sin", mappers::activation},
    Row{"Sinh", mappers::activation},
    Row{"Slice", mappers::crop},
    Row{"Softmax", mappers::softmax},
    Row{"Softplus", mappers::activation},
    Row{"Softsign", mappers::activation},
    Row{"SpaceToDepth", mappers::depth_space},
    Row{"Split", mappers::split},
    Row{"Sqrt", mappers::activation},
    Row{"Squeeze", mappers::reshape},
    Row{"Sub", mappers::arithmetic},
    Row{"Sum", mappers::arithmetic},
    Row{"Swish", mappers::activation},
    Row{"Tan", mappers::activation},
    Row{"Tanh", mappers::activation},
    Row{"ThresholdedRelu", mappers::activation},
    Row{"Tile", mappers::tile},
    Row{"TopK", mappers::topk},
    Row{"Transpose", mappers::transpose},
    Row{"Unsqueeze", mappers::reshape},
    Row{"Upsample", mappers::resize},
    Row{"Where", mappers::arithmetic},
    Row{"Xor", mappers::arithmetic},
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
  if (const auto* const product = std::get_if<Matmul>(&params)) return std::isfinite(product->scale);
  if (const auto* const attention = std::get_if<Attention>(&params))
    return std::isfinite(attention->scale) && std::isfinite(attention->softcap);
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
