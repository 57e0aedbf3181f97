/// What predictor.json holds, as it is read and as it is written.
#pragma once

#include "core/json.hpp"
#include "regression/model.hpp"
#include "regression/neighbours.hpp"
#include "regression/predictor.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// The family that validated best for one quantity of one type, and how far off it was.
struct QuantityModel {
  std::string family;
  Model model;
  double least = 0.0;             // the smallest value measured; no prediction is below it
  std::vector<double> residuals;  // |ln(measured / predicted)| of rows left out, ascending
};

/// All that is known of one type of layer.
struct TypeModels {
  std::string type;
  std::vector<std::string> categories;  // profiled ones, in order
  std::vector<std::string> epilogues;   // likewise; "" is the bare layer
  Neighbours neighbours;
  QuantityModel time;
  std::optional<QuantityModel> power;
  std::vector<double>
      energy_residuals;  // |ln(measured / predicted)| of power x time of rows left out, ascending
};

/// What a layer takes at least: stands in for a missing model.
struct Floor {
  double seconds_per_byte = 0.0;
  double seconds_per_flop = 0.0;

  /// Memory traffic or arithmetic, whichever takes longer.
  [[nodiscard]] Seconds of(Bytes traffic, Flops flops) const {
    return Seconds{std::max(seconds_per_byte * traffic.value(), seconds_per_flop * flops.value())};
  }
};

struct PredictorData {
  std::string device;
  std::string backend;
  std::string hash;
  FusionRules rules;
  std::vector<TypeModels> types;
  NetCorrection correction;
  std::vector<CalibrationNet> nets;
  BoundaryCost export_cost;
  BoundaryCost import_cost;
  std::optional<PowerSource> power;
  Floor floor;
};

/// From the root of a ns.predictor/1, with the models of `types` alone unless that is empty; errors name the
/// key.
Result<PredictorData> read_predictor_data(const JsonValue& root, std::span<const std::string_view> types);

/// What `data` says of one group.
Result<Prediction> predict(const PredictorData& data, const LayerConfig& layer, bool allow_missing,
                           double level);

}  // namespace ns
