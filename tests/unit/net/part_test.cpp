#include "net/part.hpp"

#include "net/text/text.hpp"

#include <gmock/gmock.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// a feeds b and c, b and c feed d.
Net diamond() {
  return parse_net_text(
             "input x 1x4\na = act:relu x\nb = act:tanh a\nc = act:abs a\nd = eltwise:add b c\ne = "
             "eltwise:mul d a\noutput d e\n",
             "net.txt")
      .value();
}

std::vector<std::string> names(const Net& net, const std::vector<TensorId>& tensors) {
  std::vector<std::string> made;
  for (const auto tensor : tensors) made.push_back(net.tensors[tensor].name);
  return made;
}

Part part(const Net& net, const std::vector<LayerId>& layers) { return part_of(net, layers); }

TEST(Part, ReadsFromOutsideWhatItDoesNotMake) {
  const auto net = diamond();
  const auto made = part(net, {1, 2});
  EXPECT_THAT(names(net, made.inputs), ElementsAre("a"));  // one input, though two read it
  EXPECT_THAT(names(made.net, made.net.inputs), ElementsAre("a"));
  EXPECT_THAT(made.net.tensors[made.net.inputs[0]].consumers, ElementsAre(0U, 1U));
  EXPECT_FALSE(made.net.tensors[made.net.inputs[0]].producer);
  EXPECT_THAT(names(net, made.outputs), ElementsAre("b", "c"));
  EXPECT_THAT(names(made.net, made.net.outputs), ElementsAre("b", "c"));
  ASSERT_EQ(made.net.layers.size(), 2U);
  EXPECT_EQ(made.net.layers[1].name, "c");
  EXPECT_EQ(made.net.tensors[made.net.layers[1].outputs[0]].producer, LayerId{1});
}

TEST(Part, GivesOutWhatOthersReadAndTheNetsOutputs) {
  const auto net = diamond();
  const auto first = part(net, {0, 1, 2, 3});
  EXPECT_THAT(names(net, first.inputs), ElementsAre("x"));
  EXPECT_THAT(names(net, first.outputs), ElementsAre("a", "d"));
  const auto last = part(net, {4});
  EXPECT_THAT(names(net, last.inputs), ElementsAre("d", "a"));
  EXPECT_THAT(names(net, last.outputs), ElementsAre("e"));
}

TEST(Part, MayHaveGapsThroughWhichOthersRun) {
  const auto net = diamond();
  const auto made = part(net, {0, 3});
  EXPECT_THAT(names(net, made.inputs), ElementsAre("x", "b", "c"));
  EXPECT_THAT(names(net, made.outputs), ElementsAre("a", "d"));
  EXPECT_EQ(made.net.layers[1].inputs.size(), 2U);
}

TEST(Part, OfAllLayersIsTheNet) {
  const auto net = diamond();
  const auto made = part(net, {0, 1, 2, 3, 4});
  EXPECT_EQ(names(made.net, made.net.inputs), names(net, net.inputs));
  EXPECT_THAT(names(made.net, made.net.outputs), ElementsAre("d", "e"));
  for (LayerId id = 0; id < net.layers.size(); ++id) {
    EXPECT_EQ(made.net.layers[id].name, net.layers[id].name);
    EXPECT_EQ(names(made.net, made.net.layers[id].inputs), names(net, net.layers[id].inputs));
    EXPECT_EQ(made.net.input_types(id), net.input_types(id));
  }
}

TEST(Part, OfNoLayersIsEmpty) {
  const auto made = part(diamond(), {});
  EXPECT_THAT(made.net.layers, IsEmpty());
  EXPECT_THAT(made.inputs, IsEmpty());
  EXPECT_THAT(made.outputs, IsEmpty());
}

}  // namespace
}  // namespace ns
