#include "net/folded_weights.hpp"

#include "../onnx/stored_model.hpp"
#include "kernels/backend.hpp"
#include "net/group.hpp"
#include "net/onnx/mapping/net_of.hpp"
#include "net/prototxt/prototxt.hpp"
#include "net/text/text.hpp"
#include "runtime/stored_weights.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using onnx::attribute;
using onnx::Elements;
using onnx::file_of;
using onnx::GraphMaker;
using onnx::real_attribute;
using testing::ElementsAre;
using testing::HasSubstr;

using Values = std::vector<float>;

/// Between -1 and 1, all different.
Values wave(std::size_t count, double seed) {
  Values values(count);
  for (std::size_t i = 0; i < count; ++i)
    values[i] = static_cast<float>(std::sin(seed + 1.7 * static_cast<double>(i)));
  return values;
}

/// Between 0.5 and 1.5, as variances and scales are.
Values positive(std::size_t count, double seed) {
  auto values = wave(count, seed);
  for (float& value : values) value = 1.0F + value / 2.0F;
  return values;
}

/// All outputs of a net, one layer a kernel, on the reference.
std::vector<Values> run(const Net& net, const Weights& weights) {
  const auto backend = open_backend("reference").value();
  auto plan = backend->prepare(net, group(net, FusionRules{}), weights, false);
  EXPECT_TRUE(plan) << plan.error().message;
  if (!plan) return {};
  for (std::size_t i = 0; i < net.inputs.size(); ++i) {
    const auto count = static_cast<std::size_t>(net.tensors[net.inputs[i]].type.shape.elements());
    (*plan)->write_input(i, wave(count, static_cast<double>(i)));
  }
  (*plan)->run();
  std::vector<Values> outputs;
  for (std::size_t i = 0; i < net.outputs.size(); ++i) outputs.push_back((*plan)->read_output(i));
  return outputs;
}

/// The net as it is and folded to `layers` layers compute the same.
void expect_same(const Net& net, const Weights& weights, std::size_t layers) {
  const auto folded = fold(net);
  EXPECT_EQ(folded.layers.size(), layers);
  const auto expected = run(net, weights);
  const auto made = run(folded, FoldedWeights{net, weights});
  ASSERT_EQ(made.size(), expected.size());
  for (std::size_t i = 0; i < made.size(); ++i) {
    ASSERT_EQ(made[i].size(), expected[i].size());
    float largest = 0.0F;
    for (const float value : expected[i]) largest = std::max(largest, std::abs(value));
    EXPECT_GT(largest, 0.0F);
    for (std::size_t k = 0; k < made[i].size(); ++k)
      ASSERT_NEAR(made[i][k], expected[i][k], 1e-5F * largest) << "output " << i << ", element " << k;
  }
}

void expect_same(const GraphMaker& maker, const Elements& elements, std::size_t layers) {
  auto file = file_of(maker.model(), elements);
  const auto net = onnx::net_of(file);
  ASSERT_TRUE(net) << net.error().message;
  Interpreter interpreter{file};
  expect_same(*net, StoredWeights{file, interpreter}, layers);
}

void expect_same_prototxt(const std::string& text, std::size_t layers) {
  const auto net = parse_prototxt(text, "net.prototxt");
  ASSERT_TRUE(net) << net.error().message;
  expect_same(*net, RandomWeights{7}, layers);
}

void expect_same_text(const std::string& text, std::size_t layers) {
  const auto net = parse_net_text(text, "net.txt");
  ASSERT_TRUE(net) << net.error().message;
  expect_same(*net, RandomWeights{7}, layers);
}

/// Scale, shift, mean and variance of `channels`, called with `prefix`.
void add_batch_norm(GraphMaker& maker, Elements& elements, const std::string& prefix, std::int64_t channels) {
  const auto count = static_cast<std::size_t>(channels);
  maker.weight(elements.tensor(prefix + "scale", {channels}, positive(count, 1)))
      .weight(elements.tensor(prefix + "shift", {channels}, wave(count, 2)))
      .weight(elements.tensor(prefix + "mean", {channels}, wave(count, 3)))
      .weight(elements.tensor(prefix + "variance", {channels}, positive(count, 4)));
}

