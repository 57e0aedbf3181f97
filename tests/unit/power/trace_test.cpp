#include "profiler/power/trace.hpp"

#include "scripted_log.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::HasSubstr;

bool names(const Span& span, Fault::Kind kind) {
  return std::ranges::find(span.faults, kind, &Fault::kind) != span.faults.end();
}

std::string faults(const Span& span) {
  std::string text;
  for (const auto& fault : span.faults) text += fault.text + "\n";
  return text;
}

/// Off by at most two hundredths of the truth.
void expect_right(const Span& span, Joules truth) {
  ASSERT_TRUE(span.energy) << faults(span);
  EXPECT_NEAR(span.energy->value(), truth.value(), 0.02 * truth.value()) << faults(span);
}

Trace counter_log(const Load& load, Seconds update, Seconds asked, Joules start,
                  std::optional<Joules> range) {
  Trace trace{Rail{.label = "package-0", .period = update, .range = range, .most = Watts{1000}}};
  for (Seconds time = asked; time <= load.end(); time += asked) {
    const auto updated = update * std::floor(time / update);
    auto value = (start + load.energy(Seconds{0}, updated)).value();
    if (range) value = std::fmod(value, range->value());
    trace.add(Reading{time, Joules{value}});
  }
  return trace;
}

TEST(Trace, IntegratesANoisyPower) {
  const auto load = burst();
  const auto trace = power_log(load, Seconds{0.02}, Seconds{0.02}, 0.2, Rail{.label = "VDD_IN"});
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  expect_right(span, Joules{2 * 0.2 + 10 * 5});  // 0.2 s of idling around 5 s of work
  EXPECT_GT(span.distinct, 200U);
  EXPECT_TRUE(span.faults.empty()) << faults(span);
}

TEST(Trace, TellsTheWholeEnergyOfABurstThatASlowSensorSmears) {
  // 20 W idle, 300 W for 0.3 s, the sensor the mean of the last second: it never shows more than 104 W.
  const Load load{{{Seconds{3}, Watts{20}}, {Seconds{3.3}, Watts{300}}, {Seconds{6}, Watts{20}}}};
  const auto trace = power_log(load, Seconds{0.1}, Seconds{1}, 0.0, Rail{.label = "GPU 0", .repeats = false});
  const auto span = trace.energy(Seconds{2.8}, Seconds{4.6});
  ASSERT_TRUE(span.energy);
  EXPECT_NEAR(span.energy->value() - 20 * 1.5, 90.0, 0.02 * 90.0);
}

TEST(Trace, CountsANewValueOnceHoweverOftenItIsAsked) {
  const auto load = burst();
  Trace trace{Rail{.label = "VDD_IN", .period = Seconds{0.1}}};
  for (int i = 1; i <= 1000; ++i) {
    const Seconds time{0.011 * i};
    trace.add(Reading{time, Watts{5.0 + std::floor(time / Seconds{0.1})}});
  }
  EXPECT_NEAR(static_cast<double>(trace.energy(Seconds{2}, Seconds{7}).distinct), 50.0, 1.0);
}

TEST(Trace, ReadsACounterBetweenItsSteps) {
  const auto load = burst();
  const auto trace = counter_log(load, Seconds{0.1}, Seconds{0.013}, Joules{5000}, Joules{262143.328850});
  const auto span = trace.energy(Seconds{2.8}, Seconds{8.2});
  expect_right(span, Joules{2 * 0.4 + 10 * 5});
  EXPECT_NEAR(static_cast<double>(span.distinct), 54.0, 1.0);
  EXPECT_TRUE(span.faults.empty()) << faults(span);
}

TEST(Trace, MendsACounterThatWraps) {
  const auto load = burst();
  const auto trace =
      counter_log(load, Seconds{0.05}, Seconds{0.05}, Joules{262143.328850 - 30.0}, Joules{262143.328850});
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  expect_right(span, Joules{2 * 0.2 + 10 * 5});
  EXPECT_TRUE(names(span, Fault::Kind::wrapped));
}

