#include "regression/validation.hpp"

#include "core/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace ns {
namespace {

double share_within(const std::vector<double>& errors, double limit) {
  const auto count = std::ranges::count_if(errors, [&](double error) { return error <= limit; });
  return static_cast<double>(count) / static_cast<double>(errors.size());
}

}  // namespace

ErrorSummary summarise(std::span<const double> predicted, std::span<const double> measured) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < measured.size(); ++i)
    errors.push_back(std::abs(predicted[i] / measured[i] - 1.0));
  ErrorSummary summary;
  summary.rows = errors.size();
  summary.mean = mean(errors);
  summary.median = median(errors);
  summary.p90 = percentile(errors, 0.9);
  summary.within_5 = share_within(errors, 0.05);
  summary.within_10 = share_within(errors, 0.10);
  return summary;
}

std::vector<std::size_t> fold_of_rows(std::size_t rows, std::size_t folds, std::uint64_t seed) {
  std::vector<std::size_t> fold(rows);
  for (std::size_t i = 0; i < rows; ++i) fold[i] = i % folds;
  // std::shuffle differs between standard libraries; a seed must mean the same everywhere.
  std::mt19937_64 random{seed};
  for (std::size_t i = rows; i > 1; --i) std::swap(fold[i - 1], fold[random() % i]);
  return fold;
}

}  // namespace ns
