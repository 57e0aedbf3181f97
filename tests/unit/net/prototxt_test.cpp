// Syntax, inputs, phases and places of errors of Caffe prototxt. The nets are written after reports of other
// tools that misread them; counts are from Caffe's own rules.
#include "net/prototxt/prototxt.hpp"

#include "tests/unit/net/net_lookup.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Net read(std::string_view text) {
  auto net = parse_prototxt(text, "n.prototxt");
  if (!net) throw std::runtime_error(net.error().message);
  return std::move(*net);
}

std::string error_of(std::string_view text) {
  const auto net = parse_prototxt(text, "n.prototxt");
  return net ? "no error" : net.error().message;
}

std::vector<std::string> layer_names(const Net& net) {
  std::vector<std::string> names;
  for (const auto& layer : net.layers) names.push_back(layer.name);
  return names;
}

std::vector<std::string> tensor_names(const Net& net, const std::vector<TensorId>& ids) {
  std::vector<std::string> names;
  for (const auto id : ids) names.push_back(net.tensors[id].name);
  return names;
}

const std::string input_8x8 = "input: 'data' input_shape { dim: 1 dim: 4 dim: 8 dim: 8 }\n";

constexpr std::string_view cifar10_quick = R"(
name: "CIFAR10_quick_test"
# N.B. input should be 0-centered
input: "data"
input_dim: 1
input_dim: 3
input_dim: 32
input_dim: 32
layers { name: "conv1" type: CONVOLUTION bottom: "data" top: "conv1" blobs_lr: 1 blobs_lr: 2
  convolution_param { num_output: 32 pad: 2 kernel_size: 5 stride: 1 } }
layers { name: "pool1" type: POOLING bottom: "conv1" top: "pool1"
  pooling_param { pool: MAX kernel_size: 3 stride: 2 } }
layers { name: "relu1" type: RELU bottom: "pool1" top: "pool1" }
layers { name: "conv2" type: CONVOLUTION bottom: "pool1" top: "conv2"
  convolution_param { num_output: 32 pad: 2 kernel_size: 5 stride: 1 } }
layers { name: "relu2" type: RELU bottom: "conv2" top: "conv2" }
layers { name: "pool2" type: POOLING bottom: "conv2" top: "pool2"
  pooling_param { pool: AVE kernel_size: 3 stride: 2 } }
layers { name: "conv3" type: CONVOLUTION bottom: "pool2" top: "conv3"
  convolution_param { num_output: 64 pad: 2 kernel_size: 5 stride: 1 } }
layers { name: "relu3" type: RELU bottom: "conv3" top: "conv3" }
layers { name: "pool3" type: POOLING bottom: "conv3" top: "pool3"
  pooling_param { pool: AVE kernel_size: 3 stride: 2 } }
layers { name: "ip1" type: INNER_PRODUCT bottom: "pool3" top: "ip1" inner_product_param { num_output: 64 } }
layers { name: "ip2" type: INNER_PRODUCT bottom: "ip1" top: "ip2" inner_product_param { num_output: 10 } }
layers { name: "prob" type: SOFTMAX bottom: "ip2" top: "prob" }
)";

TEST(Prototxt, ReadsVersionOneWithCaffesCeilOfPools) {
  const auto net = read(cifar10_quick);
  EXPECT_EQ(net.name, "CIFAR10_quick_test");
  EXPECT_EQ(net.layers[0].op, "CONVOLUTION");
  EXPECT_EQ(output_of(net, "conv1"), "1x32x32x32");
  EXPECT_EQ(output_of(net, "pool1"), "1x32x16x16");
  EXPECT_EQ(output_of(net, "pool2"), "1x32x8x8");
  EXPECT_EQ(output_of(net, "pool3"), "1x64x4x4");
  EXPECT_EQ(macs_of(net, "conv1"), 2457600);
  EXPECT_EQ(macs_of(net, "conv2"), 6553600);
  EXPECT_EQ(macs_of(net, "conv3"), 3276800);
  EXPECT_EQ(macs_of(net, "ip1"), 65536);
  EXPECT_EQ(totals(net).macs.value(), 12354176);
  EXPECT_EQ(totals(net).parameters, 145578);
}

