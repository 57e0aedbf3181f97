/// Runs the rules over a whole graph: every tensor's fact, every node's cost.
#pragma once

#include "core/error.hpp"
#include "net/onnx/contents.hpp"
#include "net/onnx/fact.hpp"
#include "net/onnx/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns::onnx {

/// What the user says of free dimensions and scalar inputs.
struct Bindings {
  std::vector<std::pair<std::string, std::int64_t>> dims;                 // --dim batch=4
  std::vector<std::pair<std::string, std::vector<std::int64_t>>> shapes;  // --shape x=1x3x224x224
  std::vector<std::pair<std::string, double>> values;                     // --value steps=4
  bool keep_batch = false;  // batch-like symbols that are not bound stay symbols, and nothing is said of it
};

struct NodeCost {
  double macs = 0.0;
  double flops = 0.0;
  std::int64_t parameters = 0;  // weights that it reads, in its subgraphs too
  std::int64_t parameter_bytes = 0;
  bool constant = false;     // computed before any input is there
  bool opaque = false;       // no rule knows it
  bool lower_bound = false;  // something of its cost is not known
  bool after_data =
      false;  // a tensor whose shape depends on data is among what it is computed from, or is made by it
};

struct Inferred {
  std::unordered_map<std::string, Fact>
      facts;                    // of inputs, initializers and every output of a node of the main graph
  std::vector<NodeCost> costs;  // of the main graph's nodes, in their order
  std::int64_t parameters = 0;  // of the whole file, each weight once (reference: formats, `parameters`)
  std::int64_t parameter_bytes = 0;
  std::vector<std::string> warnings;
  std::vector<std::string>
      missing;  // files of weights that are not there or too short: listings say so, while a Net needs none
};

/// `model` must be flat. Batch-like symbols (batch, N, ...; the first dimension of an input) that are not
/// bound become 1, with a warning; others stay symbols. usage where bindings name nothing, bad_input
/// where they contradict the file or each other; where operators contradict shapes: "node 'Concat_12'
/// (Concat): input 2 is 1x32x33x33, input 1 is 1x64x35x35; they may differ only on axis 1". Declared shapes
/// (value_info, outputs) are used where rules know nothing, and overruled with a warning where they
/// contradict (except Resize by scales, where a declared extent that is 1 off wins).
Result<Inferred> infer(const Model& model, const Contents& contents, const Bindings& bindings);

}  // namespace ns::onnx
