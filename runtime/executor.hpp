/// A whole net made ready to run on one device.
#pragma once

#include "core/array.hpp"
#include "kernels/backend.hpp"
#include "net/part.hpp"
#include "net/weights.hpp"
#include "runtime/interpreter/interpreter.hpp"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ns {

/// A value under the name of its tensor.
struct NamedDatum {
  std::string name;
  Datum datum;
};

/// A layer that the backend does not run.
struct InterpretedLayer {
  std::string name;
  std::string op;
  std::string why;
};

/// Groups of layers that the backend runs are plans of it; what it does not run (operators without a layer
/// type, element types that it has no kernels for, sizes that depend on data) the interpreter runs node by
/// node in between.
class Executor {
 public:
  /// Of an ONNX model, with its own weights. `file` and `backend` outlive it.
  static Result<std::unique_ptr<Executor>> prepare(onnx::ModelFile& file, Backend& backend);
  /// Of another net. unsupported if the backend cannot run a layer of it.
  static Result<std::unique_ptr<Executor>> prepare(const Net& net, const Weights& weights, Backend& backend);

  /// What run() expects, in this order.
  [[nodiscard]] const std::vector<std::string>& input_names() const { return input_names_; }
  /// What run() gives, in this order.
  [[nodiscard]] std::vector<std::string> output_names() const;
  [[nodiscard]] const Net& net() const { return net_; }
  /// How many layers plans of the backend run, and which the interpreter does.
  [[nodiscard]] std::size_t planned_layers() const { return planned_layers_; }
  [[nodiscard]] const std::vector<InterpretedLayer>& interpreted() const { return interpreted_; }
  /// Bytes that the plans hold for weights, as packed, and for activations.
  [[nodiscard]] Bytes weight_bytes() const;
  [[nodiscard]] Bytes activation_bytes() const;

  /// One inference: the net's outputs under their names. `inputs` in any order; usage naming the input where
  /// one is missing, unknown, or of another shape.
  Result<std::vector<NamedDatum>> run(const std::vector<NamedDatum>& inputs);

 private:
  /// A plan of the backend for a part of the net.
  struct Planned {
    Part part;
    std::unique_ptr<Plan> plan;
  };
  /// One layer that the interpreter runs.
  struct Interpreted {
    LayerId layer = 0;
    const onnx::Node* node = nullptr;
    std::vector<std::optional<TensorId>> inputs;             // by the node's inputs; nothing for a constant
    std::vector<std::pair<std::string, TensorId>> captured;  // what its subgraphs read, by name
    std::vector<std::string> outputs;  // by the layer's outputs: what the node calls them
  };
  using Step = std::variant<Planned, Interpreted>;
  class Preparation;
  class Inference;

  Executor() = default;

  Net net_;  // folded
  std::vector<std::string> input_names_;
  std::vector<std::pair<std::string, std::optional<TensorId>>> outputs_;  // nothing: a constant of the model
  std::vector<Step> steps_;
  std::unique_ptr<Interpreter> interpreter_;
  std::size_t planned_layers_ = 0;
  std::vector<InterpretedLayer> interpreted_;
};

}  // namespace ns
