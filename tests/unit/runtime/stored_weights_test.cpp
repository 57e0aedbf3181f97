#include "runtime/stored_weights.hpp"

#include "../onnx/stored_model.hpp"
#include "net/onnx/mapping/net_of.hpp"

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

/// Weights of the layers of a model that is held here.
class Stored {
 public:
  Stored(const GraphMaker& maker, const Elements& elements)
      : file_{file_of(maker.model(), elements)}, interpreter_{file_}, weights_{file_, interpreter_} {
    net_ = onnx::net_of(file_).value();
  }
  Stored(const Stored&) = delete;
  Stored& operator=(const Stored&) = delete;

  /// `count` elements from `first` on of a weight of layer `name`; all where no count is given.
  std::vector<float> read(const std::string& name, std::size_t slot, std::int64_t first = 0,
                          std::int64_t count = -1) {
    const auto layer = id_of(name);
    const auto described = weights(net_.layers[layer].params, net_.input_types(layer));
    EXPECT_LT(slot, described.size()) << name;
    if (slot >= described.size()) return {};
    std::vector<float> values(
        static_cast<std::size_t>(count < 0 ? described[slot].shape.elements() - first : count));
    const auto done = weights_.read(net_, layer, slot, first, values);
    EXPECT_TRUE(done) << done.error().message;
    return values;
  }

  std::string error(const std::string& name, std::size_t slot) {
    std::vector<float> values(1);
    const auto done = weights_.read(net_, id_of(name), slot, 0, values);
    return done ? "" : done.error().message;
  }

 private:
  [[nodiscard]] LayerId id_of(const std::string& name) const {
    return static_cast<LayerId>(std::ranges::find(net_.layers, name, &Layer::name) - net_.layers.begin());
  }

  onnx::ModelFile file_;
  Interpreter interpreter_;
  StoredWeights weights_;
  Net net_;
};

