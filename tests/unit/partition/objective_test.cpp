#include "partition/objective.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(Objective, ReadsWhatItPrints) {
  for (const auto* text : {"latency", "energy", "0.7*latency+0.3*energy", "1e-20*latency+1e30*energy"}) {
    const auto objective = parse_objective(text);
    ASSERT_TRUE(objective) << objective.error().message;
    EXPECT_EQ(print(*objective), text);
    EXPECT_TRUE(parse_objective(print(*objective)));
  }
}

TEST(Objective, RefusesWeightsWithoutASum) {
  EXPECT_EQ(parse_objective("1e308*latency+1e308*energy").error().message,
            "objective '1e308*latency+1e308*energy': the weights are too large; write latency, energy or "
            "0.7*latency+0.3*energy");
  EXPECT_FALSE(parse_objective("0*latency"));
  EXPECT_FALSE(parse_objective("-1*latency+2*energy"));
}

}  // namespace
}  // namespace ns
