#include "profiler/session.hpp"

#include "core/file.hpp"
#include "net/net.hpp"
#include "scripted.hpp"
#include "temporary_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

/// A bench with a scripted backend and a profile in a folder of its own.
class Session : public testing::Test {
 protected:
  Result<Tally> run(const std::vector<Job>& jobs, const SessionLimits& limits = {}) {
    auto writer = ProfileWriter::open(path, ProfileHeader{});
    if (!writer) return tl::unexpected{writer.error()};
    Bench bench{backend, &reference, 1, policy, time.clock()};
    return run_session(bench, jobs, *writer, limits, progress);
  }
  /// What the file holds now; stays until the next call.
  const std::vector<ProfileRow>& rows() {
    auto profile = read_profile(path);
    EXPECT_TRUE(profile) << profile.error().message;
    if (profile) rows_ = std::move(profile->rows);
    return rows_;
  }

  static std::vector<Job> relu_jobs(std::int64_t count) {
    std::vector<Job> jobs;
    for (std::int64_t width = 1; width <= count; ++width)
      jobs.push_back(layer_job(LayerConfig{Act{}, {}, {TensorType{Shape{1, width}}}}, "sweep", {}, true));
    return jobs;
  }

  TemporaryFolder folder;
  std::string path = folder.file("p.jsonl");
  ScriptedTime time;
  ScriptedBackend backend{time};
  ScriptedBackend reference{time};
  MeasurePolicy policy;
  Progress progress;

 private:
  std::vector<ProfileRow> rows_;
};

TEST_F(Session, AppendsOneRowPerJob) {
  const auto tally = run(relu_jobs(3));
  ASSERT_TRUE(tally) << tally.error().message;
  EXPECT_EQ(tally->measured, 3U);
  EXPECT_EQ(tally->unsettled, 0U);
  ASSERT_THAT(rows(), SizeIs(3));
  const auto row = std::get<LayerRow>(rows().front());
  EXPECT_EQ(row.layer, "act:relu@1x1");
  EXPECT_EQ(row.status, RowStatus::ok);
  EXPECT_EQ(row.timing.median, Seconds{1e-3});
  EXPECT_THAT(row.timing.samples, SizeIs(10));
  EXPECT_EQ(row.implementation, "script");
  EXPECT_EQ(row.origin, "sweep");
}

TEST_F(Session, ResumesWithoutLosingOrDoublingARow) {
  const auto jobs = relu_jobs(10);
  ASSERT_TRUE(run({jobs.begin(), jobs.begin() + 4}));
  const auto tally = run(jobs);
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->kept, 4U);
  EXPECT_EQ(tally->measured, 6U);
  std::vector<std::string> keys;
  for (const auto& row : rows()) keys.push_back(key(row));
  std::vector<std::string> expected;
  for (const auto& job : jobs) expected.push_back(job.key);
  EXPECT_EQ(keys, expected);
}

TEST_F(Session, OneBadRowEndsNothing) {
  backend.can = [](const LayerConfig& layer) -> Result<void> {
    if (layer.inputs.front().shape[1] == 1) return failure(Errc::unsupported, "no kernel for one value");
    return {};
  };
  backend.prepares = [](const Net& net) -> Result<void> {
    if (net.tensors[net.inputs.front()].type.shape[1] == 2) return failure(Errc::no_device, "out of memory");
    return {};
  };
  const auto tally = run(relu_jobs(3));
  ASSERT_TRUE(tally);
  EXPECT_THAT(tally->by_status, ElementsAre(1U, 1U, 1U, 0U));
  EXPECT_EQ(status_of(rows()[0]), RowStatus::skipped);
  EXPECT_EQ(std::get<LayerRow>(rows()[0]).reason, "no kernel for one value");
  EXPECT_EQ(status_of(rows()[1]), RowStatus::failed);
  EXPECT_EQ(status_of(rows()[2]), RowStatus::ok);
}

TEST_F(Session, DoesNotTimeWhatComputesSomethingElse) {
  backend.value = 3.0F;
  const auto tally = run(relu_jobs(1));
  ASSERT_TRUE(tally);
  const auto row = std::get<LayerRow>(rows().front());
  EXPECT_EQ(row.status, RowStatus::wrong);
  EXPECT_THAT(row.reason, HasSubstr("value 0 is 3 and should be 1"));
  EXPECT_THAT(row.timing.samples, SizeIs(0));
  EXPECT_FALSE(row.timing.median);
}

TEST_F(Session, BeginsNoJobAfterTheTimeLimit) {
  // Each relu takes 12 runs of a millisecond: the third begins at 24 ms.
  const auto tally = run(relu_jobs(5), {.time = Seconds{0.03}, .stop = {}});
  ASSERT_TRUE(tally);
  EXPECT_EQ(tally->measured, 3U);
  EXPECT_EQ(tally->left, 2U);
  EXPECT_FALSE(tally->interrupted);
}

TEST_F(Session, StopsWhenAskedAndKeepsItsRows) {
  int asked = 0;
  const auto tally = run(relu_jobs(5), {.time = {}, .stop = [&] { return ++asked > 2; }});
  ASSERT_TRUE(tally);
  EXPECT_TRUE(tally->interrupted);
  EXPECT_EQ(tally->left, 3U);
  EXPECT_THAT(rows(), SizeIs(2));
}

TEST_F(Session, TellsTheTimeLeftByThePaceSoFar) {
  std::vector<Seconds> left;
  progress = [&](const Job&, std::size_t, std::size_t, Seconds remaining) { left.push_back(remaining); };
  ASSERT_TRUE(run(relu_jobs(4)));
  ASSERT_THAT(left, SizeIs(4));
  EXPECT_NEAR(left[1].count(), 3 * 0.012, 1e-3);
  EXPECT_NEAR(left[3].count(), 0.012, 1e-3);
}