TEST(StoredWeights, GemmsFactorsBecomePartOfWhatTheyMultiply) {
  Elements elements;
  const auto b = elements.tensor("b", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto bt = elements.tensor("bt", {3, 2}, std::vector<float>{1, 2, 3, 4, 5, 6});
  const auto c = elements.tensor("c", {3}, std::vector<float>{10, 20, 30});
  const auto one = elements.tensor("one", {1}, std::vector<float>{8});
  const std::vector<onnx::Attribute> factors{real_attribute("alpha", 2.0), real_attribute("beta", 0.5)};
  auto turned = factors;
  turned.push_back(attribute("transB", 1));
  GraphMaker maker;
  maker.input("x", "1x2").weight(b).weight(bt).weight(c).weight(one);
  maker.node("Gemm", {"x", "b", "c"}, {"plain"}, factors).node("Gemm", {"x", "bt", "c"}, {"turned"}, turned);
  maker.node("Gemm", {"x", "b", "one"}, {"repeated"}).output("plain").output("turned").output("repeated");
  Stored stored{maker, elements};
  // Features are rows.
  EXPECT_THAT(stored.read("plain", 0), ElementsAre(2, 8, 4, 10, 6, 12));
  EXPECT_THAT(stored.read("plain", 1), ElementsAre(5, 10, 15));
  EXPECT_THAT(stored.read("turned", 0), ElementsAre(2, 4, 6, 8, 10, 12));
  EXPECT_THAT(stored.read("repeated", 0), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(stored.read("repeated", 1), ElementsAre(8, 8, 8));
}

TEST(StoredWeights, AreReadFromTheMiddle) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x2").weight(elements.tensor("w", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6}));
  maker.node("MatMul", {"x", "w"}, {"y"}).output("y");
  Stored stored{maker, elements};
  EXPECT_THAT(stored.read("y", 0), ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(stored.read("y", 0, 1, 3), ElementsAre(4, 2, 5));
  EXPECT_THAT(stored.read("y", 0, 5), ElementsAre(6));
}

TEST(StoredWeights, TurnMatricesLargerThanTheSquaresTheyAreReadBy) {
  constexpr std::int64_t columns = 70;
  constexpr std::int64_t features = 45;
  std::vector<float> values;
  for (std::int64_t column = 0; column < columns; ++column)
    for (std::int64_t feature = 0; feature < features; ++feature)
      values.push_back(static_cast<float>(1000 * column + feature));
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x70").weight(elements.tensor("w", {columns, features}, values));
  maker.node("MatMul", {"x", "w"}, {"y"}).output("y");
  Stored stored{maker, elements};
  const auto all = stored.read("y", 0);
  ASSERT_EQ(all.size(), values.size());
  EXPECT_EQ(all[0], 0.0F);
  EXPECT_EQ(all[69], 69000.0F);            // feature 0, the last column
  EXPECT_EQ(all[70 * 44 + 33], 33044.0F);  // feature 44, column 33
  const auto part = stored.read("y", 0, 70 * 31 + 60, 200);
  EXPECT_EQ(part[0], 60031.0F);
  EXPECT_EQ(part[10], 32.0F);
  EXPECT_EQ(part[199], 49034.0F);
}

TEST(StoredWeights, AreComputedFromConstantNodes) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x2")
      .weight(elements.tensor("w", {2, 2}, std::vector<float>{1, 2, 3, 4}))
      .weight(elements.tensor("half", {2, 2}, std::vector<std::uint16_t>{0x3C00, 0x4000, 0x3800, 0xC200},
                              DType::float16))
      .weight(elements.tensor("quantised", {2, 2}, std::vector<std::int8_t>{1, 2, 3, 4}, DType::int8))
      .weight(elements.tensor("scale", {2}, std::vector<float>{1, 10}))
      .weight(elements.tensor("zero", {2}, std::vector<std::int8_t>{0, 1}, DType::int8))
      .weight(elements.tensor("flat", {4}, std::vector<float>{5, 6, 7, 8}))
      .numbers("square", {2, 2});
  maker.node("Transpose", {"w"}, {"wt"}).node("MatMul", {"x", "wt"}, {"a"});
  maker.node("Cast", {"half"}, {"whole"}, {attribute("to", 1)}).node("MatMul", {"x", "whole"}, {"b"});
  maker.node("DequantizeLinear", {"quantised", "scale", "zero"}, {"real"}, {attribute("axis", 0)});
  maker.node("MatMul", {"x", "real"}, {"c"});
  maker.node("Reshape", {"flat", "square"}, {"shaped"}).node("MatMul", {"x", "shaped"}, {"d"});
  for (const auto* output : {"a", "b", "c", "d"}) maker.output(output);
  Stored stored{maker, elements};
  EXPECT_THAT(stored.read("a", 0), ElementsAre(1, 2, 3, 4));      // turned twice
  EXPECT_THAT(stored.read("b", 0), ElementsAre(1, 0.5F, 2, -3));  // 1 2 / 0.5 -3
  EXPECT_THAT(stored.read("c", 0), ElementsAre(1, 20, 2, 30));    // 1 2 / 20 30
  EXPECT_THAT(stored.read("d", 0), ElementsAre(5, 7, 6, 8));
  EXPECT_THAT(stored.read("d", 0, 2, 1), ElementsAre(6));
}

TEST(StoredWeights, ThatATransposeTurnsAreReadWithoutIt) {
  // More elements than are computed of one tensor.
  constexpr std::int64_t side = 20'000;
  std::vector<float> scales(side);
  for (std::size_t i = 0; i < scales.size(); ++i) scales[i] = static_cast<float>(i);
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x20000").numbers("square", {side, side});
  maker.weight(elements.tensor("scales", {side, 1}, scales));
  maker.node("ConstantOfShape", {"square"}, {"twos"},
             {attribute("value", elements.tensor("two", {1}, std::vector<float>{2}))});
  maker.node("Mul", {"twos", "scales"}, {"w"}).node("Transpose", {"w"}, {"turned"});
  maker.node("MatMul", {"x", "turned"}, {"y"}).output("y");
  Stored stored{maker, elements};
  EXPECT_THAT(stored.read("y", 0, 7 * side - 1, 2), ElementsAre(12, 14));  // features are rows
}

TEST(StoredWeights, OfNormsComeInTheLayersOrder) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x2x3x3")
      .weight(elements.tensor("scale", {2}, std::vector<float>{1, 2}))
      .weight(elements.tensor("shift", {2}, std::vector<float>{3, 4}))
      .weight(elements.tensor("mean", {2}, std::vector<float>{5, 6}))
      .weight(elements.tensor("variance", {2}, std::vector<float>{7, 8}))
      .node("BatchNormalization", {"x", "scale", "shift", "mean", "variance"}, {"y"})
      .output("y");
  Stored stored{maker, elements};
  EXPECT_THAT(stored.read("y", 0), ElementsAre(5, 6));
  EXPECT_THAT(stored.read("y", 1), ElementsAre(7, 8));
  EXPECT_THAT(stored.read("y", 2), ElementsAre(1, 2));
  EXPECT_THAT(stored.read("y", 3), ElementsAre(3, 4));
  EXPECT_EQ(stored.error("y", 4), "node 'y' (BatchNormalization) has no such weight");
}

TEST(StoredWeights, ThatTheFileLacksAreNamed) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "1x2").weight("w", {2, 1}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  auto cut = elements.tensor("short", {2, 1}, std::vector<float>{1});
  maker.weight(cut).node("MatMul", {"x", "short"}, {"z"}).output("z");
  Stored stored{maker, elements};
  EXPECT_THAT(stored.error("y", 0), HasSubstr("node 'y' (MatMul): tensor 'w' has no elements in the file"));
  EXPECT_EQ(stored.error("z", 0), "node 'z' (MatMul): tensor 'short' holds 4 bytes, but its dims need 8");
}

}  // namespace
}  // namespace ns