TEST(FoldedWeights, OfAConvolutionWithABatchNormByHand) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x1x1x1")
      .weight(elements.tensor("w", {2, 1, 1, 1}, Values{3, 5}))
      .weight(elements.tensor("b", {2}, Values{1, 2}))
      .weight(elements.tensor("scale", {2}, Values{2, 1}))
      .weight(elements.tensor("shift", {2}, Values{10, 20}))
      .weight(elements.tensor("mean", {2}, Values{4, 0}))
      .weight(elements.tensor("variance", {2}, Values{4, 0.25}))
      .node("Conv", {"x", "w", "b"}, {"c"})
      .node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, {"y"},
            {real_attribute("epsilon", 0.0)})
      .output("y");
  auto file = file_of(maker.model(), elements);
  const auto net = onnx::net_of(file).value();
  Interpreter interpreter{file};
  const StoredWeights stored{file, interpreter};
  const FoldedWeights folded{net, stored};
  const auto made = fold(net);
  ASSERT_EQ(made.layers.size(), 1U);
  // Channel 0: (3x + 1 - 4) / 2 * 2 + 10; channel 1: (5x + 2) / 0.5 + 20.
  Values filters(2);
  ASSERT_TRUE(folded.read(made, 0, 0, 0, filters));
  EXPECT_THAT(filters, ElementsAre(3, 10));
  Values bias(2);
  ASSERT_TRUE(folded.read(made, 0, 1, 0, bias));
  EXPECT_THAT(bias, ElementsAre(7, 24));
  Values last(1);
  ASSERT_TRUE(folded.read(made, 0, 0, 1, last));
  EXPECT_THAT(last, ElementsAre(10));
  ASSERT_TRUE(folded.read(made, 0, 1, 1, last));
  EXPECT_THAT(last, ElementsAre(24));
}

TEST(FoldedWeights, OfAConvolutionABatchNormAndAStoredSum) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x3x6x6").weight(elements.tensor("w", {4, 3, 3, 3}, wave(108, 5)));
  add_batch_norm(maker, elements, "", 4);
  maker.weight(elements.tensor("more", {1, 4, 1, 1}, wave(4, 6)))
      .node("Conv", {"x", "w"}, {"c"})
      .node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, {"n"})
      .node("Add", {"n", "more"}, {"s"})
      .node("Relu", {"s"}, {"y"})
      .output("y");
  expect_same(maker, elements, 2);
}

TEST(FoldedWeights, OfAGroupedConvolutionWhoseOutputOthersRead) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x4x5x5")
      .weight(elements.tensor("w", {6, 2, 3, 3}, wave(108, 5)))
      .weight(elements.tensor("b", {6}, wave(6, 6)));
  add_batch_norm(maker, elements, "", 6);
  maker.node("Conv", {"x", "w", "b"}, {"c"}, {attribute("group", 2)})
      .node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, {"n"})
      .node("Add", {"c", "n"}, {"y"})
      .output("y");
  expect_same(maker, elements, 3);  // nothing can be folded
  GraphMaker alone;
  alone.input("x", "1x4x5x5")
      .weight(elements.tensor("w", {6, 2, 3, 3}, wave(108, 5)))
      .weight(elements.tensor("b", {6}, wave(6, 6)));
  add_batch_norm(alone, elements, "", 6);
  alone.node("Conv", {"x", "w", "b"}, {"c"}, {attribute("group", 2)})
      .node("BatchNormalization", {"c", "scale", "shift", "mean", "variance"}, {"n"})
      .node("Add", {"n", "n"}, {"y"})
      .output("y");
  expect_same(alone, elements, 2);
}

TEST(FoldedWeights, OfFullyConnectedLayersAndStoredSums) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "2x5")
      .weight(elements.tensor("w1", {5, 4}, wave(20, 1)))
      .weight(elements.tensor("b1", {4}, wave(4, 2)))
      .weight(elements.tensor("w2", {3, 4}, wave(12, 3)))
      .weight(elements.tensor("c2", {3}, wave(3, 4)))
      .weight(elements.tensor("b2", {1, 3}, wave(3, 5)))
      .node("MatMul", {"x", "w1"}, {"m"})
      .node("Add", {"b1", "m"}, {"s"})
      .node("Tanh", {"s"}, {"t"})
      .node("Gemm", {"t", "w2", "c2"}, {"g"},
            {attribute("transB", 1), real_attribute("alpha", 0.5), real_attribute("beta", 2.0)})
      .node("Add", {"g", "b2"}, {"y"})
      .output("y");
  expect_same(maker, elements, 3);
}

TEST(FoldedWeights, OfAFullyConnectedLayerWithABatchNorm) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "2x5").weight(elements.tensor("w", {5, 4}, wave(20, 1)));
  add_batch_norm(maker, elements, "", 4);
  maker.node("MatMul", {"x", "w"}, {"m"})
      .node("BatchNormalization", {"m", "scale", "shift", "mean", "variance"}, {"y"})
      .output("y");
  expect_same(maker, elements, 1);
}