TEST(Trace, HoldsTheWrapThatPowerJoularReported) {
  // joular/powerjoular#45: 262100000000 -> 56671150 uJ in 10 s, of a range of 262143328850.
  Trace trace{Rail{.label = "package-0", .range = Joules{262143.328850}}};
  trace.add(Reading{Seconds{0}, Joules{262100.0}});
  trace.add(Reading{Seconds{10}, Joules{56.671150}});
  const auto span = trace.energy(Seconds{0}, Seconds{10});
  ASSERT_TRUE(span.energy);
  EXPECT_NEAR(span.energy->value(), 100.0, 1e-6);
}

TEST(Trace, SaysThatACounterMayHaveWrappedTwice) {
  // Asked every 2000 s at 300 W: 600 kJ are more than twice the range.
  Trace trace{Rail{.label = "package-0", .range = Joules{262143.328850}, .most = Watts{1000}}};
  for (int i = 0; i < 4; ++i)
    trace.add(Reading{Seconds{2000.0 * i}, Joules{std::fmod(600e3 * i, 262143.328850)}});
  const auto span = trace.energy(Seconds{0}, Seconds{6000});
  EXPECT_FALSE(span.energy);
  EXPECT_TRUE(names(span, Fault::Kind::ambiguous));
}

TEST(Trace, NeverCountsAFallWithoutARangeAsNegative) {
  // mlco2/codecarbon#1309: 4000000000 -> 10000 uJ and no max file.
  Trace trace{Rail{.label = "package-0"}};
  for (int i = 0; i <= 100; ++i)
    trace.add(Reading{Seconds{0.1 * i}, Joules{i < 60 ? 3994.0 + 0.1 * i : 0.01 + 0.1 * (i - 60)}});
  const auto span = trace.energy(Seconds{0.0}, Seconds{10.0});
  EXPECT_TRUE(names(span, Fault::Kind::backwards));
  expect_right(span, Joules{10.0});  // 1 W; the step at 6 s is bridged by what came before
}

TEST(Trace, TakesAResetForNoWrap) {
  Trace trace{Rail{.label = "package-0", .range = Joules{262143.328850}}};
  for (int i = 0; i <= 100; ++i) trace.add(Reading{Seconds{0.1 * i}, Joules{i < 60 ? 100.0 + i : 0.5 * i}});
  EXPECT_TRUE(names(trace.energy(Seconds{0}, Seconds{10}), Fault::Kind::backwards));
}

TEST(Trace, DropsAReadingWhoseTimeStampWentBackwards) {
  Trace trace{Rail{.label = "csv", .repeats = false}};
  for (int i = 0; i <= 100; ++i)
    trace.add(Reading{Seconds{0.1 * i - (i == 50 ? 3.0 : 0.0)}, Watts{4.0 + i % 2}});
  const auto span = trace.energy(Seconds{1}, Seconds{9});
  EXPECT_TRUE(names(span, Fault::Kind::backwards));
  expect_right(span, Joules{4.5 * 8});
}

TEST(Trace, BridgesAShortGapAndSaysSo) {
  const auto load = burst();
  const auto keep = [](Seconds time) { return time < Seconds{5} || time > Seconds{5.2}; };
  const auto trace = power_log(load, Seconds{0.02}, Seconds{0.02}, 0.1, Rail{.label = "VDD_IN"}, keep);
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  expect_right(span, Joules{2 * 0.2 + 10 * 5});
  EXPECT_TRUE(names(span, Fault::Kind::gap));
  EXPECT_THAT(faults(span), HasSubstr("VDD_IN: a gap of 2"));
}

TEST(Trace, HasNoEnergyForASpanThatIsMostlyGap) {
  const auto keep = [](Seconds time) { return time < Seconds{4} || time > Seconds{7}; };
  const auto trace = power_log(burst(), Seconds{0.02}, Seconds{0.02}, 0.1, Rail{.label = "VDD_IN"}, keep);
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  EXPECT_FALSE(span.energy);
  EXPECT_TRUE(names(span, Fault::Kind::gap));
}

TEST(Trace, LosesNoEnergyOfACounterThatNobodyAsked) {
  const auto load = burst();
  Trace trace{Rail{.label = "package-0", .period = Seconds{0.05}}};
  for (Seconds time{0.05}; time <= load.end(); time += Seconds{0.05})
    if (time < Seconds{4} || time > Seconds{7}) trace.add(Reading{time, load.energy(Seconds{0}, time)});
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  EXPECT_TRUE(names(span, Fault::Kind::lost));
  EXPECT_TRUE(names(span, Fault::Kind::stuck)) << "3 s without a new value";
}

