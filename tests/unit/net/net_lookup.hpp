/// Finding things in a net by name, for tests.
#pragma once

#include "net/net.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ns {

inline LayerId layer_id(const Net& net, const std::string& name) {
  const auto found = std::ranges::find(net.layers, name, &Layer::name);
  if (found == net.layers.end()) throw std::out_of_range("no layer " + name);
  return static_cast<LayerId>(found - net.layers.begin());
}

/// "1x32x16x16": what the layer's first output is.
inline std::string output_of(const Net& net, const std::string& layer) {
  return print(net.tensors[net.layers[layer_id(net, layer)].outputs.at(0)].type);
}

inline double macs_of(const Net& net, const std::string& layer) {
  const auto id = layer_id(net, layer);
  return macs(net.layers[id].params, net.signature(id)).value();
}

inline std::int64_t parameters_of(const Net& net, const std::string& layer) {
  const auto id = layer_id(net, layer);
  return parameters(net.layers[id].params, net.input_types(id));
}

/// The parameters' text form: "conv:filters=20,kernel=5".
inline std::string params_of(const Net& net, const std::string& layer) {
  const auto id = layer_id(net, layer);
  const auto rank = net.tensors[net.layers[id].inputs.at(0)].type.shape.rank();
  return print(net.layers[id].params, rank < 2 ? 0 : rank - 2);
}

}  // namespace ns
