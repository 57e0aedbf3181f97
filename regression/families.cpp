#include "regression/families.hpp"

#include "regression/boosting.hpp"
#include "regression/least_squares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>

namespace ns {
namespace {

std::vector<std::string> names_of(std::span<const Feature> features) {
  std::vector<std::string> names;
  for (const auto& feature : features) names.push_back(feature.name);
  return names;
}

/// Every feature that some row has, in the order in which they first stand.
std::vector<std::string> features_of(std::span<const Observation> rows) {
  std::vector<std::string> names;
  std::set<std::string_view> known;
  for (const auto& row : rows)
    for (const auto& feature : row.layer->features)
      if (known.insert(feature.name).second) names.push_back(feature.name);
  return names;
}

/// The paper's variables, as they are or their logarithms, and a last column of ones.
Matrix variable_table(std::span<const Observation> rows, const VariableModel& model) {
  const auto count = model.variables.size();
  Matrix table{count + 1, {}};
  std::vector<double> variables(count);
  for (const auto& row : rows) {
    pick(row.layer->paper, model.variables, variables);
    for (const auto variable : variables)
      table.values.push_back(model.logarithmic ? std::log(std::max(variable, 1.0)) : variable);
    table.values.push_back(1.0);
  }
  return table;
}

/// Least squares of `targets` on the variables; never below the smallest target.
VariableModel fit_variables(std::span<const Observation> rows, const std::vector<double>& targets,
                            VariableModel model) {
  model.variables = names_of(rows.front().layer->paper);
  auto coefficients = least_squares(variable_table(rows, model), targets);
  model.constant = coefficients.back();
  coefficients.pop_back();
  model.coefficients = std::move(coefficients);
  model.floor = *std::ranges::min_element(targets);
  return model;
}

/// Time from achieved GFLOPS where every layer computes something, else time itself.
Result<Model> fit_paper(std::span<const Observation> rows, const FitContext& context, bool logarithmic) {
  const bool computes =
      std::ranges::all_of(rows, [](const Observation& row) { return row.layer->flops.value() > 0.0; });
  VariableModel model;
  model.logarithmic = logarithmic;
  model.rate = computes && context.target == Target::time;
  if (!model.rate) return fit_variables(rows, values_of(rows), std::move(model));
  std::vector<double> rates;
  for (const auto& row : rows) rates.push_back(row.layer->flops.value() / row.value / 1e9);
  return fit_variables(rows, rates, std::move(model));
}

Result<Model> fit_paper_linear(std::span<const Observation> rows, const FitContext&) {
  return fit_variables(rows, values_of(rows), VariableModel{});
}

/// Adds the combination that fits `rows` to `model`, whose variants are known.
void add_segment(RooflineModel& model, std::string name, std::span<const Observation> rows) {
  Matrix table{RooflineModel::common_terms + model.variants.size(), {}};
  for (const auto& row : rows) {
    const auto terms = model.terms_of(*row.layer);
    table.values.insert(table.values.end(), terms.begin(), terms.end());
  }
  model.segments.push_back({std::move(name), non_negative_relative_fit(table, values_of(rows))});
}

RooflineModel fit_segments(std::span<const Observation> rows) {
  // Fewer rows than this say less of a segment than all rows of the type do.
  constexpr std::size_t least_rows = 12;
  std::map<std::string, std::vector<Observation>> by_segment;
  std::set<std::string> kinds;
  for (const auto& row : rows) {
    by_segment[row.layer->segment].push_back(row);
    if (!row.layer->variant.empty()) kinds.insert(row.layer->variant);
  }
  RooflineModel model;
  model.variants.assign(kinds.begin(), kinds.end());
  add_segment(model, "", rows);
  for (const auto& [name, members] : by_segment)
    if (by_segment.size() > 1 && members.size() >= least_rows) add_segment(model, name, members);
  return model;
}

Result<Model> fit_roofline(std::span<const Observation> rows, const FitContext&) {
  return fit_segments(rows);
}

Result<Model> fit_boosted(std::span<const Observation> rows, const FitContext& context) {
  // A row twice as slow or fast as its like pulls the trees in its direction, but no farther.
  constexpr double farthest = 0.7;
  BoostedModel model;
  model.base = fit_segments(rows);
  model.features = features_of(rows);
  const auto columns = model.features.size();
  std::vector<double> features(rows.size() * columns);
  std::vector<double> targets;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    pick(rows[i].layer->features, model.features, std::span{features}.subspan(i * columns, columns));
    // A base of 0 would have no logarithm; the fit has a constant, so none is that small.
    const auto ratio = std::log(rows[i].value / std::max(model.base.evaluate(*rows[i].layer), 1e-12));
    targets.push_back(std::clamp(ratio, -farthest, farthest));
  }
  BoostingOptions options;
  options.seed = context.seed;
  options.step = tree_step;
  // A few dozen rows teach no more than as many trees; every answer reads two predictors, so their size
  // matters.
  options.trees = std::clamp(static_cast<int>(rows.size()) / 2, 30, 200);
  auto boosted = boost(features, columns, targets, options);
  if (!boosted) return tl::unexpected{std::move(boosted.error())};
  model.forest = boosted->forest.in_steps();
  return Model{std::move(model)};
}

Result<Model> fit_energy(std::span<const Observation> rows, const FitContext&) {
  std::vector<Observation> energies;
  std::vector<Observation> times;
  for (const auto& row : rows) {
    energies.push_back({row.layer, row.value * row.time_s});
    times.push_back({row.layer, row.time_s});
  }
  return Model{EnergyModel{fit_segments(energies), fit_segments(times)}};
}

constexpr std::array variants{
    FitVariant{"paper", "linear", 4,
               [](std::span<const Observation> rows, const FitContext& context) {
                 return fit_paper(rows, context, false);
               }},
    FitVariant{"paper", "logarithmic", 4,
               [](std::span<const Observation> rows, const FitContext& context) {
                 return fit_paper(rows, context, true);
               }},
    FitVariant{"paper-linear", "", 4, fit_paper_linear},
    FitVariant{"roofline", "", 1, fit_roofline},
    FitVariant{"boosted", "", 30, fit_boosted},
    FitVariant{"energy", "", 4, fit_energy, true},
};

}  // namespace

std::vector<double> values_of(std::span<const Observation> rows) {
  std::vector<double> values;
  for (const auto& row : rows) values.push_back(row.value);
  return values;
}

std::span<const FitVariant> fit_variants() { return variants; }

}  // namespace ns
