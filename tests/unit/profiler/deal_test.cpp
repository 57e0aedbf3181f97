#include "profiler/deal.hpp"

#include <cmath>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

namespace ns {
namespace {

bool admits_all(const LayerConfig& /*layer*/) { return true; }

std::vector<std::string> texts_of(const std::vector<LayerConfig>& layers) {
  std::vector<std::string> texts;
  for (const auto& layer : layers) texts.push_back(print(layer));
  return texts;
}

std::vector<Sweep> shipped_sweeps() {
  std::vector<Sweep> sweeps;
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator{NS_DATA "/sweeps"})
    paths.push_back(entry.path());
  std::ranges::sort(paths);
  for (const auto& path : paths) {
    auto sweep = read_sweep(path.string());
    EXPECT_TRUE(sweep) << sweep.error().message;
    if (sweep) sweeps.push_back(std::move(*sweep));
  }
  return sweeps;
}

Sweep sweep_of(std::string_view text, const std::string& name) {
  auto sweep = parse_sweep(text, name);
  EXPECT_TRUE(sweep) << sweep.error().message;
  return std::move(*sweep);
}

TEST(Turns, GivesEachPlayerItsShareAtAnyMoment) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    Random random{seed, "test"};
    Turns turns{{9.0, 3.0, 1.0}, random};
    std::array<int, 3> had{};
    for (int turn = 1; turn <= 260; ++turn) {
      ++had.at(*turns.next());
      EXPECT_LT(std::abs(had[0] - turn * 9.0 / 13.0), 2.0);
      EXPECT_LT(std::abs(had[1] - turn * 3.0 / 13.0), 2.0);
      EXPECT_LT(std::abs(had[2] - turn * 1.0 / 13.0), 2.0);
    }
  }
}

TEST(Turns, GoesOnWithoutThoseWhoLeft) {
  Random random{1, "test"};
  Turns turns{{1.0, 1.0}, random};
  turns.leave(0);
  for (int turn = 0; turn < 5; ++turn) EXPECT_EQ(turns.next(), 1U);
  turns.leave(1);
  EXPECT_EQ(turns.next(), std::nullopt);
}

TEST(Deal, IsTheSameForTheSameSeedAlone) {
  const auto sweeps = shipped_sweeps();
  const auto first = texts_of(deal(sweeps, 60, 1, admits_all));
  EXPECT_EQ(first, texts_of(deal(sweeps, 60, 1, admits_all)));
  EXPECT_NE(first, texts_of(deal(sweeps, 60, 2, admits_all)));
}

// A draw that changed would measure other layers after a resume.
TEST(Deal, DrawsTheSameLayersOnEveryMachine) {
  const std::vector<Sweep> sweeps{
      sweep_of("[a]\nn = log 8-1024 by 8, 3-700, 5\nlayer = act:relu@1x{n}", "fixed.sweep")};
  EXPECT_THAT(texts_of(deal(sweeps, 4, 42, admits_all)),
              testing::ElementsAre("act:relu@1x168", "act:relu@1x88", "act:relu@1x37", "act:relu@1x5"));
}

TEST(Deal, OfFewerIsTheBeginningOfMore) {
  const auto sweeps = shipped_sweeps();
  const auto few = texts_of(deal(sweeps, 40, 3, admits_all));
  auto many = texts_of(deal(sweeps, 90, 3, admits_all));
  many.resize(40);
  EXPECT_EQ(few, many);
}

TEST(Deal, ThinsAllTypesAlikeWhereItIsCut) {
  const auto sweeps = shipped_sweeps();
  double rows = 0.0;
  for (const auto& sweep : sweeps) rows += static_cast<double>(sweep.rows);
  for (const std::size_t count : {50U, 200U}) {
    std::map<std::string, double> dealt;
    for (const auto& layer : deal(sweeps, count, 1, admits_all)) ++dealt[std::string{type_of(layer.params)}];
    for (const auto& sweep : sweeps)
      EXPECT_LT(std::abs(dealt[sweep.name] - static_cast<double>(count * sweep.rows) / rows), 2.0)
          << sweep.name;
  }
}

