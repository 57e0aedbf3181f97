/// The order in which a graph's nodes can run, and names that tell them apart.
#pragma once

#include "core/error.hpp"
#include "net/onnx/model.hpp"

namespace ns::onnx {

/// Sorts the nodes of the graph and of the graphs inside it so that each stands behind what it reads, the
/// file's order kept where it already does. A node reads what its subgraphs take from around them. bad_input
/// as flatten() says (parse.hpp).
Result<void> order(Graph& graph);

/// Gives every node of the graph, not of those inside it, a name of its own.
void name_nodes(Graph& graph);

}  // namespace ns::onnx
