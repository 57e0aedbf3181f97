#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <variant>

namespace ns::onnx {
namespace {

struct Mapper {
  std::string_view op;
  std::optional<LayerParams> (*map)(const MappedNode& node);
};

// Sorted by operator. What is not listed is opaque.
constexpr std::array mapper_table{
    Mapper{"Abs", mappers::activation},
    Mapper{"Acos", mappers::activation},
    Mapper{"Acosh", mappers::activation},
    Mapper{"Add", mappers::arithmetic},
    Mapper{"And", mappers::arithmetic},
    Mapper{"ArgMax", mappers::argmax},
    Mapper{"ArgMin", mappers::argmax},
    Mapper{"Asin", mappers::activation},
    Mapper{"Asinh", mappers::activation},
    Mapper{"Atan", mappers::activation},
    Mapper{"Atanh", mappers::activation},
    Mapper{"Attention", mappers::attention},
    Mapper{"AveragePool", mappers::average_pool},
    Mapper{"BatchNormalization", mappers::batch_norm},
    Mapper{"BitShift", mappers::arithmetic},
    Mapper{"BitwiseAnd", mappers::arithmetic},
    Mapper{"BitwiseNot", mappers::activation},
    Mapper{"BitwiseOr", mappers::arithmetic},
    Mapper{"BitwiseXor", mappers::arithmetic},
    Mapper{"Cast", mappers::cast},
    Mapper{"CastLike", mappers::cast},
    Mapper{"Ceil", mappers::activation},
    Mapper{"Celu", mappers::activation},
    Mapper{"Clip", mappers::clip},
    Mapper{"Concat", mappers::concat},
    Mapper{"Conv", mappers::conv},
    Mapper{"ConvTranspose", mappers::deconv},
    Mapper{"Cos", mappers::activation},
    Mapper{"Cosh", mappers::activation},
    Mapper{"CumProd", mappers::cumsum},
    Mapper{"CumSum", mappers::cumsum},
    Mapper{"DepthToSpace", mappers::depth_space},
    Mapper{"DequantizeLinear", mappers::scaled_cast},
    Mapper{"Div", mappers::arithmetic},
    Mapper{"Dropout", mappers::dropout},
    Mapper{"DynamicQuantizeLSTM", mappers::dynamic_lstm},
    Mapper{"Einsum", mappers::einsum},
    Mapper{"Elu", mappers::activation},
    Mapper{"Equal", mappers::arithmetic},
    Mapper{"Erf", mappers::activation},
    Mapper{"Exp", mappers::activation},
    Mapper{"Expand", mappers::expand},
    Mapper{"FastGelu", mappers::activation},
    Mapper{"Flatten", mappers::reshape},
    Mapper{"Floor", mappers::activation},
    Mapper{"FusedMatMul", mappers::matmul},
    Mapper{"GRU", mappers::recurrent},
    Mapper{"Gather", mappers::gather},
    Mapper{"GatherElements", mappers::gather},
    Mapper{"GatherND", mappers::gather},
    Mapper{"Gelu", mappers::activation},
    Mapper{"Gemm", mappers::gemm},
    Mapper{"GlobalAveragePool", mappers::global_average_pool},
    Mapper{"GlobalMaxPool", mappers::global_max_pool},
    Mapper{"Greater", mappers::arithmetic},
    Mapper{"GreaterOrEqual", mappers::arithmetic},
    Mapper{"GroupNormalization", mappers::group_norm},
    Mapper{"HardSigmoid", mappers::activation},
    Mapper{"HardSwish", mappers::activation},
    Mapper{"Hardmax", mappers::softmax},
    Mapper{"Identity", mappers::identity},
    Mapper{"InstanceNormalization", mappers::instance_norm},
    Mapper{"IsInf", mappers::activation},
    Mapper{"IsNaN", mappers::activation},
    Mapper{"LRN", mappers::lrn},
    Mapper{"LSTM", mappers::recurrent},
    Mapper{"LayerNormalization", mappers::layer_norm},
    Mapper{"LeakyRelu", mappers::activation},
    Mapper{"Less", mappers::arithmetic},
    Mapper{"LessOrEqual", mappers::arithmetic},
    Mapper{"Log", mappers::activation},
    Mapper{"LogSoftmax", mappers::softmax},
    Mapper{"MatMul", mappers::matmul},
    Mapper{"Max", mappers::arithmetic},
    Mapper{"MaxPool", mappers::max_pool},
    Mapper{"Mean", mappers::arithmetic},
    Mapper{"Min", mappers::arithmetic},
    Mapper{"Mish", mappers::activation},
    Mapper{"Mod", mappers::arithmetic},
    Mapper{"Mul", mappers::arithmetic},
    Mapper{"MultiHeadAttention", mappers::multi_head_attention},
    Mapper{"Neg", mappers::activation},
    Mapper{"Not", mappers::activation},
    Mapper{"Or", mappers::arithmetic},
    Mapper{"PRelu", mappers::prelu},
    Mapper{"Pad", mappers::pad},
    Mapper{"Pow", mappers::arithmetic},
    Mapper{"QGemm", mappers::quantised_product},
    Mapper{"QLinearConv", mappers::quantised_conv},
    Mapper{"QLinearMatMul", mappers::quantised_product},
    Mapper{"QuantizeLinear", mappers::scaled_cast},
    Mapper{"QuickGelu", mappers::activation},
    Mapper{"RMSNormalization", mappers::layer_norm},
    Mapper{"RNN", mappers::recurrent},
    Mapper{"Reciprocal", mappers::activation},
    Mapper{"ReduceL1", mappers::reduce},
    Mapper{"ReduceL2", mappers::reduce},
    Mapper{"ReduceLogSum", mappers::reduce},
    Mapper{"ReduceLogSumExp", mappers::reduce},
    Mapper{"ReduceMax", mappers::reduce},
    Mapper{"ReduceMean", mappers::reduce},
    Mapper{"ReduceMin", mappers::reduce},
    Mapper{"ReduceProd", mappers::reduce},
    Mapper{"ReduceSum", mappers::reduce},
    Mapper{"ReduceSumSquare", mappers::reduce},
    Mapper{"Relu", mappers::activation},
    Mapper{"Reshape", mappers::reshape},
    Mapper{"Resize", mappers::resize},
    Mapper{"Round", mappers::activation},
    Mapper{"Scatter", mappers::scatter},
    Mapper{"ScatterElements", mappers::scatter},
    Mapper{"ScatterND", mappers::scatter},
    Mapper{"Selu", mappers::activation},
    Mapper{"Shrink", mappers::activation},
    Mapper{"Sigmoid", mappers::activation},
    Mapper{"Sign", mappers::activation},
    Mapper{"SimplifiedLayerNormalization", mappers::layer_norm},
    Mapper{"Sin", mappers::activation},
    Mapper{"Sinh", mappers::activation},
    Mapper{"Slice", mappers::crop},
    Mapper{"Softmax", mappers::softmax},
    Mapper{"Softplus", mappers::activation},
    Mapper{"Softsign", mappers::activation},
    Mapper{"SpaceToDepth", mappers::depth_space},
    Mapper{"Split", mappers::split},
    Mapper{"Sqrt", mappers::activation},
    Mapper{"Squeeze", mappers::reshape},
    Mapper{"Sub", mappers::arithmetic},
    Mapper{"Sum", mappers::arithmetic},
    Mapper{"Swish", mappers::activation},
    Mapper{"Tan", mappers::activation},
    Mapper{"Tanh", mappers::activation},
    Mapper{"ThresholdedRelu", mappers::activation},
    Mapper{"Tile", mappers::tile},
    Mapper{"TopK", mappers::topk},
    Mapper{"Transpose", mappers::transpose},
    Mapper{"Unsqueeze", mappers::reshape},
    Mapper{"Upsample", mappers::resize},
    Mapper{"Where", mappers::arithmetic},
    Mapper{"Xor", mappers::arithmetic},
};
static_assert(std::ranges::is_sorted(mapper_table, {}, &Mapper::op));

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
  const auto* const row =
      std::ranges::lower_bound(mapper_table, std::string_view{node.view.node().op}, {}, &Mapper::op);
  if (row == mapper_table.end() || row->op != node.view.node().op) return std::nullopt;
  auto room = row->map(node);
  return room && has_finite_numbers(*room) ? room : std::nullopt;
}

}  // namespace ns::onnx