TEST(Trace, SaysHowManyReadingsAreLost) {
  int count = 0;
  const auto keep = [&](Seconds) { return ++count % 2 == 0; };
  const auto trace =
      power_log(burst(), Seconds{0.02}, Seconds{0.02}, 0.1, Rail{.label = "exec", .repeats = false}, keep);
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  expect_right(span, Joules{2 * 0.2 + 10 * 5});
  EXPECT_TRUE(names(span, Fault::Kind::lost));
  EXPECT_THAT(faults(span), HasSubstr("50 % of its readings are lost"));
}

TEST(Trace, SaysThatASensorStuck) {
  const auto load = burst();
  Random random{3, "stuck"};
  Trace trace{Rail{.label = "VDD_IN", .period = Seconds{0.02}}};
  for (Seconds time{0.02}; time <= load.end(); time += Seconds{0.02})
    trace.add(Reading{time, Watts{time < Seconds{4} ? 9.0 + random.fraction() : 9.5}});
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  EXPECT_FALSE(span.energy);
  EXPECT_TRUE(names(span, Fault::Kind::stuck));
  EXPECT_THAT(faults(span), HasSubstr("stuck, no new value for 7"));
}

TEST(Trace, LetsACoarseSensorStandStillUnderASteadyLoad) {
  // Idling flickers between two codes of the sensor; the load in the middle lies within one.
  const auto load = burst();
  Trace trace{Rail{.label = "VDD_IN", .period = Seconds{0.02}}};
  for (int i = 1; i < 550; ++i) {
    const Seconds time{0.02 * i};
    const bool busy = time > Seconds{3} && time <= Seconds{8};
    trace.add(Reading{time, Watts{busy ? 10.0 : 2.0 + 0.04 * (i % 2)}});
  }
  const auto span = trace.energy(Seconds{2.9}, Seconds{8.1});
  ASSERT_TRUE(span.energy) << faults(span);
  expect_right(span, Joules{2 * 0.2 + 10 * 5});
  EXPECT_TRUE(trace.energy(Seconds{4}, Seconds{7}, LoadIn::steady).energy);
  EXPECT_FALSE(trace.energy(Seconds{4}, Seconds{7}).energy) << "which no change of load would explain";
}

TEST(Trace, SaysThatASensorNeverMoved) {
  for (const auto& value :
       {std::variant<Watts, Joules>{Watts{0.0}}, std::variant<Watts, Joules>{Joules{7.0}}}) {
    Trace trace{Rail{.label = "GPU 0", .period = Seconds{0.02}}};
    for (int i = 0; i < 200; ++i) trace.add(Reading{Seconds{0.02 * i}, value});
    const auto span = trace.energy(Seconds{1}, Seconds{3});
    EXPECT_FALSE(span.energy) << "0 W is no measurement";
    EXPECT_FALSE(span.faults.empty());
  }
}

TEST(Trace, SaysWhyAReadingFailed) {
  auto trace = power_log(burst(), Seconds{0.02}, Seconds{0.02}, 0.1, Rail{.label = "GPU 0"});
  Trace failing{Rail{.label = "GPU 0", .period = Seconds{0.02}}};
  for (const auto& reading : trace.readings()) {
    if (reading.time < Seconds{5})
      failing.add(reading);
    else
      failing.fail(reading.time, "power: this GPU does not support it");
  }
  const auto span = failing.energy(Seconds{2.9}, Seconds{8.1});
  EXPECT_FALSE(span.energy);
  EXPECT_TRUE(names(span, Fault::Kind::unreadable));
  EXPECT_TRUE(names(span, Fault::Kind::short_));
  EXPECT_THAT(faults(span), HasSubstr("GPU 0: power: this GPU does not support it"));
}

TEST(Trace, CoversNothingWithoutReadings) {
  const Trace trace{Rail{.label = "VDD_IN"}};
  const auto span = trace.energy(Seconds{0}, Seconds{1});
  EXPECT_FALSE(span.energy);
  EXPECT_TRUE(names(span, Fault::Kind::short_));
}

}  // namespace
}  // namespace ns
