#include "regression/predictor.hpp"

#include "core/file.hpp"
#include "regression/fit.hpp"
#include "regression/predictor_print.hpp"
#include "synthetic.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <sstream>
#include <string>

namespace ns {
namespace {

/// Convolutions of many channels run three times as fast, as where a library has a kernel for them.
double board_law(const LayerFacts& layer) {
  const auto channels = std::ranges::find(layer.features, "channels", &Feature::name);
  const bool many = channels != layer.features.end() && channels->value > tree_scale(60.0);
  return plain_device(layer) * (many ? 0.3 : 1.0);
}

Profile board_profile() {
  auto layers = random_convolutions(150, 1);
  for (const auto& layer : random_fcs(60, 2)) layers.push_back(layer);
  auto profile = synthetic_profile(layers, board_law, 0.1, 3);
  for (int i = 0; i < 10; ++i) {
    const auto net = random_fcs(4, 50 + static_cast<std::uint64_t>(i));
    double sum = 20e-6;
    for (const auto& layer : net) sum += board_law(facts_of_text(layer));
    profile.rows.emplace_back(measured_net(std::string(1, static_cast<char>('a' + i)), net, sum));
  }
  return profile;
}

struct Board {
  Fit fitted;
  std::string text;
};

const Board& board() {
  static const Board made = [] {
    const auto profile = board_profile();
    auto fitted = fit(std::span{&profile, 1}, {});
    auto text = print_predictor(*fitted, {}, {});
    return Board{std::move(*fitted), std::move(text)};
  }();
  return made;
}

Result<Prediction> ask(std::string_view layer, bool allow_missing = false) {
  static const auto predictor = Predictor::parse(board().text, "board.predictor.json");
  return predictor->predict(*parse_layer(layer), allow_missing);
}

TEST(Predictor, SaysTheSameAfterBeingWrittenAndRead) {
  for (const auto& layer : random_convolutions(100, 77)) {
    const auto direct = predict(board().fitted.data, *parse_layer(layer), false, 0.9);
    const auto read = ask(layer);
    ASSERT_TRUE(direct && read);
    EXPECT_NEAR(read->time / direct->time, 1.0, 1e-5);
    EXPECT_NEAR(*read->high / *direct->high, 1.0, 1e-4);
    EXPECT_EQ(read->outside, direct->outside);
    EXPECT_EQ(read->family, direct->family);
  }
}

TEST(Predictor, KeepsWhatItKnowsOfDeviceAndNets) {
  const auto predictor = Predictor::parse(board().text, "board.predictor.json");
  ASSERT_TRUE(predictor) << predictor.error().message;
  EXPECT_EQ(predictor->device(), "board");
  EXPECT_EQ(predictor->rules().texts(), board().fitted.data.rules.texts());
  EXPECT_EQ(predictor->nets().size(), 10U);
  EXPECT_NEAR(predictor->correction().per_net.count(), board().fitted.data.correction.per_net.count(), 1e-10);
  EXPECT_EQ(predictor->hash().size(), 16U);
}

TEST(Predictor, HasANetIntervalFromNineFamiliesOn) {
  const auto predictor = Predictor::parse(board().text, "board.predictor.json");
  ASSERT_TRUE(predictor);
  ASSERT_EQ(predictor->correction().log_ratios.size(), 10U);
  double worst = 0.0;
  for (const auto ratio : predictor->correction().log_ratios) worst = std::max(worst, std::abs(ratio));
  ASSERT_TRUE(predictor->net_factor(0.9).has_value());
  EXPECT_NEAR(*predictor->net_factor(0.9), std::exp(worst), 1e-9);  // (10 + 1) x 0.9 = 9.9: the 10th of 10
  EXPECT_FALSE(predictor->net_factor(0.95).has_value());
}

TEST(Predictor, CoversLayersDrawnLikeItsSweep) {
  std::mt19937_64 random{9};
  std::normal_distribution<> normal;
  int covered = 0;
  const auto layers = random_convolutions(400, 123);
  for (const auto& layer : layers) {
    const auto time = board_law(facts_of_text(layer)) * std::exp(0.1 * normal(random));
    const auto prediction = ask(layer);
    ASSERT_TRUE(prediction && prediction->low && prediction->high);
    covered += prediction->low->count() <= time && time <= prediction->high->count() ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(covered) / static_cast<double>(layers.size()), 0.9, 0.06);
}

TEST(Predictor, TellsGroupsThatWereNeverProfiledThoughEveryNumberIsInRange) {
  const auto dense = ask("conv:filters=100,kernel=3@1x100x20x20");
  const auto grouped = ask("conv:filters=100,kernel=3,groups=2@1x100x20x20");
  ASSERT_TRUE(dense && grouped);
  EXPECT_EQ(dense->outside, "");
  EXPECT_NE(grouped->outside.find("grouped"), std::string::npos) << grouped->outside;
}

TEST(Predictor, TellsAnEpilogueThatWasNeverProfiled) {
  const auto prediction = ask("conv:filters=100,kernel=3+act:tanh@1x100x20x20");
  ASSERT_TRUE(prediction);
  EXPECT_NE(prediction->outside.find("act:tanh"), std::string::npos);
}

TEST(Predictor, TellsALayerFarLargerThanAllProfiled) {
  const auto prediction = ask("conv:filters=4000,kernel=3@1x4000x500x500");
  ASSERT_TRUE(prediction);
  EXPECT_NE(prediction->outside, "");
}

TEST(Predictor, CountsNothingForLayersThatRunNothing) {
  const auto prediction = ask("reshape:extents=0x-1@1x8x2x2");
  ASSERT_TRUE(prediction);
  EXPECT_EQ(prediction->time.count(), 0.0);
  EXPECT_EQ(prediction->family, "free");
}

TEST(Predictor, FailsWithoutAModelUnlessAFloorIsAllowed) {
  const auto missing = ask("softmax@1x1000");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::no_model);
  EXPECT_NE(missing.error().message.find("softmax"), std::string::npos);
  EXPECT_NE(missing.error().message.find("; profile some"), std::string::npos);
  const auto floor = ask("softmax@1x1000", true);
  ASSERT_TRUE(floor);
  EXPECT_EQ(floor->family, "floor");
  EXPECT_GT(floor->time.count(), 0.0);
}

TEST(PredictorFile, NamesTheSchemaThatItCannotRead) {
  auto text = board().text;
  text.replace(text.find("ns.predictor/1"), 14, "ns.predictor/9");
  const auto predictor = Predictor::parse(text, "old.json");
  ASSERT_FALSE(predictor);
  EXPECT_EQ(predictor.error().code, Errc::bad_input);
  EXPECT_NE(predictor.error().message.find("ns.predictor/9"), std::string::npos);
  EXPECT_NE(predictor.error().message.find("old.json"), std::string::npos);
}

TEST(PredictorFile, IsRefusedWhereverItIsCutOff) {
  const auto& text = board().text;
  for (std::size_t length = 0; length + 3 < text.size(); length += 1 + text.size() / 40) {
    const auto predictor = Predictor::parse(std::string_view{text}.substr(0, length), "cut.json");
    ASSERT_FALSE(predictor) << length;
    EXPECT_EQ(predictor.error().code, Errc::bad_input);
  }
}

/// The board's predictor with the first `from` replaced.
Result<Predictor> changed(std::string_view from, std::string_view to) {
  auto text = board().text;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  text.replace(at, from.size(), to);
  return Predictor::parse(text, "changed.json");
}

TEST(PredictorFile, IsRefusedWithNumbersThatCannotBe) {
  EXPECT_FALSE(changed("\"least\":", "\"least\":-"));
  EXPECT_FALSE(changed("\"least\":", "\"least\":null,\"was\":"));
  EXPECT_FALSE(changed("\"per_net_s\":", "\"per_net_s\":-1,\"was\":"));
  EXPECT_FALSE(changed("\"limit\":", "\"limit\":1e999,\"was\":"));
  EXPECT_FALSE(changed("\"residuals\":\"", "\"residuals\":\"nan "));
  EXPECT_FALSE(changed("\"residuals\":\"", "\"residuals\":\"x "));
  EXPECT_FALSE(changed("\"scales\":[", "\"scales\":[0,"));
  EXPECT_FALSE(changed("\"points\":\"", "\"points\":\"1e9 "));
  EXPECT_FALSE(changed("\"splits\":\"", "\"splits\":\"1000000 "));
  EXPECT_FALSE(changed("\"segments\":[{", "\"segments\":[],\"was\":[{"));
  EXPECT_FALSE(changed("\"splits\":\"", "\"splits\":\"0 "));
  EXPECT_FALSE(changed("\"family\":\"boosted\"", "\"family\":\"guessed\""));
}

TEST(PredictorFile, IsReadForSomeTypesAlone) {
  const auto path = std::filesystem::path{testing::TempDir()} / "some_types.predictor.json";
  ASSERT_TRUE(write_file(path, board().text));
  constexpr std::array<std::string_view, 1> types{"fc"};
  const auto predictor = Predictor::load(path, types);
  ASSERT_TRUE(predictor) << predictor.error().message;
  EXPECT_TRUE(predictor->predict(*parse_layer("fc:features=10@1x20")));
  EXPECT_EQ(predictor->predict(*parse_layer("conv:filters=8,kernel=3@1x8x14x14")).error().code,
            Errc::no_model);
}

TEST(PredictorFile, IsReadWithListsAsArraysToo) {
  EXPECT_TRUE(changed("\"residuals\":\"", "\"residuals\":[0.1, 0.2],\"was\":\""));
}

/// The list that stands behind the first `"key":"` of `text`.
std::vector<double> numbers_behind(const std::string& text, std::string_view key) {
  const auto first = text.find(fmt::format("\"{}\":\"", key)) + key.size() + 4;
  std::istringstream list{text.substr(first, text.find('"', first) - first)};
  return {std::istream_iterator<double>{list}, {}};
}

TEST(PredictorFile, IsReadWithTheFirstVersionsTrees) {
  auto text = board().text;
  const auto thresholds = numbers_behind(text, "thresholds");
  const auto leaves = numbers_behind(text, "leaves");
  std::string values;
  std::size_t leaf = 0;
  std::size_t inner = 0;
  for (const auto split : numbers_behind(text, "splits"))
    values += fmt::format(" {}", split < 0.0 ? leaves[leaf++] / 10000.0 : thresholds[inner++] / 2048.0);
  ASSERT_EQ(leaf, leaves.size());
  text.replace(text.find("\"thresholds\":"), 13, fmt::format("\"values\":\"{}\",\"was\":", values.substr(1)));
  const auto first_version = Predictor::parse(text, "board.json");
  ASSERT_TRUE(first_version) << first_version.error().message;
  for (const auto& layer : random_convolutions(20, 78))
    EXPECT_EQ(first_version->predict(*parse_layer(layer))->time, ask(layer)->time) << layer;
}

TEST(PredictorFile, IsRefusedWithALeafTooFew) {
  const auto predictor = changed("\"leaves\":\"", "\"leaves\":\"1 ");
  ASSERT_FALSE(predictor);
  EXPECT_NE(predictor.error().message.find("one threshold for each split"), std::string::npos);
}

TEST(PredictorFile, IsReadWithKeysThatItDoesNotKnow) {
  EXPECT_TRUE(changed("\"device\":", "\"new\":{\"a\":[1,2]},\"device\":"));
}

TEST(PredictorFile, FailsWithTheMissingKeysName) {
  const auto predictor = changed("\"floor\":", "\"flour\":");
  ASSERT_FALSE(predictor);
  EXPECT_NE(predictor.error().message.find("floor"), std::string::npos);
}

TEST(PredictorFile, SurvivesAnyFlippedCharacter) {
  std::mt19937_64 random{1};
  for (int trial = 0; trial < 300; ++trial) {
    auto text = board().text;
    for (int i = 0; i < 3; ++i) text[random() % text.size()] = "0-e}],\"x"[random() % 8];
    const auto predictor = Predictor::parse(text, "flipped.json");
    if (!predictor) continue;
    const auto prediction = predictor->predict(*parse_layer("conv:filters=100,kernel=3@1x100x20x20"), true);
    if (!prediction) continue;
    EXPECT_TRUE(std::isfinite(prediction->time.count()));
    EXPECT_GE(prediction->time.count(), 0.0);
  }
}

TEST(PredictorFile, StaysSmall) { EXPECT_LT(board().text.size(), 700'000U); }

}  // namespace
}  // namespace ns
