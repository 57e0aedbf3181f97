/// The graph of some of a Net's layers.
#pragma once

#include "core/error.hpp"
#include "net/net.hpp"
#include "net/onnx_writer/graph.hpp"

#include <span>

namespace ns::onnx_writer {

/// Errors as of write_onnx; nothing is read.
Result<Graph> graph_of(const Net& net, std::span<const LayerId> part);

}  // namespace ns::onnx_writer
