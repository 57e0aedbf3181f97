/// States that a loop's body hands from one run to the next, as far as they are the same in all runs.
#pragma once

#include "net/onnx/node_view.hpp"

#include <functional>
#include <vector>

namespace ns::onnx {

struct Fixpoint {
  std::vector<Fact> states;  // what holds before every run, and after the last
  BodyRun run;               // of the body with these
  bool changed = false;      // something of the first states does not hold for all
};

/// Runs `body`, whose first outputs are the next states, until nothing more is lost of what is known of them.
/// `inputs` makes the body's inputs from the states.
Result<Fixpoint> fixpoint(const NodeView& node, const Graph& body, std::vector<Fact> states,
                          const std::function<std::vector<Fact>(const std::vector<Fact>&)>& inputs);

/// `element` once for each run, stacked along a new axis.
Fact stacked(const Fact& element, std::size_t axis, const Extent& runs);

}  // namespace ns::onnx