Net small_net() {
  NetBuilder builder{"small"};
  EXPECT_TRUE(builder.add_input("x", TensorType{Shape{1, 3, 8, 8}}));
  EXPECT_TRUE(
      builder.add_layer("conv1", "conv", *parse_params("conv:filters=4,kernel=3", 2), {"x"}, {"conv1"}));
  EXPECT_TRUE(builder.add_layer("relu1", "act", Act{}, {"conv1"}, {"relu1"}));
  EXPECT_TRUE(builder.add_layer("fc1", "fc", *parse_params("fc:features=5", 2), {"relu1"}, {"fc1"}));
  return *std::move(builder).finish();
}

TEST_F(Session, MeasuresANetItsGroupsAndItsPauses) {
  const std::vector<std::string> rules{"conv+act:relu"};
  backend.fusion = *FusionRules::parse(rules);
  const auto net = std::make_shared<const Net>(fold(small_net()));
  auto jobs = net_jobs(net, backend.fusion, policy, true);
  for (auto& job : idle_jobs(net, policy)) jobs.push_back(std::move(job));
  int prepared = 0;
  backend.prepares = [&](const Net& made) {
    if (made.name == "small") ++prepared;
    return Result<void>{};
  };
  const auto tally = run(jobs);
  ASSERT_TRUE(tally) << tally.error().message;
  EXPECT_EQ(prepared, 1) << "its plan serves the pauses too";
  const auto& all = rows();
  ASSERT_THAT(all, SizeIs(1 + 2 + 4));
  const auto& row = std::get<NetRow>(all[0]);
  EXPECT_EQ(row.net, "small");
  EXPECT_EQ(row.hash, hash(*net));
  ASSERT_THAT(row.groups, SizeIs(2));
  EXPECT_THAT(row.groups[0].layers, ElementsAre("conv1", "relu1"));
  EXPECT_EQ(row.groups[0].config, "conv:filters=4,kernel=3+act:relu@1x3x8x8");
  EXPECT_EQ(row.groups[0].time, Seconds{1e-3});
  EXPECT_EQ(row.cold.median, Seconds{2e-3});
  EXPECT_EQ(row.warm.median, Seconds{2e-3});
  EXPECT_EQ(std::get<LayerRow>(all[1]).layer, row.groups[0].config);
  EXPECT_EQ(std::get<LayerRow>(all[1]).origin, "small");
  EXPECT_EQ(std::get<IdleRow>(all[6]).pause, Seconds{1.0});
  EXPECT_EQ(std::get<IdleRow>(all[6]).power, std::nullopt);
  EXPECT_THAT(net_gaps(all), SizeIs(0)) << "two groups of a millisecond are the net's two";
}

TEST_F(Session, MeasuresTheBorderBothWaysFromAKilobyteToSixteenMegabytes) {
  ASSERT_TRUE(run(boundary_jobs(policy)));
  double smallest = 1e12;
  double largest = 0.0;
  int exports = 0;
  for (const auto& row : rows()) {
    const auto& copy = std::get<BoundaryRow>(row);
    smallest = std::min(smallest, copy.size.value());
    largest = std::max(largest, copy.size.value());
    exports += copy.direction == "export" ? 1 : 0;
    EXPECT_EQ(copy.timing.median, Seconds{2e-5});
  }
  EXPECT_EQ(smallest, 1024.0);
  EXPECT_EQ(largest, 16777216.0);
  EXPECT_EQ(static_cast<std::size_t>(2 * exports), rows().size());
}

LayerRow alone(const std::string& layer, double seconds) {
  LayerRow row{.layer = layer};
  row.timing.median = Seconds{seconds};
  return row;
}

TEST(NetGaps, NamesTheGroupThatDiffersMost) {
  NetRow net{.net = "a"};
  net.cold.median = Seconds{10e-3};
  net.groups = {GroupTime{{"r1"}, "act:relu@1x1", Seconds{4e-3}},
                GroupTime{{"r2"}, "act:relu@1x2", Seconds{6e-3}},
                GroupTime{{"flat"}, "reshape:extents=1x2@2x1", Seconds{0}}};
  const std::vector<ProfileRow> rows{net, alone("act:relu@1x1", 4.1e-3), alone("act:relu@1x2", 7e-3)};
  const auto gaps = net_gaps(rows);
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].worst, "act:relu@1x2");
  EXPECT_DOUBLE_EQ(gaps[0].sum.count(), 11.1e-3);
  EXPECT_EQ(gaps[0].in_place, Seconds{6e-3});
  EXPECT_EQ(gaps[0].alone, Seconds{7e-3});
}

TEST(NetGaps, KeepsQuietWithinFivePercentOrFiveMicrosecondsOrWithoutAllGroups) {
  NetRow net{.net = "a"};
  net.cold.median = Seconds{10e-6};
  net.groups = {GroupTime{{"r"}, "act:relu@1x1", Seconds{10e-6}}};
  const auto gaps_with = [&](double whole, double part) {
    net.cold.median = Seconds{whole};
    const std::vector<ProfileRow> rows{net, alone("act:relu@1x1", part)};
    return net_gaps(rows).size();
  };
  EXPECT_EQ(gaps_with(10e-6, 14e-6), 0U);
  EXPECT_EQ(gaps_with(10e-6, 16e-6), 1U);
  EXPECT_EQ(gaps_with(1.0, 1.04), 0U);
  EXPECT_EQ(gaps_with(1.0, 0.94), 1U);
  const std::vector<ProfileRow> incomplete{net};
  EXPECT_EQ(net_gaps(incomplete).size(), 0U);
}

}  // namespace
}  // namespace ns
