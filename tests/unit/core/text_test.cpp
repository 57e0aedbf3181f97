#include "core/text.hpp"

#include <array>
#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(Text, ParsesWholeNumbersOnly) {
  EXPECT_EQ(parse_integer("42"), 42);
  EXPECT_EQ(parse_integer("-7"), -7);
  for (const auto* wrong : {"", " 1", "1 ", "1.0", "0x10", "99999999999999999999"})
    EXPECT_FALSE(parse_integer(wrong)) << wrong;
}

TEST(Text, RefusesNumbersThatAreNotFinite) {
  EXPECT_EQ(parse_number("2.66355E+11"), 266355000000.0);
  for (const auto* wrong : {"nan", "inf", "1e999", "1,5", ""}) EXPECT_FALSE(parse_number(wrong)) << wrong;
}

TEST(Text, PrintsTheFewestDigitsThatReadBack) {
  EXPECT_EQ(print_number(0.1), "0.1");
  EXPECT_EQ(parse_number(print_number(1.0 / 3.0)), 1.0 / 3.0);
}

TEST(Text, SuggestsOnlyWhatIsNear) {
  const std::array<std::string, 3> names{"alexnet", "vgg19", "kaldi"};
  EXPECT_EQ(suggestion("alxnet", names), "; did you mean 'alexnet'?");
  EXPECT_EQ(suggestion("resnet152", names), "");
  EXPECT_EQ(suggestion("alexnet2012", names), "");
  EXPECT_EQ(suggestion("alexne", std::array<std::string, 2>{"alexnet2", "alexnet"}),
            "; did you mean 'alexnet'?");
}

TEST(Text, CountsInTheRightNumber) {
  EXPECT_EQ(counted(1, "layer"), "1 layer");
  EXPECT_EQ(counted(0, "layer"), "0 layers");
  EXPECT_EQ(counted(28U, "axis", "axes"), "28 axes");
  EXPECT_EQ(counted(1, "row is", "rows are"), "1 row is");
}

TEST(Text, ShortensNamesInTheMiddle) {
  EXPECT_EQ(shortened("features.0 + features.1", 12), "feat..ures.1");
  EXPECT_EQ(shortened("features.0.1", 12), "features.0.1");
  EXPECT_EQ(shortened("äöüäöüäöü", 8), "ä..öü") << "no half of a letter";
  EXPECT_EQ(shortened("a\x1b[2J"), "a\\x1b[2J");
}

TEST(Text, SplitsAndTrims) {
  EXPECT_EQ(split("a,,b", ',').size(), 3U);
  EXPECT_EQ(split("", ',').size(), 1U);
  EXPECT_EQ(trim(" \t x y\r\n"), "x y");
}

}  // namespace
}  // namespace ns
