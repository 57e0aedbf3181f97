#include "kernels/core_pace.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

CorePace seen(int times, double ratio) {
  CorePace pace;
  for (int i = 0; i < times; ++i) pace.crowded(ratio);
  return pace;
}

TEST(CorePace, ARatioClearlyAboveTheUsualIsCrowded) {
  auto pace = seen(50, 1.27);
  EXPECT_FALSE(pace.crowded(1.30));
  EXPECT_TRUE(pace.crowded(1.79));
  EXPECT_FALSE(pace.crowded(1.27)) << "and is over when the other is gone";
}

TEST(CorePace, NothingIsKnownFromAFewProbes) {
  auto pace = seen(3, 1.27);
  EXPECT_FALSE(pace.crowded(5.0));
}

TEST(CorePace, AFewLowRatiosAreInterruptsAndNotTheUsual) {
  auto pace = seen(100, 1.27);
  for (int i = 0; i < 5; ++i) pace.crowded(0.6);
  EXPECT_FALSE(pace.crowded(1.27));
}

TEST(CorePace, ACoreThatIsCrowdedMostOfTheTimeIsSeenToBe) {
  auto pace = seen(20, 1.27);
  for (int i = 0; i < 80; ++i) pace.crowded(1.79);
  EXPECT_TRUE(pace.crowded(1.79));
}

TEST(CorePace, LearnsThatItWasCrowdedFromTheStart) {
  auto pace = seen(50, 1.79);
  EXPECT_FALSE(pace.crowded(1.79));
  for (int i = 0; i < 10; ++i) pace.crowded(1.27);
  EXPECT_TRUE(pace.crowded(1.79));
}

TEST(CorePace, TheProbeItselfIsQuickAndEndsWithAnAnswer) {
  CorePace pace;
  int crowded = 0;
  for (int i = 0; i < 1000; ++i) crowded += pace.crowded() ? 1 : 0;
  EXPECT_LT(crowded, 1000);
}

}  // namespace
}  // namespace ns
