/// The arrow from a net and a predictor to costs: what ns-predict prints and ns-partition cuts.
#pragma once

#include "net/net.hpp"
#include "partition/costs.hpp"
#include "partition/device.hpp"
#include "regression/predictor.hpp"

namespace ns {

struct PredictOptions {
  bool allow_missing = false;  // a floor stands in where no model covers a layer
  bool fuse = true;            // apply the predictor's fusion rules
  double interval_level = 0.9;
};

/// Groups a folded net by the predictor's rules and predicts each group; the net correction's per-group
/// part is added to each group that runs, its per-net part is the overhead. All times are multiplied by the
/// device's time_scale. Power is the predictor's, else the device's declared busy power; of a modelled device
/// the declared one, else the predictor's. Idle power likewise. Groups name layers
/// of the file (Layer::sources); a group of free layers alone costs nothing. Errors name the layer.
Result<Costs> predict_costs(const Net& folded, const Predictor& predictor, const Device& device,
                            const PredictOptions& options);

}  // namespace ns
