/// Profiles of a device that does not exist: layers drawn by seed, times by a known law and noise.
#pragma once

#include "profiler/profile.hpp"
#include "regression/facts.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

using Law = std::function<double(const LayerFacts&)>;  // seconds

/// The facts of a layer's text form; the text must be right.
LayerFacts facts_of_text(std::string_view text);

/// Distinct layers: dense convolutions of several windows and strides, some with a relu behind them.
std::vector<std::string> random_convolutions(std::size_t count, std::uint64_t seed);
/// Distinct layers: one row or several.
std::vector<std::string> random_fcs(std::size_t count, std::uint64_t seed);

/// A row that took `time`.
LayerRow measured(std::string layer, double time);

/// All layers, each with the law's time multiplied by e^(noise x normal).
Profile synthetic_profile(const std::vector<std::string>& layers, const Law& law, double noise,
                          std::uint64_t seed);

/// A net of these layers, whose own time is `time`.
NetRow measured_net(std::string name, const std::vector<std::string>& layers, double time);

/// A device with 1 us of overhead, 20 GFLOPS and 5 GB/s.
double plain_device(const LayerFacts& layer);

}  // namespace ns
