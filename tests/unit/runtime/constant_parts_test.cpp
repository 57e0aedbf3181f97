#include "runtime/interpreter/constant_parts.hpp"

#include "../onnx/stored_model.hpp"

#include <gmock/gmock.h>
#include <numeric>

namespace ns {
namespace {

using onnx::attribute;
using onnx::Elements;
using onnx::GraphMaker;
using testing::ElementsAre;
using testing::HasSubstr;

/// More elements than the interpreter computes of one tensor: what is read of such a one is a part.
constexpr std::int64_t side = 20'000;

class Constants {
 public:
  Constants(const GraphMaker& maker, const Elements& elements)
      : file_{file_of(maker.model(), elements)}, interpreter_{file_}, parts_{interpreter_} {}
  Constants(const Constants&) = delete;
  Constants& operator=(const Constants&) = delete;

  std::vector<float> read(const std::string& name, std::int64_t first, std::size_t count) {
    std::vector<float> values(count);
    const auto done = parts_.read(name, first, values);
    EXPECT_TRUE(done) << done.error().message;
    return values;
  }
  std::int64_t elements(const std::string& name) { return parts_.elements(name).value(); }
  std::string whole_error(const std::string& name) {
    const auto whole = interpreter_.constant(name);
    return whole ? "" : whole.error().message;
  }

 private:
  onnx::ModelFile file_;
  Interpreter interpreter_;
  ConstantParts parts_;
};

/// 0, 1, 2, ...
std::vector<float> counted() {
  std::vector<float> values(side);
  std::iota(values.begin(), values.end(), 0.0F);
  return values;
}

TEST(ConstantParts, AreComputedOfWhatIsTooLargeToBeComputedWhole) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "2x3")
      .numbers("square", {side, side})
      .numbers("flat", {-1})
      .weight(elements.tensor("scales", {side}, counted()))
      .weight(elements.tensor("columns", {side}, counted()))
      .weight(elements.tensor("half", {}, std::vector<float>{0.5F}))
      .weight(elements.tensor("zero", {}, std::vector<std::int8_t>{-2}, DType::int8))
      .node("ConstantOfShape", {"square"}, {"fives"},
            {attribute("value", elements.tensor("five", {1}, std::vector<std::int8_t>{5}, DType::int8))})
      .node("DequantizeLinear", {"fives", "scales", "zero"}, {"real"}, {attribute("axis", 0)})
      .node("Expand", {"columns", "square"}, {"repeated"})
      .node("Expand", {"half", "square"}, {"halves"})
      .node("Add", {"real", "repeated"}, {"sum"})
      .node("CastLike", {"sum", "x"}, {"like"})
      .node("Reshape", {"like", "flat"}, {"line"})
      .output("line");
  Constants constants{maker, elements};
  EXPECT_EQ(constants.elements("line"), side * side);
  // (5 + 2) * the row, and the column.
  EXPECT_THAT(constants.read("line", 3 * side + 10, 3), ElementsAre(31, 32, 33));
  EXPECT_THAT(constants.read("line", 3 * side - 2, 4), ElementsAre(14 + 19998, 14 + 19999, 21, 22));
  EXPECT_THAT(constants.read("fives", side * side - 1, 1), ElementsAre(5));
  EXPECT_THAT(constants.read("halves", 7, 3), ElementsAre(0.5F, 0.5F, 0.5F));
  EXPECT_THAT(constants.whole_error("line"), HasSubstr("more elements than are computed here"));
}

TEST(ConstantParts, OfOtherNodesAreCutOutOfTheWhole) {
  Elements elements;
  GraphMaker maker;
  maker.input("x", "2")
      .weight(elements.tensor("stored", {4, side / 4, 1}, counted()))
      .weight(elements.tensor("scale", {}, std::vector<float>{2}))
      .numbers("five", {1, 1, 5})
      .node("Transpose", {"stored"}, {"turned"},
            {attribute("perm", std::vector<std::int64_t>{2, 1, 0})})  // [1, 5000, 4]
      .node("Tile", {"turned", "five"}, {"tiled"})                    // [1, 5000, 20]
      .node("Mul", {"tiled", "scale"}, {"twice"})
      .output("twice");
  Constants constants{maker, elements};
  EXPECT_THAT(constants.read("twice", 20 * 4999, 5), ElementsAre(9998, 19998, 29998, 39998, 9998));
  EXPECT_THAT(constants.read("tiled", 21, 3), ElementsAre(5001, 10001, 15001));
}

}  // namespace
}  // namespace ns
