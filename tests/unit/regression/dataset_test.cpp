#include "regression/dataset.hpp"

#include "synthetic.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

const std::string layer = "fc:features=10@1x20";

Dataset dataset_of(std::vector<ProfileRow> rows) {
  Profile profile = synthetic_profile({}, plain_device, 0.0, 1);
  profile.rows = std::move(rows);
  return collect(std::span{&profile, 1});
}

TEST(Dataset, MergesARepeatedLayerByTheMedian) {
  const auto dataset = dataset_of({measured(layer, 1e-3), measured(layer, 9e-3), measured(layer, 2e-3)});
  ASSERT_EQ(dataset.types.size(), 1U);
  ASSERT_EQ(dataset.types[0].rows.size(), 1U);
  EXPECT_EQ(dataset.types[0].rows[0].time.count(), 2e-3);
  EXPECT_EQ(dataset.merged, 2U);
}

TEST(Dataset, LeavesOutRowsWithoutATimeAndCountsThem) {
  auto failed = measured(layer, 1e-3);
  failed.status = RowStatus::failed;
  auto wrong = measured("fc:features=11@1x20", 1e-3);
  wrong.status = RowStatus::wrong;
  auto disturbed = measured("fc:features=12@1x20", 1e-3);
  disturbed.timing.median.reset();
  const auto dataset = dataset_of({failed, wrong, disturbed, measured("fc:features=13@1x20", 1e-3)});
  ASSERT_EQ(dataset.types.size(), 1U);
  EXPECT_EQ(dataset.types[0].rows.size(), 1U);
  EXPECT_EQ(dataset.unusable, 3U);
}

TEST(Dataset, UsesRowsThatDidNotSettleAndCountsThem) {
  auto unsettled = measured(layer, 1e-3);
  unsettled.timing.settled = false;
  const auto dataset = dataset_of({unsettled});
  EXPECT_EQ(dataset.types.size(), 1U);
  EXPECT_EQ(dataset.unsettled, 1U);
}

TEST(Dataset, TakesNoGroupOfANetForARow) {
  const auto dataset = dataset_of({measured_net("net", {layer}, 1e-3)});
  EXPECT_TRUE(dataset.types.empty());
}

TEST(Dataset, DoesNotDependOnTheOrderOfMeasuring) {
  const auto layers = random_fcs(20, 1);
  std::vector<ProfileRow> rows;
  for (const auto& text : layers) rows.emplace_back(measured(text, 1e-3));
  const std::vector<ProfileRow> reversed{rows.rbegin(), rows.rend()};
  const auto a = dataset_of(rows);
  const auto b = dataset_of(reversed);
  ASSERT_EQ(a.types[0].rows.size(), b.types[0].rows.size());
  for (std::size_t i = 0; i < a.types[0].rows.size(); ++i)
    EXPECT_EQ(a.types[0].rows[i].layer, b.types[0].rows[i].layer);
}

TEST(Dataset, WarnsOfARowThatIsNoLayer) {
  const auto dataset = dataset_of({measured("fc:features=ten@1x20", 1e-3)});
  EXPECT_TRUE(dataset.types.empty());
  EXPECT_EQ(dataset.warnings.size(), 1U);
}

}  // namespace
}  // namespace ns
