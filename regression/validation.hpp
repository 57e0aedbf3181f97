/// How good a fit is, told by rows that it did not see.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ns {

/// Absolute relative errors, |predicted / measured - 1|. Never R2: a few large layers make it look good.
struct ErrorSummary {
  std::size_t rows = 0;
  double mean = 0.0;
  double median = 0.0;
  double p90 = 0.0;
  double within_5 = 0.0;   // share of rows off by at most 5 %
  double within_10 = 0.0;  // and by at most 10 %
};

/// Precondition: as many predictions as measurements, at least one, measurements above 0.
ErrorSummary summarise(std::span<const double> predicted, std::span<const double> measured);

/// Which of `folds` folds each row is left out in: equally large ones, drawn by `seed`.
std::vector<std::size_t> fold_of_rows(std::size_t rows, std::size_t folds, std::uint64_t seed);

}  // namespace ns
