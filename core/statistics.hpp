/// Order statistics and errors, each by its textbook definition.
#pragma once

#include <utility>
#include <vector>

namespace ns {

/// The value below which the fraction `p` in [0, 1] of `values` lies, interpolating linearly between order
/// statistics (Hyndman and Fan's type 7); NaN if there are none.
double percentile(std::vector<double> values, double p);

inline double median(std::vector<double> values) { return percentile(std::move(values), 0.5); }

double mean(const std::vector<double>& values);

/// Standard error of the mean (Bessel's correction) divided by the mean; infinite for fewer than two values.
double relative_standard_error(const std::vector<double>& values);

}  // namespace ns
