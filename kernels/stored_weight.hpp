/// Weights as backends multiply them.
#pragma once

#include "net/weights.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace ns {

/// Elements from `first` on of weight number `slot` of `layer`: filters that are stored as whole numbers
/// without their zero points and, unless they are multiplied as such, as the real ones that they stand for.
Result<void> read_weight(const Weights& weights, const Net& net, LayerId layer, std::size_t slot,
                         std::int64_t first, std::span<float> values);

/// All of them.
Result<std::vector<float>> read_weight(const Weights& weights, const Net& net, LayerId layer,
                                       std::size_t slot);

}  // namespace ns
