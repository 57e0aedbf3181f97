#include "partition/pins.hpp"

#include "core/text.hpp"
#include "net/step_name.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>

namespace ns {
namespace {

/// Gives what stands before blocks on the device to the device, what stands behind blocks on the server to
/// the server. Tensors are sorted by producer, so one pass each way reaches everything.
void close(const BlockGraph& graph, std::vector<Fix>& fixed) {
  for (auto tensor = graph.tensors.rbegin(); tensor != graph.tensors.rend(); ++tensor) {
    if (!tensor->producer || fixed[*tensor->producer] != Fix::free) continue;
    if (std::ranges::any_of(tensor->consumers, [&](BlockId block) { return fixed[block] == Fix::device; }))
      fixed[*tensor->producer] = Fix::device;
  }
  for (const auto& tensor : graph.tensors) {
    if (!tensor.producer || fixed[*tensor.producer] != Fix::server) continue;
    for (const auto block : tensor.consumers)
      if (fixed[block] == Fix::free) fixed[block] = Fix::server;
  }
}

/// A tensor that would have to go back from the server to the device, or nothing.
const BlockTensor* contradiction(const BlockGraph& graph, const std::vector<Fix>& fixed) {
  for (const auto& tensor : graph.tensors) {
    if (!tensor.producer || fixed[*tensor.producer] != Fix::server) continue;
    for (const auto block : tensor.consumers)
      if (fixed[block] == Fix::device) return &tensor;
  }
  return nullptr;
}

tl::unexpected<Error> contradiction_error(const Net& net, const BlockTensor& tensor) {
  return failure(
      Errc::infeasible,
      fmt::format("the pins contradict each other: tensor '{}' would go from the server back to the "
                  "device, and cuts go one way",
                  net.tensors[tensor.tensor].name));
}

bool is_step(const Net& net, const Layer& layer) {
  const auto node = node_of_step(layer.name);
  return node && !net.tensors[layer.outputs.front()].crosses &&
         std::ranges::any_of(net.layers,
                             [&](const Layer& last) { return last.name == *node && last.op == layer.op; });
}

Result<void> pin(const Net& net, const BlockGraph& graph, const Pin& pin, std::vector<Fix>& fixed) {
  const auto layer = std::ranges::find(net.layers, pin.layer, &Layer::name);
  if (layer == net.layers.end()) {
    std::vector<std::string> names;
    for (const auto& other : net.layers)
      if (names.size() < 2000) names.push_back(other.name);
    return failure(Errc::usage, fmt::format("the net has no layer '{}' to pin (what is constant is none){}",
                                            pin.layer, suggestion(pin.layer, names)));
  }
  if (is_step(net, *layer)) return step_error("--pin", pin.layer);
  auto& fix = fixed[graph.block_of[static_cast<std::size_t>(layer - net.layers.begin())]];
  const auto wanted = pin.place == Place::device ? Fix::device : Fix::server;
  if (fix != Fix::free && fix != wanted)
    return failure(Errc::infeasible,
                   fmt::format("layer '{}' is pinned to both sides, or runs in one kernel with "
                               "a layer that is pinned to the other",
                               pin.layer));
  fix = wanted;
  return {};
}

}  // namespace

Result<std::vector<Fix>> fix_blocks(const Net& net, const BlockGraph& graph, const Question& question) {
  std::vector<Fix> fixed(graph.blocks.size(), question.critical ? Fix::device : Fix::free);
  if (question.keep_input)
    for (const auto& tensor : graph.tensors)
      if (!tensor.producer)
        for (const auto block : tensor.consumers) fixed[block] = Fix::device;
  for (const auto& each : question.pins)
    if (auto status = pin(net, graph, each, fixed); !status) return tl::unexpected{status.error()};
  close(graph, fixed);
  if (const auto* tensor = contradiction(graph, fixed)) return contradiction_error(net, *tensor);
  return fixed;
}

bool fix_also(const BlockGraph& graph, BlockId block, Fix side, std::vector<Fix>& fixed) {
  if (fixed[block] != Fix::free) return fixed[block] == side;
  fixed[block] = side;
  close(graph, fixed);
  return contradiction(graph, fixed) == nullptr;
}

}  // namespace ns
