/// The family that validates best for one quantity of one type of layer.
#pragma once

#include "regression/fit.hpp"

#include <span>
#include <string>
#include <vector>

namespace ns {

struct ChosenFit {
  QuantityModel model;
  QuantityFit report;
};

/// Cross-validates every variant on `rows`, whose texts are `layers`, and fits the best of them to all rows
/// but outliers. Precondition: at least one row.
Result<ChosenFit> choose_fit(std::span<const Observation> rows, std::span<const std::string> layers,
                             Target target, const FitOptions& options);

}  // namespace ns
