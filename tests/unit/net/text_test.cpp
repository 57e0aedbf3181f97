#include "net/text/text.hpp"

#include "net/reader.hpp"
#include "tests/unit/net/net_lookup.hpp"

#include <gtest/gtest.h>
#include <random>

namespace ns {
namespace {

std::string error_of(std::string_view text) {
  const auto net = parse_net_text(text, "n.txt");
  return net ? "no error" : net.error().message;
}

/// What print_net_text promises to keep.
void expect_same(const Net& a, const Net& b) {
  EXPECT_EQ(a.name, b.name);
  ASSERT_EQ(a.tensors.size(), b.tensors.size());
  for (std::size_t i = 0; i < a.tensors.size(); ++i) {
    EXPECT_EQ(a.tensors[i].name, b.tensors[i].name);
    EXPECT_EQ(a.tensors[i].type, b.tensors[i].type);
    EXPECT_EQ(a.tensors[i].producer, b.tensors[i].producer);
    EXPECT_EQ(a.tensors[i].consumers, b.tensors[i].consumers);
  }
  ASSERT_EQ(a.layers.size(), b.layers.size());
  for (std::size_t i = 0; i < a.layers.size(); ++i) {
    EXPECT_EQ(a.layers[i].name, b.layers[i].name);
    EXPECT_EQ(a.layers[i].params, b.layers[i].params);
    EXPECT_EQ(a.layers[i].inputs, b.layers[i].inputs);
    EXPECT_EQ(a.layers[i].outputs, b.layers[i].outputs);
  }
  EXPECT_EQ(a.inputs, b.inputs);
  EXPECT_EQ(a.outputs, b.outputs);
}

TEST(NetText, ReadsTheExampleOfItsDocumentation) {
  const auto net = parse_net_text(
      "net lenet\n"
      "input data 1x1x28x28\n"
      "conv1 = conv:filters=20,kernel=5 data   # a comment\n"
      "\n"
      "a b = slice:axis=1,sizes=10x10 conv1\n"
      "sum: c = eltwise:add a b\n"
      "output c\n",
      "n.txt");
  ASSERT_TRUE(net) << net.error().message;
  EXPECT_EQ(net->name, "lenet");
  EXPECT_EQ(net->format, "text");
  EXPECT_EQ(output_of(*net, "conv1"), "1x20x24x24");
  EXPECT_EQ(net->layers[1].name, "a");
  EXPECT_EQ(net->layers[2].name, "sum");
  EXPECT_EQ(net->tensors[net->outputs.at(0)].name, "c");
}

TEST(NetText, TakesTheNameFromTheFileAndTheOutputsFromTheGraph) {
  const auto net =
      parse_net_text("\xEF\xBB\xBFinput x 1x8\r\ny = act:relu x\r\nz = act:tanh x", "dir/some.txt");
  ASSERT_TRUE(net) << net.error().message;
  EXPECT_EQ(net->name, "some");
  EXPECT_EQ(net->outputs.size(), 2U);
}

TEST(NetText, SaysWhereAndWhatIsWrong) {
  EXPECT_EQ(error_of("input x 1x8\ny = act:relu other\n"),
            "n.txt:2:1: layer y: reads 'other', which nothing before it makes");
  EXPECT_EQ(error_of("input x 1xa\n").substr(0, 11), "n.txt:1:9: ");
  EXPECT_EQ(error_of("input x 1x8\n  y = act:rel x\n").substr(0, 11), "n.txt:2:7: ");
  EXPECT_EQ(error_of("input x 1x8\nhello world\n").substr(0, 11), "n.txt:2:1: ");
  EXPECT_EQ(error_of("input x 1x8\n\"y = act:relu x\n"), "n.txt:2:16: a quote is not closed on its line");
  EXPECT_EQ(error_of("input x 1x8\n = act:relu x\n"), "n.txt:2:2: no tensor stands before the =");
  EXPECT_EQ(error_of("input x 1x8\ny =\n"), "n.txt:2:3: a layer's parameters are missing behind the =");
  EXPECT_EQ(error_of("input x 1x8\n"), "n.txt:1:1: the net has no layers; is the file complete?");
}

TEST(NetText, QuotesNamesThatHoldItsOwnSigns) {
  for (const std::string name :
       {"two words", "a#b", "a=b", "=", ":", "layer:", "quote\"quote", "back\\slash", "tab\t", "line\nbreak",
        "\x01", "net", "input", "output", "ä/é", "\xff\xfe"}) {
    SCOPED_TRACE(name);
    NetBuilder builder{name};
    ASSERT_TRUE(builder.add_input(name, {Shape{1, 8}}));
    ASSERT_TRUE(builder.add_layer(name + "1", "act", Act{}, {name}, {name + "2"}));
    ASSERT_TRUE(builder.add_layer(name, "act", Act{}, {name + "2"}, {name}));
    const auto net = std::move(builder).finish();
    ASSERT_TRUE(net);
    const auto text = print_net_text(*net);
    const auto again = parse_net_text(text, "n.txt");
    ASSERT_TRUE(again) << again.error().message << "\n" << text;
    expect_same(*net, *again);
  }
}

TEST(NetText, ReadsBackEveryNetThatComesAlong) {
  for (const auto* file :
       {"alexnet.prototxt", "vgg19.prototxt", "deepface.prototxt", "kaldi.prototxt", "pos.prototxt",
        "resnet50.txt", "mobilenet_v2.txt", "squeezenet1_1.txt", "googlenet.txt"}) {
    SCOPED_TRACE(file);
    const auto net = read_net(std::string{NS_DATA} + "/nets/" + file);
    ASSERT_TRUE(net);
    const auto text = print_net_text(*net);
    const auto again = parse_net_text(text, "again.txt");
    ASSERT_TRUE(again) << again.error().message;
    expect_same(*net, *again);
    EXPECT_EQ(print_net_text(*again), text);
  }
}

/// A layer of a random type that accepts [N, C, H, W], and how many tensors it reads.
std::pair<LayerParams, std::size_t> random_layer(std::mt19937& random, const Shape& shape) {
  const auto pick = [&](int low, int high) { return std::uniform_int_distribution{low, high}(random); };
  const std::int64_t pad = pick(0, 1);
  switch (pick(0, 6)) {
    case 0: {
      const std::int64_t groups = pick(0, 1) == 0 ? 1 : shape[1];
      return {Conv{groups * pick(1, 3), {3, 3}, {1, 1}, {1, pad, 1, 1}, {1, 1}, groups, pick(0, 1) == 0}, 1};
    }
    case 1:
      return {Pool{pick(0, 1) == 0 ? Pool::Kind::max : Pool::Kind::average,
                   false,
                   {3, 3},
                   {1, 1},
                   {1, 1, 1, 1},
                   Pool::Rounding::caffe,
                   pick(0, 1) == 0},
              1};
    case 2:
      return {Act{.kind = act_kinds[static_cast<std::size_t>(pick(0, 17))].value, .alpha = 1e-3 * pick(0, 5)},
              1};
    case 3: {
      Norm norm;
      norm.kind = norm_kinds[static_cast<std::size_t>(pick(0, 3))].value;
      norm.epsilon = norm.kind == Norm::Kind::batch ? 1e-7 * pick(1, 9) : norm.epsilon;
      return {norm, 1};
    }
    case 4:
      return {
          Eltwise{Eltwise::Kind::add, pick(0, 1) == 0 ? std::vector<double>{} : std::vector{0.1, -1.0 / 3.0}},
          2};
    case 5:
      return {Concat{1}, 2};
    default:
      return {Identity{.dropout = true}, 1};
  }
}

TEST(NetText, ReadsBackRandomNetsAsEqual) {
  std::size_t layers = 0;
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random{seed};
    NetBuilder builder{"random"};
    std::vector<std::string> names{"x"};
    ASSERT_TRUE(builder.add_input("x", {Shape{1, 2, 5, 4}}));
    for (int i = 0; i < 20; ++i) {
      const auto source = names[std::uniform_int_distribution<std::size_t>{0, names.size() - 1}(random)];
      auto [params, reads] = random_layer(random, builder.find(source)->shape);
      const std::vector<std::string> inputs(reads, source);
      // Every third layer has a name of its own; some write their input anew.
      const auto output = i % 5 == 4 ? source : "t" + std::to_string(i);
      const auto added = builder.add_layer("l" + std::to_string(i), "op", params, inputs, {output});
      if (added && output != source) names.push_back(output);
    }
    const auto net = std::move(builder).finish();
    ASSERT_TRUE(net) << net.error().message;
    layers += net->layers.size();
    const auto text = print_net_text(*net);
    const auto again = parse_net_text(text, "again.txt");
    ASSERT_TRUE(again) << again.error().message << "\n" << text;
    expect_same(*net, *again);
  }
  EXPECT_GT(layers, 2000U);
}

}  // namespace
}  // namespace ns
