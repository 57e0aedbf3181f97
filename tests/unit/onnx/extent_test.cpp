#include "net/onnx/extent.hpp"

#include <array>
#include <gmock/gmock.h>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace ns::onnx {
namespace {

const Extent unknown;
const Extent seq = Extent::symbol("seq");
const Extent batch = Extent::symbol("batch");
const Extent height = Extent::symbol("h");

constexpr auto largest = std::numeric_limits<std::int64_t>::max();

TEST(Extent, CountsWithNumbers) {
  EXPECT_EQ((Extent{3} + 4).number(), 7);
  EXPECT_EQ((Extent{3} - 4).number(), -1);
  EXPECT_EQ((Extent{3} * 4).number(), 12);
  EXPECT_EQ((Extent{-7} / 2).number(), -3);
  EXPECT_EQ(Extent::floor_quotient(-7, 2).number(), -4);
  EXPECT_EQ(Extent::ceil_quotient(-7, 2).number(), -3);
  EXPECT_EQ(Extent::ceil_quotient(7, 2).number(), 4);
}

TEST(Extent, IsUnknownAfterOverflowAndDivisionByZero) {
  EXPECT_TRUE((Extent{largest} + 1).is_unknown());
  EXPECT_TRUE((Extent{largest} * 2).is_unknown());
  EXPECT_TRUE((Extent{std::numeric_limits<std::int64_t>::min()} - 1).is_unknown());
  EXPECT_TRUE((Extent{std::numeric_limits<std::int64_t>::min()} / -1).is_unknown());
  EXPECT_TRUE((Extent{1} / 0).is_unknown());
  EXPECT_TRUE(Extent::floor_quotient(seq, 0).is_unknown());
  EXPECT_TRUE((seq * largest * 2).is_unknown());
}

TEST(Extent, PrintsProductsAndSums) {
  EXPECT_EQ(to_string(seq * 2 * batch), "2*batch*seq");
  EXPECT_EQ(to_string(seq + 1), "seq + 1");
  EXPECT_EQ(to_string(1 - seq), "-1*seq + 1");
  EXPECT_EQ(to_string((seq + 1) * batch), "batch*(seq + 1)");
  EXPECT_EQ(to_string(unknown), "?");
}

TEST(Extent, HasOneNameForOneSum) {
  EXPECT_TRUE((seq + 1 + batch).same_as(batch + seq + 1));
  EXPECT_TRUE((seq + 1 - 1).same_as(seq));
  EXPECT_TRUE((seq + seq).same_as(seq * 2));
  EXPECT_TRUE((seq * 2 + 2).same_as((seq + 1) * 2));
  EXPECT_TRUE(((seq + 1) * 3 - (seq + 1) * 2).same_as(seq + 1));
  EXPECT_EQ((seq - seq).number(), 0);
}

TEST(Extent, TakesASymbolThatIsASumForOne) {
  EXPECT_TRUE(Extent::symbol("past + 1").same_as(Extent::symbol("past") + 1));
  EXPECT_TRUE((Extent::symbol("past + 1") - 1).same_as(Extent::symbol("past")));
}

TEST(Extent, NeverTakesASymbolForANumber) {
  EXPECT_TRUE(Extent::symbol("3").is_symbolic());
  EXPECT_TRUE((Extent::symbol("3") + 1).is_symbolic());
}

TEST(Extent, SurvivesSymbolsThatLookLikeBrokenExpressions) {
  for (const auto* name :
       {"", " + ", "a + ", ") + (", "((", "a*", "*", "a - ", "floor(", "floor(/2)", "floor(x/)", " "}) {
    const auto symbol = Extent::symbol(name);
    EXPECT_TRUE((symbol + 1 - 1).is_unknown() || (symbol + 1 - 1).same_as(symbol)) << name;
    EXPECT_FALSE(Extent::floor_quotient(symbol + 1, 2).is_known()) << name;
    EXPECT_FALSE((symbol * seq).is_known()) << name;
  }
}

TEST(Extent, DrawsWholePartsOutOfQuotients) {
  EXPECT_EQ(to_string(Extent::floor_quotient(height - 1, 2) + 1), "floor((h + 1)/2)");
  EXPECT_TRUE(Extent::ceil_quotient(height, 2).same_as(Extent::floor_quotient(height + 1, 2)));
  EXPECT_TRUE((Extent::floor_quotient(height + 2, 2)).same_as(Extent::floor_quotient(height, 2) + 1));
  EXPECT_TRUE(Extent::floor_quotient(height * 4 + 2, 2).same_as(height * 2 + 1));
}

TEST(Extent, FoldsQuotientsOfQuotients) {
  const auto half = Extent::floor_quotient(height - 1, 2) + 1;
  const auto quarter = Extent::floor_quotient(half - 1, 2) + 1;
  EXPECT_EQ(to_string(quarter), "floor((h + 3)/4)");
}

TEST(Extent, DividesOnlyWhatCertainlyDivides) {
  EXPECT_TRUE(Extent::quotient(seq * batch * 12, batch * 4)->same_as(seq * 3));
  EXPECT_EQ(Extent::quotient(7, 2), std::nullopt);
  EXPECT_TRUE(Extent::quotient(seq, 2)->is_unknown());
  EXPECT_TRUE(Extent::quotient(seq, batch)->is_unknown());
}

TEST(Extent, ComparesWhereSymbolsAreSizes) {
  EXPECT_TRUE(Extent::smaller(seq, seq + 2).same_as(seq));
  EXPECT_TRUE(Extent::larger(seq, 0).same_as(seq));
  EXPECT_TRUE(Extent::smaller(seq, 5).same_as(Extent::smaller(5, seq)));
  EXPECT_EQ(to_string(Extent::smaller(seq, 5)), "min(5, seq)");
  EXPECT_TRUE(Extent::smaller(seq, unknown).is_unknown());
}

TEST(Extent, GivesUpWhereExpressionsGrowTooLong) {
  auto sum = seq;
  for (int i = 0; i < 40; ++i) sum = sum + Extent::symbol("symbol" + std::to_string(i));
  EXPECT_TRUE(sum.is_unknown());
  auto product = seq;
  for (int i = 0; i < 40; ++i) product = product * seq;
  EXPECT_TRUE(product.is_unknown());
}

/// An extent and what it is for three choices of its symbols.
struct Tried {
  Extent symbolic;
  std::array<Extent, 3> numbers;
};

Tried combined(int operation, const Tried& a, const Tried& b) {
  static constexpr std::array operations{+[](const Extent& x, const Extent& y) { return x + y; },
                                         +[](const Extent& x, const Extent& y) { return x - y; },
                                         +[](const Extent& x, const Extent& y) { return x * y; },
                                         +[](const Extent& x, const Extent& y) { return x / y; },
                                         &Extent::floor_quotient,
                                         &Extent::ceil_quotient,
                                         &Extent::smaller,
                                         &Extent::larger};
  const auto f = operations.at(static_cast<std::size_t>(operation));
  Tried made{f(a.symbolic, b.symbolic), {}};
  for (std::size_t i = 0; i < made.numbers.size(); ++i)
    made.numbers.at(i) = f(a.numbers.at(i), b.numbers.at(i));
  return made;
}

TEST(Extent, GivesOneNameOnlyToWhatIsAlwaysTheSame) {
  std::mt19937 random{7};
  std::map<std::string, Tried> known;
  for (int round = 0; round < 3000; ++round) {
    std::vector<Tried> made{{Extent::symbol("a"), {5, 8, 31}}, {Extent::symbol("b"), {7, 3, 16}}};
    for (std::int64_t number = 1; number < 5; ++number) made.push_back({number, {number, number, number}});
    for (int step = 0; step < 6; ++step) {
      const auto& first = made.at(random() % made.size());
      const auto& second = made.at(random() % made.size());
      auto next = combined(static_cast<int>(random() % 8), first, second);
      if (next.symbolic.is_unknown()) continue;
      const auto& same = known.try_emplace(to_string(next.symbolic), next).first->second;
      for (std::size_t i = 0; i < next.numbers.size(); ++i)
        EXPECT_TRUE(next.numbers.at(i).is_unknown() || same.numbers.at(i).is_unknown() ||
                    next.numbers.at(i).same_as(same.numbers.at(i)))
            << to_string(next.symbolic);
      made.push_back(std::move(next));
    }
  }
  EXPECT_GT(known.size(), 500U);
}

TEST(Extent, UnknownIsNotEvenTheSameAsItself) {
  EXPECT_FALSE(unknown.same_as(unknown));
  EXPECT_TRUE((unknown + 1).is_unknown());
  EXPECT_EQ((unknown * 0).number(), 0);
}

TEST(Dims, PrintLikeShapes) {
  EXPECT_EQ(to_string(Dims{1, batch, unknown}), "1xbatchx?");
  EXPECT_EQ(to_string(Dims{}), "scalar");
}

TEST(Dims, HaveNoElementsWhereAnExtentIsZero) {
  EXPECT_EQ(elements({unknown, seq, 0}).number(), 0);
  EXPECT_EQ(elements({}).number(), 1);
  EXPECT_TRUE(elements({unknown, 2}).is_unknown());
}

TEST(Broadcast, FollowsTheSpecification) {
  EXPECT_EQ(to_string(*broadcast({2, 1, 4}, {3, 1})), "2x3x4");
  EXPECT_EQ(to_string(*broadcast({}, {3, 1})), "3x1");
  EXPECT_EQ(to_string(*broadcast({1}, {0})), "0");
  EXPECT_EQ(broadcast({2, 3}, {4}), std::nullopt);
}

TEST(Broadcast, KnowsAnExtentThatTheOtherMustFit) {
  EXPECT_EQ(to_string(*broadcast({seq}, {5})), "5");
  EXPECT_EQ(to_string(*broadcast({seq}, {1})), "seq");
  EXPECT_EQ(to_string(*broadcast({seq}, {seq})), "seq");
  EXPECT_EQ(to_string(*broadcast({seq}, {batch})), "?");
  EXPECT_EQ(to_string(*broadcast({unknown}, {7})), "7");
}

}  // namespace
}  // namespace ns::onnx