std::string lenet_version_0(std::string_view input) {
  return std::string{input} + R"(
layers { layer { name: "conv1" type: "conv" num_output: 20 kernelsize: 5 stride: 1
                 weight_filler { type: "xavier" } blobs_lr: 1. blobs_lr: 2. } bottom: "data" top: "conv1" }
layers { layer { name: "pool1" type: "pool" kernelsize: 2 stride: 2 pool: MAX } bottom: "conv1" top: "pool1" }
layers { layer { name: "conv2" type: "conv" num_output: 50 kernelsize: 5 stride: 1 } bottom: "pool1" top: "conv2" }
layers { layer { name: "pool2" type: "pool" kernelsize: 2 stride: 2 pool: MAX } bottom: "conv2" top: "pool2" }
layers { layer { name: "ip1" type: "innerproduct" num_output: 500 biasterm: false } bottom: "pool2" top: "ip1" }
layers { layer { name: "relu1" type: "relu" } bottom: "ip1" top: "ip1" }
layers { layer { name: "ip2" type: "innerproduct" num_output: 10 } bottom: "ip1" top: "ip2" }
layers { layer { name: "prob" type: "softmax" } bottom: "ip2" top: "prob" }
)";
}

TEST(Prototxt, ReadsVersionZero) {
  const auto net =
      read(lenet_version_0("input: 'data' input_dim: 64 input_dim: 1 input_dim: 28 input_dim: 28"));
  EXPECT_EQ(output_of(net, "conv1"), "64x20x24x24");
  EXPECT_EQ(output_of(net, "pool1"), "64x20x12x12");
  EXPECT_EQ(output_of(net, "conv2"), "64x50x8x8");
  EXPECT_EQ(output_of(net, "pool2"), "64x50x4x4");
  EXPECT_EQ(totals(net).macs.value(), 146752000);
  EXPECT_EQ(parameters_of(net, "ip1"), 400000);
  EXPECT_EQ(net.layers[0].op, "conv");
}

TEST(Prototxt, AsksForTheSizeThatTheFileLacks) {
  EXPECT_THAT(error_of(lenet_version_0("")),
              StartsWith("n.prototxt:2:1: layer conv1: reads 'data', whose shape "));
  EXPECT_THAT(error_of(lenet_version_0("bottom: 'data'")),
              HasSubstr("input data: has no shape; give input_shape"));
  EXPECT_THAT(error_of("layer { name: 'in' type: 'Data' top: 'data' data_param { batch_size: 50 } }"),
              HasSubstr("layer in: a layer of type Data says nothing of its data's shape; put in its place"));
}

TEST(Prototxt, RefusesOldAndNewLayersInOneFile) {
  EXPECT_THAT(error_of(input_8x8 + "layer { name: 'a' type: 'ReLU' bottom: 'data' top: 'a' }\n"
                                   "layers { name: 'b' type: RELU bottom: 'a' top: 'b' }"),
              StartsWith("n.prototxt:3:1: layer and layers stand in one file"));
}

TEST(Prototxt, TakesTheInputInEachOfItsThreeForms) {
  const std::string conv =
      "layer { name: 'conv1/7x7_s2' type: 'Convolution' bottom: 'data' top: 'c' "
      "convolution_param { num_output: 64 kernel_size: 7 stride: 2 pad: 3 } }";
  for (const std::string input : {"input: 'data' input_dim: 10 input_dim: 3 input_dim: 224 input_dim: 224 ",
                                  "input: 'data' input_shape { dim: 10 dim: 3 dim: 224 dim: 224 } ",
                                  "layer { name: 'data' type: 'Input' top: 'data' input_param { shape: { "
                                  "dim: [10, 3, 224, 224] } } } "}) {
    SCOPED_TRACE(input);
    const auto net = read(input + conv);
    EXPECT_EQ(net.layers.size(), 1U);
    EXPECT_EQ(print(net.tensors[net.inputs.at(0)].type), "10x3x224x224");
    EXPECT_EQ(output_of(net, "conv1/7x7_s2"), "10x64x112x112");
    EXPECT_EQ(totals(net).macs.value(), 1180139520);
  }
  EXPECT_EQ(output_of(read(conv + " input: 'data' input_dim: [10, 3, 224, 224]"), "conv1/7x7_s2"),
            "10x64x112x112")
      << "an input may be declared behind the layers";
}

