/// What no backend that carries every value as float32 runs, and why.
#pragma once

#include "net/layer.hpp"

namespace ns {

/// unsupported for an opaque operator, and for element types that a layer is not computed in. float32 is
/// exact for booleans and for integers up to 2^24, so layers that move, pick or compare elements take those,
/// too.
Result<void> check_runnable(const LayerConfig& layer);

}  // namespace ns
