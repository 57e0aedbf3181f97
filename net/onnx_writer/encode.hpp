/// The messages of onnx.proto, byte for byte, with room left for the values of large tensors.
#pragma once

#include "net/net.hpp"
#include "net/onnx_writer/graph.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns::onnx_writer {

/// Bytes, and behind them the values of an initializer (null: none).
struct Piece {
  std::string bytes;
  const Initializer* values = nullptr;
};

/// Where an initializer's values are in the file of external data.
struct External {
  std::string location;  // the file's name, beside the model
  std::uint64_t offset = 0;
};

/// A model's file in pieces. `external`: by initializer, nothing for those whose values stand in the model.
/// The pieces point into `graph`.
std::vector<Piece> encode_model(const Net& net, const Graph& graph,
                                const std::vector<std::optional<External>>& external);

}  // namespace ns::onnx_writer
