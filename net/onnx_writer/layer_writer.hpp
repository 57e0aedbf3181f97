/// What the file of one layer type works with: the layer's tensors by name, and the graph that takes its
/// nodes.
#pragma once

#include "net/onnx_writer/graph.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ns::onnx_writer {

/// Names that are taken, of tensors and nodes alike.
class Names {
 public:
  void take(const std::string& name) { taken_.insert(name); }
  /// `wanted`, or with a stroke behind it where that is taken.
  std::string fresh(std::string wanted) {
    while (!taken_.insert(wanted).second) wanted += '\'';
    return wanted;
  }

 private:
  std::unordered_set<std::string> taken_;
};

class LayerWriter {
 public:
  using Extents = std::vector<std::int64_t>;
  using Inputs = std::vector<std::string>;
  using Attributes = std::vector<Attribute>;

  LayerWriter(const Net& net, LayerId id, Graph& graph, Names& names)
      : net_{net}, id_{id}, graph_{graph}, names_{names} {}

  [[nodiscard]] std::size_t inputs() const { return layer().inputs.size(); }
  [[nodiscard]] std::size_t outputs() const { return layer().outputs.size(); }
  [[nodiscard]] const std::string& input(std::size_t index = 0) const { return tensor_in(index).name; }
  [[nodiscard]] const Shape& in(std::size_t index = 0) const { return tensor_in(index).type.shape; }
  [[nodiscard]] const Shape& out(std::size_t index = 0) const { return tensor_out(index).type.shape; }

  /// Weight `slot` as an initializer of these dims (its own shape with other axes); its name.
  std::string weight(std::size_t slot, Extents dims, std::optional<std::size_t> divisor = std::nullopt);
  /// Small constants as initializers; their names.
  std::string integers(std::string_view part, Extents dims, std::vector<std::int64_t> values);
  std::string integers(std::string_view part, std::vector<std::int64_t> values);
  std::string reals(std::string_view part, Extents dims, std::vector<float> values);
  std::string scalar(std::string_view part, double value);
  std::string fill(std::string_view part, Extents dims, float value);

  /// A node that makes a tensor inside the layer, "layer/part"; the tensor's name.
  std::string step(std::string_view part, std::string op, Inputs inputs, Attributes attributes = {});
  /// The same of a node with two outputs, "layer/first" and "layer/second"; the name of the second.
  std::string step_second(std::string_view first, std::string_view second, std::string op, Inputs inputs,
                          Attributes attributes);
  /// The node that makes the layer's output `index`. The first is called as the layer is.
  void finish(std::string op, Inputs inputs, Attributes attributes = {}, std::size_t index = 0);
  /// One node that makes all of the layer's outputs.
  void finish_all(std::string op, Inputs inputs, Attributes attributes = {});

 private:
  [[nodiscard]] const Layer& layer() const { return net_.layers[id_]; }
  [[nodiscard]] const Tensor& tensor_in(std::size_t index) const {
    return net_.tensors[layer().inputs[index]];
  }
  [[nodiscard]] const Tensor& tensor_out(std::size_t index) const {
    return net_.tensors[layer().outputs[index]];
  }
  std::string add(Initializer initializer);
  std::string inner_name(std::string_view part);

  const Net& net_;
  LayerId id_;
  Graph& graph_;
  Names& names_;
};

}  // namespace ns::onnx_writer
