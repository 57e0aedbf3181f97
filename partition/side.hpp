/// One side of a split: what `--device X` or `--server X` means, told apart by the file's schema.
#pragma once

#include "core/error.hpp"
#include "net/net.hpp"
#include "partition/costs.hpp"
#include "partition/predicted_costs.hpp"

#include <span>
#include <string>

namespace ns {

/// What `net` costs on `name`: a device by name or file (its predictor, or the costs file it names), a
/// predictor's file, or a costs file. A device's `time_scale` is applied to either. An interval of another
/// level than `options` asks for is left out, with a warning. usage error for a name that means nothing.
Result<Costs> find_side(const std::string& name, const Net& net, std::span<const std::string> folders,
                        const PredictOptions& options);

}  // namespace ns
