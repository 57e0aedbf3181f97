/// What to measure next, so that the next fit is better where this one is worst.
#pragma once

#include "core/error.hpp"
#include "net/layer.hpp"
#include "regression/fit.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ns {

/// At most `count` layers as texts, none of them fitted already. First those of `wanted` (the groups of nets
/// that matter) that lie outside of what was profiled, then neighbours of the rows that were predicted worst
/// when left out: the same window, other channels (between a half and 1.2 times as many).
std::vector<std::string> propose(const Fit& fit, std::span<const LayerConfig> wanted, std::size_t count,
                                 std::uint64_t seed);

}  // namespace ns
