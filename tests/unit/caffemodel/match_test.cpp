#include "net/caffemodel/match.hpp"

#include "caffe_bytes.hpp"
#include "net/prototxt/prototxt.hpp"
#include "net/text/text.hpp"

#include <gmock/gmock.h>

namespace ns::caffemodel {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Net net_of_text(const std::string& text) {
  auto net = parse_net_text(text, "net.txt");
  EXPECT_TRUE(net) << net.error().message;
  return net ? std::move(*net) : Net{};
}

Net net_of_prototxt(const std::string& text) {
  auto net = parse_prototxt(text, "net.prototxt");
  EXPECT_TRUE(net) << net.error().message;
  return net ? std::move(*net) : Net{};
}

Result<CaffemodelWeights> match(const Net& net, std::string content) {
  auto model = read_caffemodel(wire::Source::of(std::move(content)), "a.caffemodel");
  if (!model) return tl::unexpected{std::move(model.error())};
  return CaffemodelWeights::match(std::move(*model), net);
}

std::string error_of(const Net& net, std::string content) {
  const auto weights = match(net, std::move(content));
  return weights ? std::string{"no error"} : weights.error().message;
}

/// All values of one weight of the net's only trained layer, in two parts.
std::vector<float> values(const Net& net, std::string content, std::size_t slot, LayerId layer = 0) {
  const auto weights = match(net, std::move(content));
  if (!weights) {
    ADD_FAILURE() << weights.error().message;
    return {};
  }
  const auto described = ns::weights(net.layers[layer].params, net.input_types(layer));
  std::vector<float> all(static_cast<std::size_t>(described[slot].shape.elements()));
  const auto half = all.size() / 2;
  EXPECT_TRUE(weights->read(net, layer, slot, 0, std::span{all}.first(half)));
  EXPECT_TRUE(weights->read(net, layer, slot, static_cast<std::int64_t>(half), std::span{all}.subspan(half)));
  return all;
}

const char* const conv = "input x 1x3x227x227\nconv1 = conv:filters=96,kernel=11,stride=4 x\n";

TEST(Match, NamesTheLayerAndWhatItNeeds) {
  const auto net = net_of_text(conv);
  const auto bias = blob({96}, counting(96));
  EXPECT_EQ(
      error_of(net, layer("conv1", {blob({96, 3, 11, 11}, counting(34'840)), bias})),
      "a.caffemodel: layer conv1: its filters need 34,848 values (96x3x11x11); the .caffemodel holds 34,840");
  EXPECT_EQ(error_of(net, layer("conv1", {blob({96, 3, 11, 11}, counting(34'848))})),
            "a.caffemodel: layer conv1: it needs 2 blobs; the .caffemodel holds 1; is it of this net?");
  EXPECT_EQ(
      error_of(net, layer("conv1", {blob({96, 11, 11, 3}, counting(34'848)), bias})),
      "a.caffemodel: layer conv1: its filters need the shape 96x3x11x11; the .caffemodel holds 96x11x11x3");
  EXPECT_EQ(error_of(net, layer("conv2", {bias})),
            "a.caffemodel: layer conv1: the .caffemodel has no layer of that name; did you mean 'conv2'?");
  EXPECT_THAT(error_of(net, layer("conv1", {shape({96, 3, 11, 11}), bias})), HasSubstr("holds 0"));
  // What a blob claims is never allocated.
  EXPECT_THAT(error_of(net, layer("conv1", {blob({std::int64_t{1} << 60}, {1}), bias})),
              HasSubstr("holds 1"));
}

TEST(Match, TakesWhatOldFilesWriteIn4Axes) {
  const auto net = net_of_text("input x 1x3\nip = fc:features=2 x\n");
  const auto content =
      layer_v1("ip", {legacy(1, 1, 2, 3) + packed(counting(6)), legacy(1, 1, 1, 2) + packed({7, 8})});
  EXPECT_THAT(values(net, content, 0), ElementsAre(0, 1, 2, 3, 4, 5));
  EXPECT_THAT(values(net, content, 1), ElementsAre(7, 8));
}

TEST(Match, TurnsTransposedWeights) {
  const auto net = net_of_text("input x 1x3\nip = fc:features=2,bias=0 x\n");
  // Stored [inputs, outputs]: output 0 reads 0 2 4, output 1 reads 1 3 5.
  const auto content = layer("ip", {blob({3, 2}, counting(6))}, field(117, field(6, 1)));
  EXPECT_THAT(values(net, content, 0), ElementsAre(0, 2, 4, 1, 3, 5));
  EXPECT_THAT(error_of(net, layer("ip", {blob({3, 2}, counting(6))})), HasSubstr("need the shape 2x3"));
}

TEST(Match, GivesEachPositionOfALocalLayerItsFilters) {
  // Two positions, one filter of two taps: stored filters x 1 x taps x positions.
  const auto net = net_of_text("input x 1x1x1x3\nl = local:filters=1,kernel=1x2 x\n");
  const auto content = layer("l", {blob({1, 1, 2, 2}, {10, 20, 11, 21}), blob({1, 1, 1, 2}, {5, 6})});
  EXPECT_THAT(values(net, content, 0), ElementsAre(10, 11, 20, 21));
  EXPECT_THAT(values(net, content, 1), ElementsAre(5, 6));
}

TEST(Match, KnowsTheOrderOfBatchNorms) {
  const auto caffe = net_of_prototxt(
      "input: 'x' input_shape { dim: 1 dim: 2 dim: 1 dim: 1 }\n"
      "layer { name: 'n' type: 'BatchNorm' bottom: 'x' top: 'y' }\n");
  const auto statistics = layer("n", {blob({2}, {1, 2}), blob({2}, {3, 4}), blob({1}, {5})});
  EXPECT_THAT(values(caffe, statistics, 0), ElementsAre(1, 2));
  EXPECT_THAT(values(caffe, statistics, 2), ElementsAre(5));
  const auto fork = net_of_prototxt(
      "input: 'x' input_shape { dim: 1 dim: 2 dim: 1 dim: 1 }\n"
      "layer { name: 'n' type: 'BN' bottom: 'x' top: 'y' }\n");
  // Scale, shift, mean, variance; ours begins with the mean.
  const auto four = layer("n", {blob({1, 2, 1, 1}, {1, 2}), blob({1, 2, 1, 1}, {3, 4}),
                                blob({1, 2, 1, 1}, {5, 6}), blob({1, 2, 1, 1}, {7, 8})});
  EXPECT_THAT(values(fork, four, 0), ElementsAre(5, 6));
  EXPECT_THAT(values(fork, four, 2), ElementsAre(1, 2));
}

TEST(Match, FindsSharedBlobsAndPartsOfALayer) {
  const auto twice = net_of_text("input x 1x2\na = fc:features=2,bias=0 x\nb = fc:features=2,bias=0 a\n");
  const auto shared = field(6, field(1, "w"));
  EXPECT_THAT(values(twice, layer("a", {blob({2, 2}, counting(4))}, shared) + layer("b", {}, shared), 0, 1),
              ElementsAre(0, 1, 2, 3));
  const auto rows = net_of_prototxt(
      "input: 'x' input_shape { dim: 2 dim: 2 dim: 3 }\n"
      "layer { name: 'ip' type: 'InnerProduct' bottom: 'x' top: 'y'\n"
      "        inner_product_param { num_output: 1 axis: 2 bias_term: false } }\n");
  EXPECT_THAT(values(rows, layer("ip", {blob({1, 3}, counting(3))}), 0, 1), ElementsAre(0, 1, 2));
}

TEST(Match, ReadsOneSlopeForAllChannels) {
  const auto net = net_of_prototxt(
      "input: 'x' input_shape { dim: 1 dim: 2 dim: 1 dim: 1 }\n"
      "layer { name: 'p' type: 'PReLU' bottom: 'x' top: 'y' prelu_param { channel_shared: true } }\n");
  EXPECT_THAT(values(net, layer("p", {blob({}, {0.1F})}), 0), ElementsAre(0.1F));
  EXPECT_THAT(error_of(net, layer("p", {blob({2}, {0.1F, 0.2F})})),
              HasSubstr("its slopes need 1 values (1); the .caffemodel holds 2"));
}

}  // namespace
}  // namespace ns::caffemodel