TEST(Prototxt, KeepsTheTestPhaseAndDropsWhatOnlyTrains) {
  const auto net = read(R"(
layer { name: "data" type: "Data" top: "data" top: "label" include { phase: TRAIN }
  transform_param { crop_size: 227 } data_param { batch_size: 256 } }
layer { name: "data" type: "Data" top: "data" top: "label" include: { phase: TEST }
  transform_param { crop_size: 227 } data_param { batch_size: 50 } }
layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
  convolution_param { num_output: 96 kernel_size: 11 stride: 4 } }
layer { name: "augment" type: "ReLU" bottom: "conv1" top: "conv1" exclude { phase: TEST } }
layer { name: "relu1" type: "ReLU" bottom: "conv1" top: "conv1" exclude { phase: TRAIN } }
layer { name: "drop1" type: "Dropout" bottom: "conv1" top: "conv1" }
layer { name: "staged" type: "ReLU" bottom: "conv1" top: "conv1" include { stage: "deploy" } }
layer { name: "deep" type: "ReLU" bottom: "conv1" top: "conv1" include { min_level: 1 } }
layer { name: "fc" type: "InnerProduct" bottom: "conv1" top: "fc" inner_product_param { num_output: 10 } }
layer { name: "accuracy" type: "Accuracy" bottom: "fc" bottom: "label" top: "accuracy" include { phase: TEST } }
layer { name: "loss" type: "SoftmaxWithLoss" bottom: "fc" bottom: "label" top: "loss" }
)");
  EXPECT_THAT(layer_names(net), ElementsAre("conv1", "relu1", "drop1", "fc"));
  EXPECT_THAT(tensor_names(net, net.inputs), ElementsAre("data")) << "nothing reads the labels";
  EXPECT_EQ(print(net.tensors[net.inputs[0]].type), "50x3x227x227");
  EXPECT_THAT(tensor_names(net, net.outputs), ElementsAre("fc"));
  EXPECT_THAT(net.warnings,
              testing::Contains(HasSubstr("layer loss: type SoftmaxWithLoss only trains or scores")));
  EXPECT_THAT(net.warnings,
              testing::Contains(HasSubstr("layer accuracy: type Accuracy only trains or scores")));
}

TEST(Prototxt, AppliesTheNetsOwnState) {
  const std::string layers =
      "layer { name: 'a' type: 'ReLU' bottom: 'data' top: 'a' include { stage: 'deploy' } }"
      "layer { name: 'b' type: 'ReLU' bottom: 'data' top: 'b' include { not_stage: 'deploy' } }";
  EXPECT_THAT(layer_names(read(input_8x8 + layers)), ElementsAre("b"));
  EXPECT_THAT(layer_names(read("state { phase: TRAIN stage: 'deploy' }" + input_8x8 + layers)),
              ElementsAre("a"));
}

TEST(Prototxt, KeepsLayersOfOneNameApart) {
  const auto net = read(input_8x8 +
                        "layer { name: 'relu' type: 'ReLU' bottom: 'data' top: 'a' }"
                        "layer { name: 'relu' type: 'ReLU' bottom: 'a' top: 'b' }"
                        "layer { type: 'ReLU' bottom: 'b' top: 'c' }");
  EXPECT_THAT(layer_names(net), ElementsAre("relu", "relu@2", "c"));
  EXPECT_THAT(net.warnings, ElementsAre(HasSubstr("the name is taken; this layer is called relu@2")));
}

TEST(Prototxt, RefusesABlobThatTwoLayersMake) {
  EXPECT_THAT(error_of(input_8x8 + "layer { name: 'r' type: 'ReLU' bottom: 'data' top: 'a' }\n"
                                   "layer { name: 's' type: 'ReLU' bottom: 'data' top: 'a' }"),
              StartsWith("n.prototxt:3:1: layer s: top 'a' is made by an earlier layer"));
}

