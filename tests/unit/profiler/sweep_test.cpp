#include "profiler/sweep.hpp"

#include "profiler/sweep_template.hpp"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::HasSubstr;

TEST(Fill, CalculatesInsideBraces) {
  const Bindings bindings{{"a", "8"}, {"b", "3"}, {"tail", "+act:relu"}};
  EXPECT_EQ(*fill("x{a}y{a*b+1}{tail}", bindings), "x8y25+act:relu");
  EXPECT_EQ(*fill("{b/2*a}", bindings), "8") << "from left to right, on integers";
  EXPECT_EQ(*fill("nothing", bindings), "nothing");
}

TEST(Fill, SaysWhatIsWrong) {
  const Bindings bindings{{"channels", "8"}, {"tail", "+act:relu"}, {"zero", "0"}};
  EXPECT_EQ(fill("{chanels}", bindings).error().message,
            "nothing is called 'chanels' here; did you mean 'channels'?");
  EXPECT_THAT(fill("{tail+1}", bindings).error().message, HasSubstr("is no number"));
  EXPECT_THAT(fill("{channels/zero}", bindings).error().message, HasSubstr("has no result"));
  EXPECT_THAT(fill("{channels", bindings).error().message, HasSubstr("not closed"));
}

TEST(LayerOf, GivesAResidualAdditionTheTypeOfTheHeadsOutput) {
  const auto layer = layer_of("conv:filters=16,kernel=3,stride=2,pad=1+eltwise:add@1x8x9x9,output");
  ASSERT_TRUE(layer) << layer.error().message;
  EXPECT_EQ(print(layer->inputs.at(1)), "1x16x5x5");
}

TEST(Sweep, ReadsSectionsVariablesAndLimits) {
  const auto sweep = parse_sweep(R"(
rows = 900         # a comment
max_macs = 200M
size = 7, 14
[first]
share = 3
channels = log 8-1024 by 8, 3, 4-6, 16-64*2
size = 28
layer = conv:filters=8,kernel=1@1x{channels}x{size}x{size}
[second]
max_macs = 2G
tail = none, +act:relu
layer = fc:features=10{tail}@1x{size}
layer = act:relu@1x{size}
)",
                                 "folder/conv.sweep");
  ASSERT_TRUE(sweep) << sweep.error().message;
  EXPECT_EQ(sweep->name, "conv");
  EXPECT_EQ(sweep->rows, 900U);
  ASSERT_EQ(sweep->sections.size(), 2U);
  const auto& first = sweep->sections[0];
  EXPECT_EQ(first.share, 3.0);
  EXPECT_EQ(first.most_macs, Macs{200e6});
  ASSERT_EQ(first.variables.size(), 2U);
  EXPECT_EQ(first.variables[0].name, "channels");
  EXPECT_EQ(first.variables[0].items.size(), 6U) << "16-64*2 are three items";
  EXPECT_EQ(first.variables[1].items.front().first, 28) << "a section's own list wins";
  EXPECT_EQ(sweep->sections[1].most_macs, Macs{2e9});
  EXPECT_EQ(sweep->sections[1].layers.size(), 2U);
}

// 2^40 is the largest extent; its next multiple by the factor is no number of 64 bits.
TEST(Sweep, EndsAProgressionAtItsLastNumber) {
  const auto sweep =
      parse_sweep("[s]\nsize = 1099511627775-1099511627776*1099511627776\nlayer = act:relu@1x{size}\n", "n");
  ASSERT_TRUE(sweep) << sweep.error().message;
  ASSERT_EQ(sweep->sections.at(0).variables.at(0).items.size(), 1U);
  EXPECT_EQ(sweep->sections[0].variables[0].items[0].first, 1099511627775);
}

TEST(Sweep, ReadsAnExplicitListAsNsFitProposesIt) {
  const auto sweep = parse_sweep(
      "act:relu@1x8\n# why\nconv:filters=8,kernel=3+act:relu@1x3x9x9\nargmax@1x10\n", "next.sweep");
  ASSERT_TRUE(sweep) << sweep.error().message;
  EXPECT_EQ(sweep->listed.size(), 3U);
  EXPECT_EQ(sweep->rows, 3U);
}

struct Mistake {
  std::string text;
  std::string message;
};

TEST(Sweep, NamesFileLineAndFactOfAMistake) {
  const std::array mistakes{
      Mistake{"", "x.sweep: names no layers"},
      Mistake{"rows = many", "x.sweep:1: 'rows' needs a number such as 200M, not 'many'"},
      Mistake{"share = 3", "x.sweep:1: 'share' belongs into a section"},
      Mistake{"[a]\nrows = 3", "x.sweep:2: 'rows' belongs before the first section"},
      Mistake{"\n[a]\n", "x.sweep:2: section 'a' has no 'layer'"},
      Mistake{"[a\n", "x.sweep:1: a section begins with a name in brackets"},
      Mistake{"layer = act:relu@1x8", "x.sweep:1: 'layer' belongs into a section"},
      Mistake{"[a]\nn = 5-3\nlayer = act:relu@1x{n}", "x.sweep:2: 'n': '5-3' is no range"},
      Mistake{"[a]\nn = log 0-3\nlayer = act:relu@1x{n}", "x.sweep:2: 'n'"},
      Mistake{"[a]\nn = log 9-15 by 8\nlayer = act:relu@1x{n}", "holds no multiple of 8"},
      Mistake{"[a]\nn = 2-9*1\nlayer = act:relu@1x{n}", "needs a first number above 0 and a factor above 1"},
      Mistake{"[a]\nn = 3,,4\nlayer = act:relu@1x{n}", "an item of the list is empty"},
      Mistake{"[a]\nn = 3\nlayer = act:relu@1x{m}", "x.sweep:1: nothing is called 'm' here"},
      Mistake{"[a]\nn = 3\nlayer = act:relo@1x{n}", "x.sweep:1: "},
      Mistake{"act:relu@1x8\nact:relu", "x.sweep:2: "},
      Mistake{"conv:filters=8,kernel=9@1x3x4x4", "x.sweep:1: "},
      Mistake{"max_bytes = -5", "'max_bytes' needs a number"},
      Mistake{"[a]\nn = 99999999999999999999\nlayer = act:relu@1x{n}", "x.sweep:1: "},
  };
  for (const auto& mistake : mistakes) {
    const auto sweep = parse_sweep(mistake.text, "x.sweep");
    ASSERT_FALSE(sweep) << mistake.text;
    EXPECT_EQ(sweep.error().code, Errc::bad_input);
    EXPECT_THAT(sweep.error().message, HasSubstr(mistake.message)) << mistake.text;
  }
}

}  // namespace
}  // namespace ns
