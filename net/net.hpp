/// A neural network as a directed acyclic graph of named layers and tensors, in an order in which it can run.
#pragma once

#include "net/layer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns {

using LayerId = std::uint32_t;   // index into Net::layers
using TensorId = std::uint32_t;  // index into Net::tensors

struct Tensor {
  std::string name;
  TensorType type;
  std::optional<LayerId> producer;  // none for an input of the net
  std::vector<LayerId> consumers;   // ascending; a layer that reads it twice stands once
  bool crosses = true;  // false: no cut sends it, for its size depends on data or it is no plain tensor
};

struct Layer {
  std::string name;
  std::string op;  // the operator as the file calls it: "Convolution", "CONVOLUTION", "conv"
  LayerParams params;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  std::vector<std::string>
      sources;  // names of the file's layers it stands for; after folding more than its own
};

/// Layers stand in an order in which each one's inputs are made before it. Built by NetBuilder.
struct Net {
  std::string name;
  std::string file;    // as the user named it
  std::string format;  // "prototxt", "text", "onnx"
  std::vector<Tensor> tensors;
  std::vector<Layer> layers;
  std::vector<TensorId> inputs;
  std::vector<TensorId> outputs;
  std::vector<std::string> warnings;

  /// The types of a layer's inputs, and of its inputs and outputs.
  [[nodiscard]] std::vector<TensorType> input_types(LayerId layer) const;
  [[nodiscard]] Signature signature(LayerId layer) const;
};

/// Sums over a whole net.
struct NetTotals {
  Macs macs;
  Flops flops;
  std::int64_t parameters = 0;
  Bytes parameter_bytes;
  std::int64_t opaque_layers = 0;
  [[nodiscard]] bool lower_bound() const { return opaque_layers > 0; }
};
NetTotals totals(const Net& net);

/// Builds a Net layer by layer; infers every tensor's type on the way.
class NetBuilder {
 public:
  explicit NetBuilder(std::string name) { net_.name = std::move(name); }

  /// bad_input if the name is taken or the shape impossible.
  Result<TensorId> add_input(std::string name, TensorType type);

  /// Appends a layer that reads `inputs` (names of tensors already there) and makes tensors called `outputs`.
  /// A name that exists is made anew, as in Caffe's in-place layers: the earlier tensor is renamed
  /// "blob@layer" after the layer that made it ("blob@input" for an input). bad_input, naming the layer, for
  /// an unknown tensor (with a suggestion), a duplicate layer name, a wrong number of inputs or outputs, or
  /// shapes that do not fit.
  Result<LayerId> add_layer(std::string name, std::string op, LayerParams params,
                            const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

  /// The type of a tensor already there, or nothing.
  [[nodiscard]] const TensorType* find(const std::string& tensor) const;

  /// No cut shall send this tensor, which is there already.
  void keep_in_place(const std::string& tensor);

  void warn(std::string sentence) { net_.warnings.push_back(std::move(sentence)); }

  /// Outputs are the tensors of `outputs`, or all that no layer reads if it is empty. bad_input for a net
  /// without layers or an unknown output.
  Result<Net> finish(const std::vector<std::string>& outputs = {}) &&;

 private:
  [[nodiscard]] Result<std::vector<TensorId>> resolve(const std::vector<std::string>& names) const;
  void rename_overwritten(const std::string& name);

  Net net_;
  std::unordered_map<std::string, TensorId> tensor_ids_;
  std::unordered_map<std::string, LayerId> layer_ids_;
};

/// The net rewritten once, the same for every backend: batch norm and scale folded into the convolution or fc
/// before them, stored vectors that are added likewise, identity and dropout removed (their names join the
/// sources of the producer; one that reads an input of the net stays). A tensor that an identity passed on
/// takes the identity's output name where that is the only consumer. Layers whose filters are stored as 8-bit
/// whole numbers multiply whole numbers where their input was whole before (DequantizeLinear), and scale
/// their sums down where that is all that follows (QuantizeLinear). Then idioms are joined (net/idiom.hpp).
Net fold(const Net& net);

/// A net of one group: the head of `layer` with its epilogue, inputs "x0", "x1", ..., layers "head",
/// "epilogue1", ...
Result<Net> net_of(const LayerConfig& layer);

/// A short hash of structure and names, which files made from a net carry.
std::string hash(const Net& net);

}  // namespace ns
