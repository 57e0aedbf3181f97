/// What whole nets and crossings of the border cost beyond the sum of layers.
#pragma once

#include "profiler/profile.hpp"
#include "regression/predictor_data.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Nets that are variants of one another have one family: they are left out together and count once.
std::string net_family(std::string_view net);

/// Compares the measured nets of `profiles` with the sums of their groups as `data` predicts them, fits the
/// correction on all and, for each family, on the others. Nets with a layer that has no model are left out,
/// with a warning.
void fit_nets(std::span<const Profile> profiles, PredictorData& data, std::vector<std::string>& warnings);

/// Base and slope of copies over the border; both 0 where none were measured.
void fit_boundary(std::span<const Profile> profiles, PredictorData& data);

}  // namespace ns