TEST(Deal, HoldsNoLayerTwiceAndEndsWhereRangesDo) {
  const std::vector<Sweep> sweeps{sweep_of("[a]\nn = 1-5, 3\nlayer = act:relu@1x{n}", "a.sweep"),
                                  sweep_of("[a]\nn = 4-8\nlayer = act:relu@1x{n}", "b.sweep")};
  const auto texts = texts_of(deal(sweeps, 100, 1, admits_all));
  EXPECT_EQ(std::set(texts.begin(), texts.end()).size(), 8U);
  EXPECT_EQ(texts.size(), 8U);
}

TEST(Deal, DropsImpossibleLargeAndUnwantedLayers) {
  const std::vector<Sweep> sweeps{sweep_of(R"(
[a]
max_macs = 1000
n = 1-40
tail = none, +act:relu
layer = conv:filters=4,kernel=3{tail}@1x1x{n}x{n}
)",
                                           "a.sweep")};
  const auto unfused = [](const LayerConfig& layer) { return layer.epilogue.empty(); };
  const auto layers = deal(sweeps, 100, 1, unfused);
  // Windows fit from 3 on; (n - 2)^2 x 36 MACs are at most 1000 up to n = 7.
  EXPECT_THAT(texts_of(layers), testing::UnorderedElementsAre(
                                    "conv:filters=4,kernel=3@1x1x3x3", "conv:filters=4,kernel=3@1x1x4x4",
                                    "conv:filters=4,kernel=3@1x1x5x5", "conv:filters=4,kernel=3@1x1x6x6",
                                    "conv:filters=4,kernel=3@1x1x7x7"));
}

TEST(Deal, GivesListedLayersInASeededOrder) {
  const std::vector<Sweep> sweeps{
      sweep_of("act:relu@1x1\nact:relu@1x2\nact:relu@1x3\nact:relu@1x4\nact:relu@1x2\n", "list.sweep")};
  const auto one = texts_of(deal(sweeps, 100, 1, admits_all));
  EXPECT_THAT(one,
              testing::UnorderedElementsAre("act:relu@1x1", "act:relu@1x2", "act:relu@1x3", "act:relu@1x4"));
  std::set<std::vector<std::string>> orders;
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    orders.insert(texts_of(deal(sweeps, 100, seed, admits_all)));
  EXPECT_GT(orders.size(), 5U);
}

TEST(ShippedSweeps, CoverEveryTypeThatTakesTimeAndFillTheirRows) {
  const auto sweeps = shipped_sweeps();
  std::set<std::string> names;
  for (const auto& sweep : sweeps) {
    names.insert(sweep.name);
    const auto layers = deal(std::span{&sweep, 1}, sweep.rows, 1, admits_all);
    EXPECT_EQ(layers.size(), sweep.rows) << sweep.name;
    for (const auto& layer : layers) EXPECT_EQ(type_of(layer.params), sweep.name);
  }
  for (const auto type : layer_types()) {
    const bool takes_time = type != "reshape" && type != "identity" && type != "opaque";
    EXPECT_EQ(names.contains(std::string{type}), takes_time) << type;
  }
}

TEST(ShippedSweeps, HoldWhatNetsUse) {
  const auto sweeps = shipped_sweeps();
  std::map<std::string, int> convolutions;
  double small = 0.0;
  double all = 0.0;
  std::size_t rows = 0;
  for (const auto& sweep : sweeps) rows += sweep.rows;
  for (const auto& layer : deal(sweeps, rows, 1, admits_all)) {
    const auto whole = cost(layer);
    if (type_of(layer.params) != "conv") continue;
    const auto category_text = category(layer.params, whole->tensors);
    ++convolutions[category_text.substr(0, category_text.find_first_of(",: "))];
    ++all;
    if (whole->macs < Macs{200e6}) ++small;
    EXPECT_LE(whole->macs, Macs{2e9});
  }
  EXPECT_GE(all, 800.0);
  EXPECT_GT(small / all, 0.9);
  EXPECT_GT(convolutions["dense"], 400);
  EXPECT_GT(convolutions["depthwise"], 60);
  EXPECT_GT(convolutions["grouped"], 40);
}

}  // namespace
}  // namespace ns