TEST(Prototxt, ReadsTextFormatAsProtobufDoes) {
  const auto net = read(
      "\xEF\xBB\xBF# a mark and carriage returns\r\n"
      "name: \"two\" ' parts'; input: 'da\\x74a', input_shape < dim: 1; dim: 0x4 dim: 010 dim: 8 >\r\n"
      "force_backward: true unknown { nested: { deep < x: [1, 2] > } list: [{}, {}] }\r\n"
      "[some.extension]: 3\r\n"
      "layer: { name: \"r\\\"1\" type: 'Power' bottom: 'data' top: 'a' power_param { shift: -.5e1f } "
      "blobs { data: [0.1, 2.5e-3, -1] } }");
  EXPECT_EQ(net.name, "two parts");
  EXPECT_EQ(print(net.tensors[0].type), "1x4x8x8");
  EXPECT_EQ(net.layers[0].name, "r\"1");
  EXPECT_EQ(std::get<Act>(net.layers[0].params).gamma, -5.0);
}

TEST(Prototxt, GivesLineAndColumnOfSyntaxErrors) {
  EXPECT_EQ(error_of("name: \"a\"\nlayer { name: \"b\n type: 'ReLU' }"),
            "n.prototxt:2:15: a string is not closed on its line; add the quote");
  EXPECT_EQ(error_of("layer { name: 'b'\n"),
            "n.prototxt:1:7: the { of layer is never closed; add } or get the whole file");
  EXPECT_EQ(error_of("name: 'n' }"), "n.prototxt:1:11: expected a field name, found }");
  EXPECT_EQ(error_of("name 'n'"), "n.prototxt:1:6: expected : or { after name, found 'n'");
  EXPECT_EQ(error_of("\xEF\xBB\xBFname: %"),
            "n.prototxt:1:7: this character has no meaning here; quote it or remove it");
  EXPECT_EQ(error_of("name:"),
            "n.prototxt:1:6: the file ends where a value of name should be; it may be truncated");
  EXPECT_THAT(error_of("layer { dim: [1 2] }"), HasSubstr("expected a comma or ], found 2"));
}

TEST(Prototxt, GivesThePlaceOfMistakesInLayers) {
  const auto conv = [](std::string_view fields) {
    return error_of(
        input_8x8 +
        "layer {\n  name: 'c1' type: 'Convolution' bottom: 'data' top: 'c'\n  convolution_param { " +
        std::string{fields} + " }\n}");
  };
  EXPECT_EQ(conv("num_output: 4 kernel_size: 3 stride: 0"),
            "n.prototxt:2:1: layer c1: stride must be positive");
  EXPECT_EQ(conv("num_output: four kernel_size: 3"),
            "n.prototxt:4:23: layer c1: num_output must be an integer of 64 bits, not 'four'");
  EXPECT_THAT(conv("num_output: 99999999999999999999 kernel_size: 3"),
              HasSubstr("num_output must be an integer"));
  EXPECT_THAT(conv("kernel_size: 3"), HasSubstr("layer c1: num_output is missing"));
  EXPECT_THAT(conv("num_output: 4"), HasSubstr("layer c1: kernel_size is missing"));
  EXPECT_THAT(conv("num_output: 4 kernel_size: 9"),
              HasSubstr("the window spans 9 but the padded input only 8"));
  EXPECT_THAT(conv("num_output: -4 kernel_size: 3"),
              HasSubstr("layer c1: filters and groups must be positive"));
  EXPECT_THAT(conv("num_output: 6 kernel_size: 3 group: 3"), HasSubstr("layer c1: groups (3) must divide"));
  EXPECT_THAT(conv("num_output: 4 kernel_size: [3, 3, 3]"),
              HasSubstr("kernel_size has 3 values, but the input has 2"));
  EXPECT_THAT(
      error_of(
          "input: 'data' input_shape { dim: 1 dim: 0 }\n layer { type: 'ReLU' bottom: 'data' top: 'a' }"),
      StartsWith("n.prototxt:1:1: input data: every dim must be positive"));
}

TEST(Prototxt, WarnsOfAFieldThatLooksMisspelt) {
  const auto net = read(input_8x8 +
                        "layer { name: 'c' type: 'Convolution' bottom: 'data' top: 'c' convolution_param { "
                        "num_output: 4 kernel_size: 3 strides: 2 weight_filler { type: 'x' } novelty: 1 } }");
  EXPECT_THAT(net.warnings,
              ElementsAre(HasSubstr("unknown field 'strides' is ignored; did you mean 'stride'?")));
}

TEST(Prototxt, StopsAtDeepNesting) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "a{";
  EXPECT_THAT(error_of(deep), HasSubstr("nested more than 100 deep"));
}

}  // namespace
}  // namespace ns
