#include "profiler/power_pass.hpp"

#include "kernels/fake/fake.hpp"
#include "kernels/fake/timeline.hpp"
#include "profiler/power_estimate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::HasSubstr;

// 2 MFLOPs at 10 GFLOPS take 200 us, the launch 100 us; 8 kB at 10 GB/s take 0.8 us meanwhile. So
// 0.5 W + (3 W x 200 us + 1 W x 0.8 us) / 300 us.
constexpr std::string_view device = "gflops=10,gbps=10,launch_us=100,idle_w=0.5,compute_w=3,memory_w=1";
constexpr double truth_w = 0.5 + 600.8 / 300.0;
constexpr std::string_view layer = "fc:features=1000@1x1000";

PowerRow measured(const std::vector<std::string>& names, std::string_view settings = device) {
  auto backend = open_fake(settings);
  EXPECT_TRUE(backend);
  std::vector<std::unique_ptr<Meter>> meters;
  for (const auto& name : names) {
    auto meter = open_meter(name, {});
    EXPECT_TRUE(meter) << meter.error().message;
    meters.push_back(std::move(*meter));
  }
  PowerPass pass{**backend, std::move(meters), ThrottleCounters{SystemFiles{"/nowhere"}}, 1, {}};
  return pass.layer(*parse_layer(layer), "sweep");
}

TEST(PowerPass, TellsTheTruePowerByAnyKindOfMeter) {
  for (const auto* meter :
       {"fake", "fake:kind=counter", "fake:kind=counter,range_j=5", "fake:period_ms=1000,noise=0.005",
        "fake:window_ms=1000,period_ms=100", "fake:period_ms=1,noise=0.2"}) {
    const auto row = measured({meter});
    ASSERT_EQ(row.status, RowStatus::ok) << meter << ": " << row.reason;
    ASSERT_TRUE(row.power()) << meter;
    EXPECT_NEAR(row.power()->value(), truth_w, 0.02 * truth_w) << meter;
    EXPECT_NEAR(row.idle().value_or(Watts{}).value(), 0.5, 0.02) << meter;
    EXPECT_NEAR(row.time.value_or(Seconds{}).count(), 300.8e-6 - 0.8e-6, 1e-9) << meter;
    EXPECT_GE(row.meters[0].distinct, 20U) << meter;
    EXPECT_TRUE(row.settled) << meter;
    EXPECT_EQ(row.meters[0].blocks.size(), 8U) << meter;
  }
}

TEST(PowerPass, HasIntervalsThatHoldAsOftenAsTheySay) {
  int inside = 0;
  constexpr int rows = 200;
  for (int seed = 0; seed < rows; ++seed) {
    const auto row = measured({fmt::format("fake:noise=0.3,seed={}", seed)});
    const auto& meter = row.meters.at(0);
    ASSERT_TRUE(meter.low && meter.high);
    inside += meter.low->value() <= truth_w && truth_w <= meter.high->value() ? 1 : 0;
  }
  // Nominal 90 %; two standard deviations of 200 draws are 4.2 %.
  EXPECT_NEAR(inside, 180, 9);
}

TEST(PowerPass, SaysWhatWasWrongWithAMeter) {
  const auto stuck = measured({"fake:fault=stuck"});
  EXPECT_EQ(stuck.status, RowStatus::failed);
  EXPECT_THAT(stuck.reason, HasSubstr("stuck"));
  EXPECT_FALSE(stuck.power());
  const auto wrapped = measured({"fake:kind=counter,range_j=5"});
  EXPECT_THAT(wrapped.meters[0].faults.at(0), HasSubstr("wrapped"));
}

TEST(PowerPass, ListensToSeveralMetersAtOnce) {
  const auto row = measured({"fake", "fake:kind=counter", "fake:fault=stuck"});
  ASSERT_EQ(row.status, RowStatus::ok);
  ASSERT_EQ(row.meters.size(), 3U);
  EXPECT_NEAR(row.meters[1].power.value_or(Watts{}).value(), truth_w, 0.02 * truth_w);
  EXPECT_FALSE(row.meters[2].power);
}

TEST(PowerPass, SkipsWhatTheDeviceCannot) {
  const auto row = measured({"fake"}, "absent=fc");
  EXPECT_EQ(row.status, RowStatus::skipped);
  EXPECT_THAT(row.reason, HasSubstr("no fc"));
}

TEST(PowerPass, TakesPausesForIdling) {
  auto backend = open_fake(device);
  ASSERT_TRUE(backend);
  const auto net = net_of(*parse_layer(layer));
  ASSERT_TRUE(net);
  for (const auto pause : {Seconds{0.0}, Seconds{0.01}}) {
    std::vector<std::unique_ptr<Meter>> meters;
    meters.push_back(std::move(*open_meter("fake:kind=counter", {})));
    PowerPass pass{**backend, std::move(meters), ThrottleCounters{SystemFiles{"/nowhere"}}, 1, {}};
    const auto row = pass.net(*net, pause);
    ASSERT_TRUE(row.power()) << row.reason;
    EXPECT_EQ(row.pause, pause);
    EXPECT_NEAR(row.power()->value(), truth_w, 0.02 * truth_w);
    EXPECT_NEAR(row.time.value_or(Seconds{}).count(), 300e-6, 1e-9);
  }
}

TEST(PowerEstimate, FollowsIdlePowerThatDrifts) {
  // Idle power climbs from 2 W by 0.1 W a second; work adds 8 W between 2 s and 3 s, and 6 s and 7 s.
  MeterFacts facts{.name = "bench", .total = "all", .period = Seconds{0.01}, .window = Seconds{0.01}};
  Trace trace{Rail{.label = "all", .period = Seconds{0.01}}};
  for (int i = 0; i <= 1000; ++i) {
    const auto time = 0.01 * i;
    const bool busy = (time > 2.0 && time <= 3.0) || (time > 6.0 && time <= 7.0);
    trace.add(Reading{Seconds{time}, Watts{2.0 + 0.1 * time + (busy ? 8.0 : 0.0)}});
  }
  const RunBlock first{Seconds{2}, Seconds{3}, Seconds{1}};
  const RunBlock second{Seconds{6}, Seconds{7}, Seconds{1}};
  const auto power = estimate_power(
      facts, {trace}, {{Seconds{0.5}, Seconds{1.5}, {}}, {Seconds{8}, Seconds{9}, {}}, {first, second}});
  ASSERT_EQ(power.blocks.size(), 2U);
  EXPECT_NEAR(power.blocks[0].value(), 2.25 + 8.0, 0.1);
  EXPECT_NEAR(power.blocks[1].value(), 2.65 + 8.0, 0.1);
}

TEST(PowerEstimate, KnowsStudentsDistribution) {
  // Tables of the 95th percentile: 1.895 of seven degrees of freedom, 6.314 of one.
  EXPECT_EQ(student_95(7), 1.895);
  EXPECT_EQ(student_95(1), 6.314);
}

}  // namespace
}  // namespace ns
