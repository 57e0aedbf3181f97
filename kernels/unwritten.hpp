/// Layers that the net knows and no backend runs yet.
#pragma once

#include "net/layer.hpp"

namespace ns {

/// Types that have no kernel.
template <class Layer>
inline constexpr bool unwritten_type =
    std::is_same_v<Layer, Deconv> || std::is_same_v<Layer, Matmul> || std::is_same_v<Layer, Rnn> ||
    std::is_same_v<Layer, Reduce> || std::is_same_v<Layer, Cast> || std::is_same_v<Layer, Crop> ||
    std::is_same_v<Layer, Pad> || std::is_same_v<Layer, Expand> || std::is_same_v<Layer, Tile> ||
    std::is_same_v<Layer, Transpose> || std::is_same_v<Layer, DepthSpace> || std::is_same_v<Layer, Gather> ||
    std::is_same_v<Layer, Scatter> || std::is_same_v<Layer, Resize>;

/// The same, and kinds of types that have one for others.
template <class Layer>
bool is_unwritten(const Layer& layer) {
  if constexpr (std::is_same_v<Layer, Act>) {
    return layer.kind > Act::Kind::power;
  } else if constexpr (std::is_same_v<Layer, Norm>) {
    return layer.kind > Norm::Kind::scale;
  } else if constexpr (std::is_same_v<Layer, Eltwise>) {
    return layer.kind > Eltwise::Kind::min || !layer.with.empty();
  } else if constexpr (std::is_same_v<Layer, Softmax>) {
    return layer.kind != Softmax::Kind::soft;
  } else if constexpr (std::is_same_v<Layer, Argmax>) {
    return layer.smallest || !layer.keep;
  } else {
    return unwritten_type<Layer>;
  }
}

/// unsupported for what no backend runs yet.
inline Result<void> check_written(const LayerParams& params) {
  if (!std::visit([](const auto& layer) { return is_unwritten(layer); }, params)) return {};
  return failure(Errc::unsupported, print(params, 0) + " cannot be run yet");
}

}  // namespace ns
