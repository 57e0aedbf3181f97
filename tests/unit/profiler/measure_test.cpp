#include "profiler/measure.hpp"

#include "scripted.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double millisecond = 1e-3;

Timing measured(const std::vector<double>& seconds, MeasurePolicy policy, Seconds pause = Seconds{0}) {
  ScriptedTime time;
  ScriptedKernel kernel{time, seconds};
  return measure(kernel, Caches::cold, policy, time.clock(), pause);
}

/// As many samples as the script has, whatever they say.
MeasurePolicy all_of(std::size_t count) {
  return {.limit = Seconds{1e9}, .fewest = count, .enough = count, .most = count};
}

std::vector<double> first_report() {
  std::vector<double> trace{5400, 92, 40, 24, 21};
  for (int i = 0; i < 95; ++i) trace.push_back(i == 30 || i == 60 ? 70.0 : 20.0);
  for (auto& value : trace) value *= millisecond;
  return trace;
}

TEST(Measure, LeavesWarmUpOutAndReportsSpikesWithoutFittingThem) {
  const auto timing = measured(first_report(), all_of(95));
  EXPECT_EQ(timing.samples.size(), 95U);
  EXPECT_EQ(timing.samples.front(), Seconds{20 * millisecond});
  ASSERT_TRUE(timing.median);
  EXPECT_DOUBLE_EQ(timing.median->count(), 20 * millisecond);
  EXPECT_THAT(timing.notes, ElementsAre("spikes: 99th percentile 70.0 ms"));
  EXPECT_TRUE(timing.settled);
}

TEST(Measure, FlagsAClockThatThrottles) {
  std::vector<double> trace{20 * millisecond, 20 * millisecond};
  for (int i = 0; i < 600; ++i) trace.push_back((20.0 + 6.0 * i / 599.0) * millisecond);
  EXPECT_THAT(measured(trace, all_of(600)).notes, ElementsAre("drift +30 %"));
}

TEST(Measure, FlagsAGovernorThatSwitches) {
  std::vector<double> trace;
  for (int i = 0; i < 100; ++i) trace.push_back((i % 2 == 0 ? 60.0 : 15.0) * millisecond);
  const auto timing = measured(trace, {.limit = Seconds{3.0}, .most = 100});
  EXPECT_THAT(timing.notes, ElementsAre("bimodal: 15.0 ms and 60.0 ms"));
}

TEST(Measure, ReportsNothingOfRegularSamples) {
  EXPECT_THAT(shape_notes({20, 21, 19, 20, 22, 20, 19, 21, 20, 20, 21, 20}), IsEmpty());
  EXPECT_THAT(shape_notes(std::vector<double>(50, 1.0)), IsEmpty());
  EXPECT_THAT(shape_notes({1, 100, 1}), IsEmpty()) << "too few to tell";
}

TEST(Measure, EvictsBeforeEachColdRunAndNeverBeforeAWarmOne) {
  ScriptedTime time;
  ScriptedKernel cold{time, std::vector<double>{millisecond}};
  const MeasurePolicy policy{.enough = 3};
  measure(cold, Caches::cold, policy, time.clock());
  EXPECT_EQ(cold.calls, "etetetetet");  // two to warm up, three samples
  ScriptedKernel warm{time, std::vector<double>{millisecond}};
  measure(warm, Caches::warm, policy, time.clock());
  EXPECT_EQ(warm.calls, "ttttt");
}

TEST(Measure, StopsWithTenSamplesWhereTheyAgree) {
  const auto timing = measured({millisecond}, {});
  EXPECT_EQ(timing.samples.size(), 10U);
  EXPECT_TRUE(timing.settled);
}

TEST(Measure, GoesOnWhileSamplesDisagreeAndStopsAtTheLimit) {
  // Two to one, without end: the median's error stays above 2 %.
  const auto timing =
      measured({10 * millisecond, 20 * millisecond, 14 * millisecond}, {.limit = Seconds{0.25}});
  EXPECT_GT(timing.samples.size(), 10U);
  EXPECT_LT(timing.samples.size(), 25U);
  EXPECT_FALSE(timing.settled);
}

