#include "regression/boosting.hpp"

#include "core/json.hpp"

#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <memory>
#include <string>
#include <xgboost/c_api.h>

namespace ns {
namespace {

struct FreeMatrix {
  void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
  void operator()(void* handle) const { XGBoosterFree(handle); }
};
using MatrixHandle = std::unique_ptr<void, FreeMatrix>;
using Booster = std::unique_ptr<void, FreeBooster>;

tl::unexpected<Error> xgboost_failure() {
  return failure(Errc::unsupported, fmt::format("XGBoost: {}", XGBGetLastError()));
}

Result<MatrixHandle> make_matrix(std::span<const double> features, std::size_t columns,
                                 std::span<const double> targets) {
  const std::vector<float> values(features.begin(), features.end());
  const std::vector<float> labels(targets.begin(), targets.end());
  DMatrixHandle handle = nullptr;
  // No value is missing: all are finite, and NaN, the mark of a missing one, equals none.
  if (XGDMatrixCreateFromMat(values.data(), targets.size(), columns, std::numeric_limits<float>::quiet_NaN(),
                             &handle) != 0)
    return xgboost_failure();
  MatrixHandle matrix{handle};
  if (XGDMatrixSetFloatInfo(handle, "label", labels.data(), labels.size()) != 0) return xgboost_failure();
  return matrix;
}

Result<Booster> make_booster(const MatrixHandle& matrix, const BoostingOptions& options) {
  const std::vector<std::pair<const char*, std::string>> parameters{
      {"nthread", "1"},
      {"verbosity", "0"},
      {"objective", "reg:squarederror"},
      {"base_score", "0"},
      {"tree_method", "exact"},
      {"max_depth", std::to_string(options.depth)},
      {"eta", fmt::format("{}", options.rate)},
      {"subsample", fmt::format("{}", options.row_share)},
      {"colsample_bytree", fmt::format("{}", options.feature_share)},
      {"min_child_weight", fmt::format("{}", options.least_rows)},
      {"lambda", fmt::format("{}", options.shrinkage)},
      {"seed", fmt::format("{}", options.seed % 2147483647U)},
  };
  BoosterHandle handle = nullptr;
  DMatrixHandle matrices[]{matrix.get()};
  if (XGBoosterCreate(matrices, 1, &handle) != 0) return xgboost_failure();
  Booster booster{handle};
  for (const auto& [name, value] : parameters)
    if (XGBoosterSetParam(handle, name, value.c_str()) != 0) return xgboost_failure();
  return booster;
}

/// Trees as flat rows in pre-order, as Forest wants them.
struct Flat {
  std::vector<double> features;
  std::vector<double> values;
};

/// A threshold that parts the same multiples of `step`, as far as can be from the two next to it.
double between_steps(double threshold, double step) {
  // Dumps hold nine digits, which name one number of single precision.
  const auto exact = static_cast<double>(static_cast<float>(threshold));
  return step > 0.0 ? (std::ceil(exact / step) - 0.5) * step : exact;
}

Result<void> flatten(const JsonValue& node, double step, Flat& flat) {
  if (const auto leaf = node.find("leaf")) {
    const auto value = leaf->number();
    if (!value) return tl::unexpected{value.error()};
    flat.features.push_back(Forest::leaf);
    flat.values.push_back(*value);
    return {};
  }
  const auto split = node.text("split");  // "f12"
  const auto threshold = node.number("split_condition");
  const auto yes = node.integer("yes");
  const auto children = node.elements("children");
  if (!split || split->size() < 2 || !threshold || !yes || !children || children->size() != 2)
    return failure(Errc::unsupported, "XGBoost: dumps trees in a form that this program does not know");
  flat.features.push_back(std::stod(split->substr(1)));
  flat.values.push_back(between_steps(*threshold, step));
  const auto first = (*children)[0].integer("nodeid");
  const bool in_order = first && *first == *yes;
  for (const std::size_t child : {in_order ? 0U : 1U, in_order ? 1U : 0U})
    if (auto done = flatten((*children)[child], step, flat); !done) return done;
  return {};
}

Result<Forest> forest_of(const Booster& booster, std::size_t columns, double step) {
  bst_ulong count = 0;
  const char** texts = nullptr;
  if (XGBoosterDumpModelEx(booster.get(), "", 0, "json", &count, &texts) != 0) return xgboost_failure();
  Flat flat;
  for (bst_ulong i = 0; i < count; ++i) {
    const auto tree = JsonDocument::parse(texts[i], "XGBoost's tree");
    if (!tree) return tl::unexpected{tree.error()};
    if (auto done = flatten(tree->root(), step, flat); !done) return tl::unexpected{std::move(done.error())};
  }
  return Forest::from_preorder(flat.features, flat.values, columns);
}

Result<std::vector<double>> own_prediction(const Booster& booster, const MatrixHandle& matrix) {
  bst_ulong count = 0;
  const float* values = nullptr;
  if (XGBoosterPredict(booster.get(), matrix.get(), 0, 0, 0, &count, &values) != 0) return xgboost_failure();
  return std::vector<double>(values, values + count);
}

}  // namespace

Result<Boosted> boost(std::span<const double> features, std::size_t columns, std::span<const double> targets,
                      const BoostingOptions& options) {
  const auto matrix = make_matrix(features, columns, targets);
  if (!matrix) return tl::unexpected{matrix.error()};
  const auto booster = make_booster(*matrix, options);
  if (!booster) return tl::unexpected{booster.error()};
  for (int round = 0; round < options.trees; ++round)
    if (XGBoosterUpdateOneIter(booster->get(), round, matrix->get()) != 0) return xgboost_failure();
  auto forest = forest_of(*booster, columns, options.step);
  if (!forest) return tl::unexpected{std::move(forest.error())};
  auto fitted = own_prediction(*booster, *matrix);
  if (!fitted) return tl::unexpected{std::move(fitted.error())};
  return Boosted{std::move(*forest), std::move(*fitted)};
}

}  // namespace ns
