#include "net/onnx_writer/build.hpp"

#include "net/onnx_writer/layer_writer.hpp"
#include "net/onnx_writer/layers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace ns::onnx_writer {
namespace {

/// Sorts the tensors around and inside the part.
class Border {
 public:
  Border(const Net& net, const std::vector<bool>& in_part)
      : net_{net}, in_part_{in_part}, is_output_(net.tensors.size(), false) {
    for (const auto output : net.outputs) is_output_[output] = true;
  }

  void sort(Graph& graph) const {
    for (TensorId id = 0; id < net_.tensors.size(); ++id) {
      const auto& tensor = net_.tensors[id];
      const auto inside = [&](LayerId layer) { return in_part_[layer]; };
      const bool is_read = std::ranges::any_of(tensor.consumers, inside);
      const bool is_made = tensor.producer && in_part_[*tensor.producer];
      if (!is_made && is_read) graph.inputs.push_back(id);
      if (!is_made) continue;
      const bool leaves = is_output_[id] || !std::ranges::all_of(tensor.consumers, inside);
      (leaves ? graph.outputs : graph.inner).push_back(id);
    }
  }

 private:
  const Net& net_;
  const std::vector<bool>& in_part_;
  std::vector<bool> is_output_;
};

Result<void> check_types(const Net& net, const Graph& graph) {
  for (const auto& list : {graph.inputs, graph.outputs, graph.inner})
    for (const auto id : list)
      if (const auto& tensor = net.tensors[id]; tensor.type.dtype != DType::float32)
        return failure(Errc::unsupported,
                       fmt::format("tensor {} is {}; only nets of float32 are written as ONNX", tensor.name,
                                   to_string(tensor.type.dtype)));
  return {};
}

}  // namespace

Result<Graph> graph_of(const Net& net, std::span<const LayerId> part) {
  if (part.empty()) return bad_input("no layer is to be written; an ONNX model needs one");
  std::vector<bool> in_part(net.layers.size(), false);
  for (const auto layer : part) in_part[layer] = true;
  Graph graph;
  graph.name = net.name;
  Border{net, in_part}.sort(graph);
  if (graph.outputs.empty())
    return bad_input("nobody reads what these layers make; nothing is left to write");
  if (auto checked = check_types(net, graph); !checked) return tl::unexpected{std::move(checked.error())};

  Names names;
  for (const auto& tensor : net.tensors) names.take(tensor.name);
  for (const auto& layer : net.layers) names.take(layer.name);
  for (LayerId id = 0; id < net.layers.size(); ++id) {
    if (!in_part[id]) continue;
    LayerWriter writer{net, id, graph, names};
    if (auto written = write_layer(net.layers[id].params, writer); !written)
      return failure_within(std::move(written), fmt::format("layer {}", net.layers[id].name));
  }
  return graph;
}

}  // namespace ns::onnx_writer
