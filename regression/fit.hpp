/// Profiles in, predictor out: the arrow of ns-fit.
#pragma once

#include "profiler/profile.hpp"
#include "regression/dataset.hpp"
#include "regression/families.hpp"
#include "regression/predictor_data.hpp"
#include "regression/validation.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

struct FitOptions {
  std::uint64_t seed = 1;
  std::size_t folds = 5;
  std::optional<std::string> family;  // only this one, where it can be fitted; the best otherwise
};

/// A family's cross-validated errors on one quantity of one type.
struct FamilyErrors {
  std::string family;
  std::string form;  // which of the family's forms validated better; "" if it has one
  ErrorSummary errors;
};

/// A row and what the chosen family predicted for it without having seen it.
struct LeftOutRow {
  std::string layer;
  double measured = 0.0;
  double predicted = 0.0;
};

struct QuantityFit {
  std::vector<FamilyErrors> families;  // in the order of fit_variants()
  std::string chosen;
  std::vector<LeftOutRow> rows;
  std::vector<LeftOutRow> outliers;  // far off what every other row says: not fitted
};

struct TypeFit {
  std::string type;
  std::size_t rows = 0;
  QuantityFit time;
  std::optional<QuantityFit> power;
  std::vector<std::pair<std::string, std::pair<double, double>>> ranges;  // feature: least and most
};

/// A predictor and what is to be told of it.
struct Fit {
  PredictorData data;
  Fingerprint machine;
  std::vector<TypeFit> types;
  std::size_t merged = 0;
  std::size_t unusable = 0;
  std::size_t unsettled = 0;
  std::vector<std::string> warnings;
};

/// Fits a predictor to `profiles`, all of one device. bad_input if they are of several or hold no usable
/// layer row. `progress` is told each type before its turn.
Result<Fit> fit(std::span<const Profile> profiles, const FitOptions& options,
                const std::function<void(std::string_view type)>& progress = {});

}  // namespace ns
