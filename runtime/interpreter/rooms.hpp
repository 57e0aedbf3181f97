/// Nodes that a layer type describes, run by the reference's loops of that type.
#pragma once

#include "core/error.hpp"
#include "net/onnx/node_view.hpp"
#include "runtime/interpreter/datum.hpp"

#include <optional>
#include <span>
#include <vector>

namespace ns {

/// The outputs of a node whose inputs are these values (null where one is left out) and whose outputs have
/// the types `outputs`; nothing where no layer type describes it.
std::optional<std::vector<Datum>> run_in_room(const onnx::Node& node, std::int64_t opset,
                                              std::span<const Datum* const> inputs,
                                              std::span<const onnx::Fact> outputs);

}  // namespace ns
