#include "regression/fit_quantity.hpp"

#include "core/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

/// A variant and what it predicts for each row when the row's fold is left out.
struct Candidate {
  const FitVariant* variant = nullptr;
  std::vector<double> predicted;
  ErrorSummary errors;
};

double least_of(std::span<const Observation> rows) {
  return std::ranges::min_element(rows, {}, &Observation::value)->value;
}

/// One fold left out: fits the others, predicts its rows.
Result<void> predict_fold(const FitVariant& variant, std::span<const Observation> rows,
                          std::span<const std::size_t> folds, std::size_t fold, const FitContext& context,
                          std::vector<double>& predicted) {
  std::vector<Observation> others;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (folds[i] != fold) others.push_back(rows[i]);
  const auto model = variant.fit(others, context);
  if (!model) return tl::unexpected{model.error()};
  const auto least = least_of(others);
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (folds[i] == fold) predicted[i] = std::max(evaluate(*model, *rows[i].layer), least);
  return {};
}

/// All variants that the rows suffice for. With a single row nothing can be left out: the model is asked for
/// what it saw, and says nothing of its error.
Result<std::vector<Candidate>> validate(std::span<const Observation> rows, const FitContext& context,
                                        std::size_t fold_count) {
  const auto folds = fold_of_rows(rows.size(), fold_count, context.seed);
  const auto trained = rows.size() - (rows.size() + fold_count - 1) / fold_count;
  const bool has_times = context.target == Target::power &&
                         std::ranges::all_of(rows, [](const Observation& row) { return row.time_s > 0.0; });
  std::vector<Candidate> candidates;
  for (const auto& variant : fit_variants()) {
    if (trained < variant.least_rows || (variant.of_power && !has_times)) continue;
    Candidate candidate{&variant, std::vector<double>(rows.size()), {}};
    for (std::size_t fold = 0; fold < fold_count; ++fold) {
      auto done = predict_fold(variant, rows, folds, fold, context, candidate.predicted);
      if (!done) return tl::unexpected{std::move(done.error())};
    }
    candidate.errors = summarise(candidate.predicted, values_of(rows));
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

/// Of a family with several forms the better one stays.
std::vector<Candidate> best_of_families(std::vector<Candidate> all) {
  std::vector<Candidate> best;
  for (auto& candidate : all) {
    const auto same = std::ranges::find_if(
        best, [&](const Candidate& kept) { return kept.variant->family == candidate.variant->family; });
    if (same == best.end())
      best.push_back(std::move(candidate));
    else if (candidate.errors.mean < same->errors.mean)
      *same = std::move(candidate);
  }
  return best;
}

const Candidate& choose(const std::vector<Candidate>& candidates, const FitOptions& options) {
  if (options.family) {
    const auto wanted = std::ranges::find_if(
        candidates, [&](const Candidate& candidate) { return candidate.variant->family == *options.family; });
    if (wanted != candidates.end()) return *wanted;
  }
  return *std::ranges::min_element(candidates, {}, [](const Candidate& one) { return one.errors.mean; });
}

double log_error(double measured, double predicted) { return std::abs(std::log(measured / predicted)); }

/// Which rows are so far off that a mistake in the measurement is likelier than one in the model: by a factor
/// of three, and by eight times the spread of all rows.
std::vector<bool> outliers_of(std::span<const Observation> rows, const std::vector<double>& predicted) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < rows.size(); ++i) errors.push_back(log_error(rows[i].value, predicted[i]));
  constexpr double to_deviation = 1.4826;  // of a normal distribution's median absolute deviation
  const auto limit = std::max(std::log(3.0), 8.0 * to_deviation * median(errors));
  std::vector<bool> outlier;
  for (const auto error : errors) outlier.push_back(error > limit);
  return outlier;
}

/// With one row there is nothing to validate on; a roofline through it is the most that can be said.
Result<ChosenFit> fit_single(const Observation& row, const std::string& layer, const FitContext& context) {
  const auto variant = std::ranges::find(fit_variants(), 1U, &FitVariant::least_rows);
  const auto model = variant->fit(std::span{&row, 1}, context);
  if (!model) return tl::unexpected{model.error()};
  ChosenFit chosen;
  chosen.model = QuantityModel{std::string{variant->family}, *model, row.value, {}};
  chosen.report.chosen = variant->family;
  chosen.report.rows.push_back({layer, row.value, evaluate(*model, *row.layer)});
  return chosen;
}

}  // namespace

Result<ChosenFit> choose_fit(std::span<const Observation> rows, std::span<const std::string> layers,
                             Target target, const FitOptions& options) {
  const FitContext context{target, options.seed};
  if (rows.size() == 1) return fit_single(rows.front(), layers.front(), context);
  auto all = validate(rows, context, std::min(options.folds, rows.size()));
  if (!all) return tl::unexpected{std::move(all.error())};
  const auto candidates = best_of_families(std::move(*all));
  const auto& best = choose(candidates, options);
  const auto outlier = outliers_of(rows, best.predicted);

  ChosenFit chosen;
  std::vector<Observation> fitted;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const LeftOutRow row{layers[i], rows[i].value, best.predicted[i]};
    chosen.report.rows.push_back(row);
    chosen.model.residuals.push_back(log_error(row.measured, row.predicted));
    if (outlier[i])
      chosen.report.outliers.push_back(row);
    else
      fitted.push_back(rows[i]);
  }
  std::ranges::sort(chosen.model.residuals);
  auto model = best.variant->fit(fitted, context);
  if (!model) return tl::unexpected{std::move(model.error())};
  chosen.model.family = best.variant->family;
  chosen.model.model = std::move(*model);
  chosen.model.least = least_of(fitted);
  chosen.report.chosen = best.variant->family;
  for (const auto& candidate : candidates)
    chosen.report.families.push_back(FamilyErrors{std::string{candidate.variant->family},
                                                  std::string{candidate.variant->form}, candidate.errors});
  return chosen;
}

}  // namespace ns
