#include "profiler/power/recording.hpp"

#include "kernels/fake/timeline.hpp"
#include "profiler/power/polled_meter.hpp"

#include <atomic>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Meters, ArePartedWhereTheNameOfAMeterFollowsAComma) {
  EXPECT_THAT(split_meters("nvml,ina3221:VDD_IN"), ElementsAre("nvml", "ina3221:VDD_IN"));
  EXPECT_THAT(split_meters("exec:cat -a,b log,powercap"), ElementsAre("exec:cat -a,b log", "powercap"));
  EXPECT_THAT(split_meters("fake:noise=0.1,period_ms=5"), ElementsAre("fake:noise=0.1,period_ms=5"));
}

TEST(Meters, NameTheChoicesForAnUnknownOne) {
  const auto opened = open_meter("powrcap", {});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::usage);
  EXPECT_THAT(opened.error().message, HasSubstr("did you mean 'powercap'?"));
}

TEST(Recording, AsksAtTheMetersPaceUntilItEnds) {
  std::atomic<int> asked{0};
  MeterFacts facts{.name = "counted"};
  facts.rails.push_back(Rail{.label = "one"});
  facts.ask_every = Seconds{1e-4};
  PolledMeter meter{
      facts,
      {[&asked]() -> Result<PolledMeter::Value> { return PolledMeter::Value{Watts{1.0 + asked++}}; }},
      steady_clock()};
  Recording recording{meter};
  while (asked < 50) {
  }
  const auto traces = recording.finish();
  ASSERT_EQ(traces.size(), 1U);
  EXPECT_GE(traces[0].readings().size(), 49U) << "the reading before the recording is passed over";
  const auto so_far = asked.load();
  EXPECT_EQ(asked.load(), so_far);
}

/// What a meter tells of five seconds at four watts between idle times, from `before` them to `after` them.
Span heard_of_load(const std::string& settings, Seconds before, Seconds after) {
  auto meter = open_meter(settings, {});
  EXPECT_TRUE(meter) << meter.error().message;
  if (!meter) return {};
  auto& world = fake::timeline();
  Recording recording{**meter};
  world.wait(Seconds{2});
  const auto begin = world.now();
  world.pass(Seconds{5}, Watts{4});
  const auto end = world.now();
  world.wait(Seconds{2});
  return total_energy(recording.finish(), begin - before, end + after);
}

TEST(Recording, HearsWhatTheFakeWorldDid) {
  for (const auto* settings : {"fake:noise=0", "fake:noise=0.05", "fake:kind=counter",
                               "fake:kind=counter,range_j=20", "fake:window_ms=1000,period_ms=100"}) {
    const auto span = heard_of_load(settings, Seconds{0.2}, Seconds{1.2});
    ASSERT_TRUE(span.energy) << settings;
    const auto truth = 4 * 5 + fake::timeline().idle().value() * 1.4;
    EXPECT_NEAR(span.energy->value(), truth, 0.02 * truth) << settings;
  }
}

TEST(Recording, SaysWhatIsWrongWithAFakeSensor) {
  struct Case {
    const char* settings;
    Fault::Kind kind;
  };
  for (const auto& [settings, kind] :
       {Case{"fake:fault=stuck", Fault::Kind::stuck},
        Case{"fake:fault=stuck,kind=counter", Fault::Kind::stuck}, Case{"fake:fault=lost", Fault::Kind::lost},
        Case{"fake:fault=dies", Fault::Kind::unreadable},
        Case{"fake:kind=counter,range_j=8", Fault::Kind::wrapped}}) {
    const auto span = heard_of_load(settings, Seconds{0}, Seconds{0});
    EXPECT_NE(std::ranges::find(span.faults, kind, &Fault::kind), span.faults.end()) << settings;
  }
  EXPECT_FALSE(open_meter("fake:fault=missing", {}));
  EXPECT_FALSE(open_meter("fake:fault=asleep", {}));
  EXPECT_FALSE(open_meter("fake:kind=energy", {}));
}

}  // namespace
}  // namespace ns
