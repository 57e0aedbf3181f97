// What each of Caffe's layer types becomes.
#include "net/prototxt/prototxt.hpp"
#include "tests/unit/net/net_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string input_4x8x8 = "input: 'data' input_shape { dim: 2 dim: 4 dim: 8 dim: 8 }\n";

Net read(const std::string& text) {
  auto net = parse_prototxt(text, "n.prototxt");
  if (!net) throw std::runtime_error(net.error().message);
  return std::move(*net);
}

std::string error_of(const std::string& text) {
  const auto net = parse_prototxt(text, "n.prototxt");
  return net ? "no error" : net.error().message;
}

/// One layer "l" of that type on a 2x4x8x8 input, or on `shape`.
std::string layer(std::string_view type, std::string_view fields = "",
                  std::string_view shape = "dim: 2 dim: 4 dim: 8 dim: 8") {
  return "input: 'data' input_shape { " + std::string{shape} + " }\nlayer { name: 'l' type: '" +
         std::string{type} + "' bottom: 'data' top: 'l' " + std::string{fields} + " }";
}

struct Becomes {
  const char* type;
  const char* fields;
  const char* params;
  const char* output;
};

class LayerTypes : public testing::TestWithParam<Becomes> {};

TEST_P(LayerTypes, BecomeTheRoomThatCaffeMeans) {
  const auto& [type, fields, params, output] = GetParam();
  const auto net = read(layer(type, fields));
  EXPECT_EQ(params_of(net, "l"), params);
  EXPECT_EQ(output_of(net, "l"), output);
  EXPECT_THAT(net.warnings, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    Prototxt, LayerTypes,
    testing::Values(
        Becomes{"Convolution", "convolution_param { num_output: 6 kernel_size: 3 }",
                "conv:filters=6,kernel=3", "2x6x6x6"},
        Becomes{"Convolution", "convolution_param { num_output: 6 kernel_size: 3 dilation: 2 }",
                "conv:filters=6,kernel=3,dilation=2", "2x6x4x4"},
        Becomes{"Convolution",
                "convolution_param { num_output: 6 kernel_h: 1 kernel_w: 3 pad_h: 0 pad_w: 1 stride_h: 2 "
                "stride_w: 1 }",
                "conv:filters=6,kernel=1x3,stride=2x1,pad=0x1", "2x6x4x8"},
        Becomes{"Convolution",
                "convolution_param { num_output: 6 kernel_size: 3 kernel_size: 1 pad: 1 pad: 0 bias_term: "
                "false group: 2 }",
                "conv:filters=6,kernel=3x1,pad=1x0,groups=2,bias=0", "2x6x8x8"},
        Becomes{"ConvolutionDepthwise", "convolution_param { num_output: 4 kernel_size: 3 pad: 1 }",
                "conv:filters=4,kernel=3,pad=1,groups=4", "2x4x8x8"},
        Becomes{"LOCAL", "local_param { num_output: 5 kernel_size: 3 stride: 2 }",
                "local:filters=5,kernel=3,stride=2", "2x5x3x3"},
        Becomes{"InnerProduct", "inner_product_param { num_output: 7 bias_term: false }",
                "fc:features=7,bias=0", "2x7"},
        Becomes{"Pooling", "pooling_param { kernel_size: 3 stride: 2 }",
                "pool:max,kernel=3,stride=2,rounding=caffe", "2x4x4x4"},
        Becomes{"Pooling", "pooling_param { kernel_size: 3 stride: 2 round_mode: FLOOR }",
                "pool:max,kernel=3,stride=2", "2x4x3x3"},
        Becomes{"Pooling", "pooling_param { pool: AVE kernel_size: 2 stride: 2 pad: 1 }",
                "pool:average,kernel=2,stride=2,pad=1,rounding=caffe,count_pad=1", "2x4x5x5"},
        Becomes{"Pooling", "pooling_param { pool: AVE global_pooling: true }", "pool:average,global=1",
                "2x4x1x1"},
        Becomes{"ReLU", "", "act:relu", "2x4x8x8"},
        Becomes{"ReLU", "relu_param { negative_slope: 0.1 }", "act:leaky_relu,alpha=0.1", "2x4x8x8"},
        Becomes{"PReLU", "", "act:prelu", "2x4x8x8"},
        Becomes{"PReLU", "prelu_param { channel_shared: true }", "act:prelu,shared=1", "2x4x8x8"},
        Becomes{"ELU", "elu_param { alpha: 0.5 }", "act:elu,alpha=0.5", "2x4x8x8"},
        Becomes{"Sigmoid", "", "act:sigmoid", "2x4x8x8"}, Becomes{"TanH", "", "act:tanh", "2x4x8x8"},
        Becomes{"HTANH", "", "act:htanh", "2x4x8x8"}, Becomes{"AbsVal", "", "act:abs", "2x4x8x8"},
        Becomes{"Exp", "", "act:exp", "2x4x8x8"}, Becomes{"Log", "", "act:log", "2x4x8x8"},
        Becomes{"BNLL", "", "act:softplus", "2x4x8x8"},
        Becomes{"Power", "power_param { power: 2 scale: 3 shift: 4 }", "act:power,alpha=2,beta=3,gamma=4",
                "2x4x8x8"},
        Becomes{"Clip", "clip_param { min: 0 max: 6 }", "act:clip,beta=6", "2x4x8x8"},
        Becomes{"LRN", "lrn_param { local_size: 3 alpha: 0.01 beta: 0.5 k: 2 }",
                "norm:lrn,size=3,alpha=0.01,beta=0.5,k=2", "2x4x8x8"},
        Becomes{"LRN", "lrn_param { norm_region: WITHIN_CHANNEL }", "norm:lrn_within,alpha=1", "2x4x8x8"},
        Becomes{"BatchNorm", "batch_norm_param { eps: 0.001 }", "norm:batch,affine=0,factor=1,epsilon=0.001",
                "2x4x8x8"},
        Becomes{"Scale", "", "norm:scale,bias=0", "2x4x8x8"},
        Becomes{"Scale", "scale_param { bias_term: true }", "norm:scale", "2x4x8x8"},
        Becomes{"Dropout", "", "identity:dropout=1", "2x4x8x8"}, Becomes{"Softmax", "", "softmax", "2x4x8x8"},
        Becomes{"Softmax", "softmax_param { axis: -1 }", "softmax:axis=3", "2x4x8x8"},
        Becomes{"Flatten", "", "reshape:extents=0x-1", "2x256"},
        Becomes{"Flatten", "flatten_param { axis: 2 end_axis: 3 }", "reshape:extents=2x4x64", "2x4x64"},
        Becomes{"Reshape", "reshape_param { shape { dim: 0 dim: 2 dim: -1 } }", "reshape:extents=0x2x-1",
                "2x2x128"},
        Becomes{"Reshape", "reshape_param { shape { dim: 32 dim: 2 } axis: 2 }", "reshape:extents=2x4x32x2",
                "2x4x32x2"},
        Becomes{"Reshape", "reshape_param { shape { dim: 1 } axis: -1 }", "reshape:extents=2x4x8x8x1",
                "2x4x8x8x1"},
        Becomes{"Reshape", "reshape_param { shape { dim: 32 } axis: 1 num_axes: 2 }",
                "reshape:extents=2x32x8", "2x32x8"},
        Becomes{"ArgMax", "argmax_param { axis: 1 top_k: 3 }", "argmax:top=3", "2x3x8x8"}));

TEST(PrototxtLayers, ClipACeiledPoolOnlyWhereItIsPadded) {
  // Caffe, pooling_layer.cpp: with pads the last window must start inside the image or its begin pad.
  const std::string shape = "dim: 1 dim: 1 dim: 6 dim: 7";
  EXPECT_EQ(output_of(read(layer("Pooling", "pooling_param { kernel_size: 1 stride: 2 }", shape)), "l"),
            "1x1x4x4");
  EXPECT_EQ(output_of(read(layer("Pooling", "pooling_param { kernel_size: 2 stride: 2 pad: 1 }",
                                 "dim: 1 dim: 1 dim: 5 dim: 5")),
                      "l"),
            "1x1x3x3");
}

TEST(PrototxtLayers, CountGroupsOnce) {
  const auto net =
      read(layer("Convolution", "convolution_param { num_output: 256 kernel_size: 5 pad: 2 group: 2 }",
                 "dim: 1 dim: 96 dim: 27 dim: 27"));
  EXPECT_EQ(totals(net).macs.value(), 223948800);
  EXPECT_EQ(totals(net).parameters, 307456);
}

TEST(PrototxtLayers, ReadConvolutionsOfVideo) {
  const auto net = read(layer("Convolution",
                              "convolution_param { num_output: 64 kernel_size: 3 pad: 1 stride: [1, 2, 2] }",
                              "dim: 1 dim: 3 dim: 16 dim: 112 dim: 112"));
  EXPECT_EQ(output_of(net, "l"), "1x64x16x56x56");
  EXPECT_EQ(totals(net).macs.value(), 64.0 * 3 * 27 * 16 * 56 * 56);
}

TEST(PrototxtLayers, FlowThroughAResidualBlockInPlace) {
  const auto net = read(input_4x8x8 + R"(
layer { name: "branch1" type: "Convolution" bottom: "data" top: "shortcut" convolution_param { num_output: 16 kernel_size: 1 } }
layer { name: "branch2" type: "Convolution" bottom: "data" top: "res2a" convolution_param { num_output: 16 kernel_size: 3 pad: 1 bias_term: false } }
layer { name: "bn" type: "BatchNorm" bottom: "res2a" top: "res2a" batch_norm_param { use_global_stats: true } }
layer { name: "scale" type: "Scale" bottom: "res2a" top: "res2a" scale_param { bias_term: true } }
layer { name: "relu" type: "ReLU" bottom: "res2a" top: "res2a" }
layer { name: "sum" type: "Eltwise" bottom: "res2a" bottom: "shortcut" top: "sum" eltwise_param { operation: SUM coeff: 1 coeff: -1 } }
layer { name: "norm" type: "LRN" bottom: "sum" top: "norm" }
layer { name: "drop" type: "Dropout" bottom: "norm" top: "norm" })");
  EXPECT_EQ(output_of(net, "drop"), "2x16x8x8");
  EXPECT_EQ(parameters_of(net, "bn"), 33);
  EXPECT_EQ(parameters_of(net, "scale"), 32);
  EXPECT_EQ(parameters_of(net, "norm") + parameters_of(net, "drop") + parameters_of(net, "relu"), 0);
  EXPECT_EQ(params_of(net, "sum"), "eltwise:add,coefficients=1/-1");
  EXPECT_THAT(net.warnings, IsEmpty());
}

TEST(PrototxtLayers, JoinAndPartTensors) {
  const auto net = read(input_4x8x8 + R"(
layer { name: "split" type: "Split" bottom: "data" top: "s0" top: "s1" }
layer { name: "halves" type: "Slice" bottom: "s0" top: "h0" top: "h1" }
layer { name: "parts" type: "Slice" bottom: "s1" top: "p0" top: "p1" top: "p2" slice_param { axis: 1 slice_point: 1 slice_point: 3 } }
layer { name: "all" type: "Concat" bottom: "h0" bottom: "h1" bottom: "p0" bottom: "p1" top: "all" concat_param { concat_dim: 1 } }
layer { name: "quiet" type: "Silence" bottom: "p2" }
)");
  EXPECT_EQ(params_of(net, "halves"), "slice:sizes=2x2");
  EXPECT_EQ(params_of(net, "parts"), "slice:sizes=1x2x1");
  EXPECT_EQ(output_of(net, "all"), "2x7x8x8");
  ASSERT_EQ(net.outputs.size(), 1U) << "what Silence reads is no output";
  EXPECT_EQ(net.tensors[net.outputs[0]].name, "all");
  EXPECT_THAT(
      error_of(input_4x8x8 + "layer { name: 's' type: 'Slice' bottom: 'data' top: 'a' top: 'b' top: 'c' }"),
      HasSubstr("layer s: 3 tops do not divide axis 1 of extent 4; give slice_point"));
}

TEST(PrototxtLayers, KeepTheAxesBeforeAnInnerProduct) {
  const auto net = read(layer("InnerProduct", "inner_product_param { num_output: 5 axis: 2 }"));
  EXPECT_EQ(output_of(net, "l"), "2x4x5");
  EXPECT_EQ(totals(net).macs.value(), 2.0 * 4 * 64 * 5);
  EXPECT_EQ(totals(net).parameters, 64 * 5 + 5);
}

TEST(PrototxtLayers, MultiplyTwoBlobsAsSqueezeAndExcitationDoes) {
  const auto net = read(input_4x8x8 + R"(
layer { name: "gap" type: "Pooling" bottom: "data" top: "gap" pooling_param { pool: AVE global_pooling: true } }
layer { name: "fc" type: "InnerProduct" bottom: "gap" top: "fc" inner_product_param { num_output: 4 } }
layer { name: "scale" type: "Scale" bottom: "data" bottom: "fc" top: "scale" scale_param { axis: 0 } })");
  EXPECT_EQ(params_of(net, "scale"), "eltwise:mul");
  EXPECT_EQ(output_of(net, "scale"), "2x4x8x8");
}

TEST(PrototxtLayers, TakeTheClassesOfAnArgMaxFromTheWholeItem) {
  EXPECT_EQ(output_of(read(layer("ArgMax", "argmax_param { top_k: 5 }")), "l"), "2x5");
  EXPECT_EQ(output_of(read(layer("ArgMax", "argmax_param { top_k: 5 out_max_val: true }")), "l"), "2x2x5");
}

TEST(PrototxtLayers, WarnWhereARoomKeepsTheCostAndNotTheValues) {
  EXPECT_THAT(read(layer("Exp", "exp_param { base: -1 scale: 1 }")).warnings, IsEmpty());
  EXPECT_THAT(read(layer("Exp", "exp_param { base: 2 }")).warnings.at(0),
              HasSubstr("layer l: the parameters of Exp are not kept"));
  EXPECT_THAT(read(layer("Log", "log_param { shift: 1 }")).warnings.at(0), HasSubstr("of Log are not kept"));
  EXPECT_THAT(read(layer("Swish", "swish_param { beta: 2 }")).warnings.at(0),
              HasSubstr("of Swish are not kept"));
  EXPECT_THAT(read(layer("ArgMax", "argmax_param { axis: 1 out_max_val: true }")).warnings.at(0),
              HasSubstr("the largest values are asked for"));
}

TEST(PrototxtLayers, MakeTheMaskOfAMaxPool) {
  const auto net = read(input_4x8x8 +
                        "layer { name: 'p' type: 'Pooling' bottom: 'data' top: 'p' top: 'mask' "
                        "pooling_param { kernel_size: 2 stride: 2 } }"
                        "layer { name: 'r' type: 'ReLU' bottom: 'mask' top: 'r' }");
  EXPECT_EQ(output_of(net, "p"), "2x4x4x4");
  EXPECT_EQ(output_of(net, "r"), "2x4x4x4");
}

TEST(PrototxtLayers, TakeTheProbabilitiesOfASoftmaxLoss) {
  const auto net = read(
      input_4x8x8 + "layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'data' top: 'loss' top: 'prob' }");
  EXPECT_EQ(params_of(net, "loss"), "softmax");
  EXPECT_EQ(net.tensors[net.outputs.at(0)].name, "prob");
}

TEST(PrototxtLayers, KnowTheOutputOfSomeTypesThatTheyCannotCost) {
  const auto output = [](std::string_view type, std::string_view fields) {
    const auto net = read(layer(type, fields));
    EXPECT_TRUE(totals(net).lower_bound()) << type;
    EXPECT_THAT(net.warnings, ElementsAre(HasSubstr("no layer type describes"))) << type;
    return output_of(net, "l");
  };
  EXPECT_EQ(output("Permute", "permute_param { order: 0 order: 2 order: 3 order: 1 }"), "2x8x8x4");
  EXPECT_EQ(output("Permute", "permute_param { order: 3 }"), "8x2x4x8");
  EXPECT_EQ(output("Deconvolution", "convolution_param { num_output: 3 kernel_size: 4 stride: 2 pad: 1 }"),
            "2x3x16x16");
  EXPECT_EQ(output("Tile", "tile_param { axis: 1 tiles: 3 }"), "2x12x8x8");
  EXPECT_EQ(output("Reduction", "reduction_param { axis: 2 }"), "2x4");
  EXPECT_EQ(output("LSTM", "recurrent_param { num_output: 9 }"), "2x4x9");
  EXPECT_EQ(output("MVN", ""), "2x4x8x8");
}

TEST(PrototxtLayers, KeepUnknownTypesOnlyWhereTheirShapeCanFlow) {
  const auto net = read(input_4x8x8 +
                        "layer { name: 'a' type: 'New Thing' bottom: 'data' top: 'a' new_param { x: 1 } }"
                        "layer { name: 'b' type: 'New Thing' bottom: 'a' top: 'b' }"
                        "layer { name: 'c' type: 'ReLU' bottom: 'b' top: 'c' }");
  EXPECT_EQ(output_of(net, "c"), "2x4x8x8");
  EXPECT_EQ(totals(net).opaque_layers, 2);
  EXPECT_EQ(net.layers[0].op, "New Thing");
  EXPECT_THAT(
      net.warnings,
      ElementsAre("n.prototxt:2:1: layer a: type 'New Thing' is unknown: its output is assumed to have its "
                  "input's shape 2x4x8x8, and its cost is a lower bound (and 1 more like it)"));
  EXPECT_THAT(error_of(input_4x8x8 + "layer { name: 'a' type: 'Proposal' bottom: 'data' top: 'a' top: 'b' }"),
              HasSubstr("layer a: type 'Proposal' is unknown and the shape of its output cannot be told"));
}

TEST(PrototxtLayers, ReadDataThatStatesItsShape) {
  const auto shape = [](const std::string& data) {
    const auto net = read(data + "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'r' }");
    return output_of(net, "r");
  };
  EXPECT_EQ(shape("layer { name: 'd' type: 'MemoryData' top: 'data' top: 'label' memory_data_param { "
                  "batch_size: 2 channels: 3 height: 4 width: 5 } }"),
            "2x3x4x5");
  EXPECT_EQ(
      shape("layer { name: 'd' type: 'DummyData' top: 'data' dummy_data_param { shape { dim: 2 dim: 7 } } }"),
      "2x7");
  EXPECT_EQ(shape("layer { name: 'd' type: 'DummyData' top: 'data' dummy_data_param { num: 2 channels: 3 "
                  "height: 4 width: 5 } }"),
            "2x3x4x5");
  EXPECT_EQ(shape("layer { name: 'd' type: 'ImageData' top: 'data' image_data_param { batch_size: 2 "
                  "new_height: 4 new_width: 5 is_color: false } }"),
            "2x1x4x5");
}

}  // namespace
}  // namespace ns