TEST(FoldedWeights, OfALayerNormThatWasNineLayers) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x3x8")
      .weight(elements.tensor("two", {}, Values{2}))
      .weight(elements.tensor("epsilon", {}, Values{1e-5F}))
      .weight(elements.tensor("gamma", {8}, positive(8, 1)))
      .weight(elements.tensor("beta", {8}, wave(8, 2)))
      .numbers("last", {-1})
      .node("ReduceMean", {"x", "last"}, {"mean"})
      .node("Sub", {"x", "mean"}, {"centred"})
      .node("Pow", {"centred", "two"}, {"squares"})
      .node("ReduceMean", {"squares", "last"}, {"variance"})
      .node("Add", {"variance", "epsilon"}, {"more"})
      .node("Sqrt", {"more"}, {"deviation"})
      .node("Div", {"centred", "deviation"}, {"normal"})
      .node("Mul", {"normal", "gamma"}, {"scaled"})
      .node("Add", {"scaled", "beta"}, {"y"})
      .output("y");
  expect_same(maker, elements, 1);
}

TEST(FoldedWeights, OfARmsNormThatWasSixLayers) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x3x8")
      .weight(elements.tensor("two", {}, Values{2}))
      .weight(elements.tensor("epsilon", {}, Values{1e-5F}))
      .weight(elements.tensor("gamma", {8}, positive(8, 1)))
      .weight(elements.tensor("after", {8}, wave(8, 2)))
      .numbers("last", {-1})
      .node("Pow", {"x", "two"}, {"squares"})
      .node("ReduceMean", {"squares", "last"}, {"mean"})
      .node("Add", {"mean", "epsilon"}, {"more"})
      .node("Sqrt", {"more"}, {"root"})
      .node("Div", {"x", "root"}, {"normal"})
      .node("Mul", {"normal", "gamma"}, {"scaled"})
      .node("Sub", {"scaled", "after"}, {"y"})
      .output("y");
  expect_same(maker, elements, 2);
}

TEST(FoldedWeights, OfAConvolutionBeforeADropout) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x2x4x4")
      .weight(elements.tensor("w", {3, 2, 1, 1}, wave(6, 1)))
      .weight(elements.tensor("b", {3}, wave(3, 2)));
  add_batch_norm(maker, elements, "", 3);
  maker.node("Conv", {"x", "w", "b"}, {"c"})
      .node("Dropout", {"c"}, {"d"})
      .node("BatchNormalization", {"d", "scale", "shift", "mean", "variance"}, {"n"})
      .node("Identity", {"n"}, {"y"})
      .output("y");
  expect_same(maker, elements, 1);
}

constexpr const char* caffe_input = "input: 'x' input_shape { dim: 1 dim: 3 dim: 6 dim: 6 }\n";

TEST(FoldedWeights, OfCaffesBatchNormAndScale) {
  expect_same_prototxt(
      std::string{caffe_input} +
          "layer { name: 'c' type: 'Convolution' bottom: 'x' top: 'c'\n"
          "        convolution_param { num_output: 4 kernel_size: 3 bias_term: false } }\n"
          "layer { name: 'n' type: 'BatchNorm' bottom: 'c' top: 'c' }\n"
          "layer { name: 's' type: 'Scale' bottom: 'c' top: 'c' scale_param { bias_term: true } }\n"
          "layer { name: 'r' type: 'ReLU' bottom: 'c' top: 'c' }\n"
          "layer { name: 'd' type: 'Dropout' bottom: 'c' top: 'c' }\n"
          "layer { name: 'ip' type: 'InnerProduct' bottom: 'c' top: 'ip'\n"
          "        inner_product_param { num_output: 5 } }\n"
          "layer { name: 's2' type: 'Scale' bottom: 'ip' top: 'ip' }\n",
      3);
}

TEST(FoldedWeights, OfAScaleInABatchNormWithoutAConvolution) {
  const auto net = std::string{caffe_input} +
                   "layer { name: 'r' type: 'ReLU' bottom: 'x' top: 'r' }\n"
                   "layer { name: 'n' type: 'BatchNorm' bottom: 'r' top: 'n' }\n"
                   "layer { name: 's' type: 'Scale' bottom: 'n' top: 'y' ";
  expect_same_prototxt(net + "scale_param { bias_term: true } }\n", 2);
  expect_same_prototxt(net + "}\n", 2);
  expect_same_prototxt(
      net + "}\nlayer { name: 't' type: 'Scale' bottom: 'y' top: 'z' scale_param { bias_term: true } }\n", 2);
}

TEST(FoldedWeights, OfTextNets) {
  expect_same_text("input x 1x2x4x4\nc = conv:filters=3,kernel=3 x\ny = eltwise:add,with=3x1x1 c\n", 1);
}

TEST(FoldedWeights, NameTheLayerThatIsMadeOfNothing) {
  const auto net = parse_net_text("input x 1x2\nf = fc:features=2 x\n", "net.txt").value();
  auto other = net;
  other.layers[0].name = "g";
  other.layers[0].sources = {"g"};
  const RandomWeights random{1};
  const FoldedWeights folded{net, random};
  Values values(1);
  const auto read = folded.read(other, 0, 0, 0, values);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().message, "layer g is made of none of the net's layers");
}

}  // namespace
}  // namespace ns
