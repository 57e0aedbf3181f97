#include "net/prototxt/rules.hpp"

#include <fmt/format.h>
#include <unordered_map>

namespace ns::prototxt {
namespace {

constexpr char mvn[] = "MVN";
constexpr char normalize[] = "Normalize";
constexpr char shuffle[] = "ShuffleChannel";
constexpr char bias[] = "Bias";
constexpr char threshold[] = "Threshold";

const Rule* find_rule(std::string_view type) {
  using Kind = Act::Kind;
  static const std::unordered_map<std::string_view, Rule> rules{
      {"AbsVal", {"", make_act<Kind::abs>}},
      {"Accuracy", {.special = drop_training}},
      {"AnnotatedData", {.special = add_stored_data}},
      {"ArgMax", {.special = add_argmax}},
      {"BN", {"bn_param", make_affine_batch_norm}},
      {"BNLL", {"", make_act<Kind::softplus>}},
      {"BatchNorm", {"batch_norm_param", make_batch_norm}},
      {"Bias", {"bias_param", make_same_shape<bias>}},
      {"Clip", {"clip_param", make_clip}},
      {"Concat", {"concat_param", make_concat}},
      {"ContrastiveLoss", {.special = drop_training}},
      {"Convolution", {"convolution_param", make_convolution}},
      {"ConvolutionDepthwise", {"convolution_param", make_depthwise_convolution}},
      {"Crop", {"crop_param", make_crop}},
      {"Data", {.special = add_stored_data}},
      {"Deconvolution", {"convolution_param", make_deconvolution}},
      {"DepthwiseConvolution", {"convolution_param", make_depthwise_convolution}},
      {"Dropout", {"dropout_param", [](const Context&) { return LayerParams{Identity{.dropout = true}}; }}},
      {"DummyData", {.special = add_dummy_data}},
      {"ELU", {"elu_param", make_elu}},
      {"Eltwise", {"eltwise_param", make_eltwise}},
      {"EuclideanLoss", {.special = drop_training}},
      {"Exp", {.special = add_exponential}},
      {"Flatten", {"flatten_param", make_flatten}},
      {"HDF5Data", {.special = add_stored_data}},
      {"HDF5Output", {.special = drop_training}},
      {"HTanH", {"", make_act<Kind::htanh>}},
      {"HingeLoss", {.special = drop_training}},
      {"ImageData", {.special = add_stored_data}},
      {"InfogainLoss", {.special = drop_training}},
      {"InnerProduct", {.special = add_inner_product}},
      {"Input", {.special = add_input_layer}},
      {"LRN", {"lrn_param", make_lrn}},
      {"LSTM", {"recurrent_param", make_recurrent}},
      {"Local", {"local_param", make_local}},
      {"Log", {.special = add_logarithm}},
      {"MVN", {"mvn_param", make_same_shape<mvn>}},
      {"MemoryData", {.special = add_memory_data}},
      {"MultiBoxLoss", {.special = drop_training}},
      {"MultinomialLogisticLoss", {.special = drop_training}},
      {"Normalize", {"norm_param", make_same_shape<normalize>}},
      {"PReLU", {"prelu_param", make_prelu}},
      {"Padding", {"", make_padding}},
      {"Permute", {"permute_param", make_permute}},
      {"Pooling", {.special = add_pooling}},
      {"Power", {"power_param", make_power}},
      {"RNN", {"recurrent_param", make_recurrent}},
      {"ReLU", {"relu_param", make_relu}},
      {"ReLU6", {"", make_act<Kind::relu6>}},
      {"Reduction", {"reduction_param", make_reduction}},
      {"Reshape", {"reshape_param", make_reshape}},
      {"Scale", {.special = add_scale}},
      {"ShuffleChannel", {"shuffle_channel_param", make_same_shape<shuffle>}},
      {"Sigmoid", {"", make_act<Kind::sigmoid>}},
      {"SigmoidCrossEntropyLoss", {.special = drop_training}},
      {"Silence", {.special = drop_silence}},
      {"Slice", {"slice_param", make_slice}},
      {"SmoothL1Loss", {.special = drop_training}},
      {"Softmax", {"softmax_param", make_softmax}},
      {"SoftmaxWithLoss", {.special = drop_softmax_loss}},
      {"Split",
       {"",
        [](const Context& context) {
          return LayerParams{Identity{.copies = static_cast<std::int64_t>(context.outputs)}};
        }}},
      {"Swish", {.special = add_swish}},
      {"TanH", {"", make_act<Kind::tanh>}},
      {"Threshold", {"threshold_param", make_same_shape<threshold>}},
      {"Tile", {"tile_param", make_tile}},
      {"WindowData", {.special = add_stored_data}},
  };
  const auto found = rules.find(type);
  return found == rules.end() ? nullptr : &found->second;
}

}  // namespace

Result<void> add_layer(NetWriter& net, const LayerSource& layer) {
  if (layer.op.empty()) return net.fail(layer, "has no type");
  const auto* const rule = find_rule(layer.type);
  if (rule == nullptr) return add_unknown(net, layer);
  if (rule->special != nullptr) return rule->special(net, layer);
  const auto inputs = net.inputs(layer);
  if (!inputs) return tl::unexpected{inputs.error()};
  Params params{layer, rule->parameters};
  auto made = rule->make({params, *inputs, layer.tops.size()});
  if (auto accepted = net.accept(layer, params); !accepted) return accepted;
  if (std::holds_alternative<Opaque>(made))
    net.warn(layer, "opaque " + layer.op,
             fmt::format("no layer type describes {}: its cost is a lower bound", layer.op));
  return net.add(layer, std::move(made));
}

}  // namespace ns::prototxt
