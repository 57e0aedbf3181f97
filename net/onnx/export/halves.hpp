/// What of a model the two halves of a cut hold.
#pragma once

#include "core/error.hpp"
#include "net/onnx/export/calls.hpp"
#include "net/onnx/export/graph_index.hpp"
#include "net/onnx/infer.hpp"
#include "net/onnx/model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

/// What stands in a half for one node of the flat graph.
enum class Form : std::uint8_t {
  none,   // nothing
  node,   // the node
  value,  // a Constant: its output, which follows from fixed shapes, where what it reads is in the other half
  cast,   // a Cast to an element type that is known, where what only names the type is in the other half
  call,   // the function call that it is the first node of
  inner,  // nothing: a call before it makes it
};

/// Names are the model's.
struct Half {
  std::vector<Form> forms;                 // by index of the model's nodes
  std::vector<std::size_t> inputs;         // of the graph's
  std::vector<std::size_t> outputs;        // of the graph's
  std::set<std::size_t> initializers;      // of the graph's
  std::vector<std::string_view> received;  // of the other half; inputs behind `inputs`
  std::vector<std::string_view> sent;      // to the other half; outputs behind `outputs`, if not among them
};

struct Halves {
  std::optional<Half> head;  // none where no layer runs there
  std::optional<Half> tail;
  std::vector<std::string_view> crossing;  // all that the head sends, in the order in which it is made
  std::vector<std::string_view> shapes;    // of these, those that only tell shapes, because sizes are free
};

/// Parts a flat model. `on_device` holds the side of each node; constant ones (NodeCost::constant) go
/// wherever they are needed, whatever it says of them. A graph's input goes to each half that reads it, one
/// that nobody reads to the head; a result goes to the half that makes it, one that nothing makes at run time
/// to the head. bad_input where the device reads what the server makes.
Result<Halves> part(const Model& model, const Inferred& inferred, const GraphIndex& index, const Calls& calls,
                    const std::vector<bool>& on_device);

}  // namespace ns::onnx
