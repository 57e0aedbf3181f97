/// The families of models and how each is fitted to one quantity of one type of layer.
#pragma once

#include "core/error.hpp"
#include "regression/model.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace ns {

/// One layer and the quantity's value there, above 0.
struct Observation {
  const LayerFacts* layer = nullptr;
  double value = 0.0;
  double time_s = 0.0;  // of a power: of one run while it was measured; 0 if nobody knows
};

std::vector<double> values_of(std::span<const Observation> rows);

enum class Target { time, power };

struct FitContext {
  Target target = Target::time;
  std::uint64_t seed = 1;
};

/// One way to fit. The paper's family has two; the one that validates better speaks for it.
struct FitVariant {
  std::string_view family;
  std::string_view form;   // "" if the family has one form only
  std::size_t least_rows;  // below it the variant is not tried
  Result<Model> (*fit)(std::span<const Observation> rows, const FitContext& context);
  bool of_power = false;  // of power alone, and of rows that have a time
};

std::span<const FitVariant> fit_variants();

}  // namespace ns