TEST(Measure, TakesThreeSamplesOfALongKernelAndWarmsUpOnce) {
  ScriptedTime time;
  ScriptedKernel kernel{time, std::vector<double>{1.0}};
  const auto timing = measure(kernel, Caches::cold, {.limit = Seconds{0.25}}, time.clock());
  EXPECT_EQ(kernel.calls, "etetetet");
  EXPECT_EQ(timing.samples.size(), 3U);
  EXPECT_TRUE(timing.settled);
}

TEST(Measure, StopsWhereNoiseIsStableThoughLarge) {
  std::vector<double> trace;
  for (int i = 0; i < 1000; ++i) trace.push_back((10.0 + 4.0 * ((i * 7) % 10)) * millisecond);
  const auto timing = measured(trace, {.limit = Seconds{1e9}, .most = 1000, .target = 1e-4});
  EXPECT_TRUE(timing.settled);
  EXPECT_EQ(timing.samples.size() % 16, 0U);
  EXPECT_LT(timing.samples.size(), 200U);
}

TEST(Measure, LeavesDisturbedSamplesOutOfTheMedian) {
  ScriptedTime time;
  std::vector<Sample> samples{{Seconds{0.001}}, {Seconds{0.001}}, {Seconds{0.009}, true}, {Seconds{0.001}}};
  ScriptedKernel kernel{time, samples};
  const auto timing = measure(kernel, Caches::warm, {}, time.clock());
  EXPECT_EQ(std::ranges::count(timing.disturbed, false), 10);
  EXPECT_GT(std::ranges::count(timing.disturbed, true), 2);
  EXPECT_EQ(timing.median, Seconds{0.001});
  EXPECT_TRUE(timing.settled);
}

TEST(Measure, DoesNotSettleWhereMostSamplesAreDisturbed) {
  ScriptedTime time;
  std::vector<Sample> samples{{Seconds{0.001}}, {Seconds{0.002}, true}, {Seconds{0.002}, true}};
  ScriptedKernel kernel{time, samples};
  const auto timing = measure(kernel, Caches::warm, {}, time.clock());
  EXPECT_EQ(timing.median, Seconds{0.001}) << "what was undisturbed is still known";
  EXPECT_FALSE(timing.settled);
  EXPECT_THAT(timing.notes, ElementsAre(HasSubstr("disturbed")));
}

TEST(Measure, KnowsNothingWhereAllSamplesAreDisturbedButTriesTwice) {
  ScriptedTime time;
  ScriptedKernel kernel{time, std::vector<Sample>{{Seconds{1.0}, true}}};
  const auto timing = measure(kernel, Caches::cold, {}, time.clock());
  EXPECT_EQ(timing.samples.size(), 6U);
  EXPECT_FALSE(timing.median);
  EXPECT_FALSE(timing.settled);
}

TEST(Measure, DoesNotSettleBelowAMicrosecond) {
  const auto timing = measured({0.9e-6}, {});
  EXPECT_FALSE(timing.settled);
  EXPECT_EQ(timing.median, Seconds{0.9e-6});
  EXPECT_TRUE(measured({1.1e-6}, {}).settled);
}

TEST(Measure, EndsEvenWhereNoTimePasses) {
  const auto timing = measured({0.0}, {.most = 50});
  EXPECT_EQ(timing.samples.size(), 50U);
  EXPECT_FALSE(timing.settled);
}

TEST(Measure, PausesBeforeEachRun) {
  ScriptedTime time;
  ScriptedKernel kernel{time, std::vector<double>{0.5}};
  measure(kernel, Caches::cold, {.limit = Seconds{3.0}}, time.clock(), Seconds{1.0});
  EXPECT_EQ(kernel.calls, "etetetetet");
  EXPECT_EQ(time.now(), Seconds{5 * 1.5});
}

TEST(RelativeErrorOfMedian, IsThatOfANormalDistributionsQuartiles) {
  // Quartiles 2 and 4 around 3, five values: 1.2533 x 2 / 1.349 / sqrt(5) / 3.
  EXPECT_NEAR(relative_error_of_median({1, 2, 3, 4, 5}), 0.27699, 1e-5);
  EXPECT_EQ(relative_error_of_median({1}), std::numeric_limits<double>::infinity());
  EXPECT_EQ(relative_error_of_median({2, 2, 2, 2, 2, 900}), 0.0) << "one spike moves no quartile";
}

}  // namespace
}  // namespace ns
