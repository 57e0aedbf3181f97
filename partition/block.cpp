#include "partition/block.hpp"

#include "core/text.hpp"
#include "partition/components.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace ns {
namespace {

/// Layers of one side's groups, as the net numbers them.
struct SideGroups {
  std::vector<std::vector<LayerId>> groups;  // as in Costs::groups
  std::vector<bool> named;                   // by layer
};

using LayerIds = std::unordered_map<std::string_view, LayerId>;

LayerIds layer_ids(const Net& net) {
  LayerIds ids;
  ids.reserve(net.layers.size());
  for (LayerId layer = 0; layer < net.layers.size(); ++layer) ids.emplace(net.layers[layer].name, layer);
  return ids;
}

std::vector<std::string> layer_names(const Net& net) {
  constexpr std::size_t most = 2000;  // enough to find what was meant, and quick on any net
  std::vector<std::string> names;
  for (const auto& layer : net.layers)
    if (names.size() < most) names.push_back(layer.name);
  return names;
}

/// Errors begin with `owner`: "costs of the device".
Result<SideGroups> resolve(const Net& net, const LayerIds& ids, const Costs& costs, std::string_view owner) {
  SideGroups result{{}, std::vector<bool>(net.layers.size(), false)};
  result.groups.reserve(costs.groups.size());
  for (const auto& group : costs.groups) {
    std::vector<LayerId> layers;
    layers.reserve(group.layers.size());
    for (const auto& name : group.layers) {
      const auto found = ids.find(name);
      if (found == ids.end())
        return bad_input(
            fmt::format("{}: the net has no layer '{}'{}", owner, name, suggestion(name, layer_names(net))));
      if (result.named[found->second])
        return bad_input(fmt::format("{}: layer '{}' stands twice", owner, name));
      result.named[found->second] = true;
      layers.push_back(found->second);
    }
    result.groups.push_back(std::move(layers));
  }
  for (LayerId layer = 0; layer < net.layers.size(); ++layer)
    if (!result.named[layer] && !is_free(net.layers[layer].params))
      return bad_input(
          fmt::format("{}: layer '{}' is missing; every layer that runs stands in "
                      "one group",
                      owner, net.layers[layer].name));
  return result;
}

/// Layers that no kernel runs on either side: free by their type, and no group gives them a time or runs them
/// together with others.
std::vector<bool> idle_layers(const Net& net, const std::array<const SideGroups*, 2>& sides,
                              const std::array<const Costs*, 2>& costs) {
  std::vector<bool> idle(net.layers.size());
  for (LayerId layer = 0; layer < net.layers.size(); ++layer) idle[layer] = is_free(net.layers[layer].params);
  const auto typed_free = idle;
  for (std::size_t side = 0; side < sides.size(); ++side) {
    for (std::size_t index = 0; index < sides[side]->groups.size(); ++index) {
      const auto& group = sides[side]->groups[index];
      const bool all_free = std::ranges::all_of(group, [&](LayerId layer) { return typed_free[layer]; });
      if (all_free && costs[side]->groups[index].time == Seconds{}) continue;
      for (const auto layer : group) idle[layer] = false;
    }
  }
  return idle;
}

/// Joins groups, what shares a tensor that never crosses, then each idle layer to its producer.
std::vector<LayerId> join(const Net& net, const std::array<const SideGroups*, 2>& sides,
                          const std::vector<bool>& idle) {
  DisjointSets sets{net.layers.size()};
  for (const auto* side : sides)
    for (const auto& group : side->groups)
      for (const auto layer : group)
        if (!idle[layer]) sets.join(group.front(), layer);
  for (const auto& tensor : net.tensors)
    for (std::size_t i = 0; !tensor.crosses && i < tensor.consumers.size(); ++i)
      sets.join(tensor.producer.value_or(tensor.consumers.front()), tensor.consumers[i]);
  for (LayerId layer = 0; layer < net.layers.size(); ++layer)
    for (const auto input : net.layers[layer].inputs)
      if (const auto producer = net.tensors[input].producer; idle[layer] && producer)
        sets.join(*producer, layer);
  std::vector<LayerId> roots;
  for (LayerId layer = 0; layer < net.layers.size(); ++layer) roots.push_back(sets.find(layer));
  return roots;
}

/// Numbers the sets 0, 1, ... in the order of their first layers.
std::vector<BlockId> number(const std::vector<LayerId>& roots) {
  constexpr auto unseen = static_cast<BlockId>(-1);
  std::vector<BlockId> number_of(roots.size(), unseen);
  std::vector<BlockId> numbers;
  BlockId next = 0;
  for (const auto root : roots) {
    if (number_of[root] == unseen) number_of[root] = next++;
    numbers.push_back(number_of[root]);
  }
  return numbers;
}

/// Blocks that read what a block makes.
Graph successors(const Net& net, const std::vector<BlockId>& block_of) {
  const auto count = block_of.empty() ? std::size_t{0} : *std::ranges::max_element(block_of) + std::size_t{1};
  Graph graph(count);
  for (const auto& tensor : net.tensors) {
    if (!tensor.producer) continue;
    const auto from = block_of[*tensor.producer];
    for (const auto consumer : tensor.consumers)
      if (block_of[consumer] != from) graph[from].push_back(block_of[consumer]);
  }
  return graph;
}

/// Renumbers blocks in an order in which they can run, the one with the earliest layer first where several
/// can.
void sort(const Graph& graph, std::vector<BlockId>& block_of) {
  std::vector<std::size_t> waiting(graph.size(), 0);
  for (const auto& targets : graph)
    for (const auto target : targets) ++waiting[target];
  std::priority_queue<BlockId, std::vector<BlockId>, std::greater<>> ready;
  for (BlockId block = 0; block < graph.size(); ++block)
    if (waiting[block] == 0) ready.push(block);
  std::vector<BlockId> position(graph.size(), 0);
  for (BlockId next = 0; !ready.empty(); ++next) {
    const auto block = ready.top();
    ready.pop();
    position[block] = next;
    for (const auto target : graph[block])
      if (--waiting[target] == 0) ready.push(target);
  }
  for (auto& block : block_of) block = position[block];
}

/// Adds one side's times to the blocks.
void add_device(BlockGraph& graph, const SideGroups& side, const Costs& costs) {
  for (std::size_t index = 0; index < side.groups.size(); ++index) {
    const auto& group = costs.groups[index];
    auto& block = graph.blocks[graph.block_of[side.groups[index].front()]];
    block.device += group.time;
    const auto power = group.power ? group.power : costs.busy;
    if (power) block.device_work += *power * group.time;
    if (!power && group.time > Seconds{} && graph.unknown_power.empty())
      graph.unknown_power =
          fmt::format("no power is known for layer '{}' on the device", group.layers.front());
  }
}

void add_server(BlockGraph& graph, const SideGroups& side, const Costs& costs) {
  for (std::size_t index = 0; index < side.groups.size(); ++index)
    graph.blocks[graph.block_of[side.groups[index].front()]].server += costs.groups[index].time;
}

/// By tensor, the tensor that has the same content: what free layers in the producer's block pass on.
std::vector<TensorId> originals(const BlockGraph& graph, const Net& net) {
  std::vector<TensorId> original(net.tensors.size());
  std::iota(original.begin(), original.end(), TensorId{0});
  for (LayerId id = 0; id < net.layers.size(); ++id) {
    const auto& layer = net.layers[id];
    if (!is_free(layer.params) || layer.inputs.size() != 1) continue;
    const auto producer = net.tensors[layer.inputs.front()].producer;
    if (!producer || graph.block_of[*producer] != graph.block_of[id]) continue;
    for (const auto output : layer.outputs) original[output] = original[layer.inputs.front()];
  }
  return original;
}

std::vector<BlockId> consumers(const BlockGraph& graph, const Tensor& tensor,
                               std::optional<BlockId> producer) {
  std::vector<BlockId> blocks;
  for (const auto consumer : tensor.consumers)
    if (const auto block = graph.block_of[consumer]; block != producer) blocks.push_back(block);
  return blocks;
}

void sort_once(std::vector<BlockId>& blocks) {
  std::ranges::sort(blocks);
  const auto repeated = std::unique(blocks.begin(), blocks.end());  // clang 14 refuses ranges::unique
  blocks.erase(repeated, blocks.end());
}

/// Of tensors with the same content only the first that is read elsewhere is sent, once for all readers.
void add_tensors(BlockGraph& graph, const Net& net) {
  constexpr auto none = static_cast<std::size_t>(-1);
  std::vector<bool> outputs(net.tensors.size(), false);
  for (const auto output : net.outputs) outputs[output] = true;
  const auto original = originals(graph, net);
  std::vector<std::size_t> sent(net.tensors.size(), none);  // by original, index into graph.tensors
  for (TensorId id = 0; id < net.tensors.size(); ++id) {
    const auto& tensor = net.tensors[id];
    BlockTensor made{id, std::nullopt, {}, tensor.type.bytes(), outputs[id]};
    if (tensor.producer) made.producer = graph.block_of[*tensor.producer];
    auto readers = consumers(graph, tensor, made.producer);
    auto& index = sent[original[id]];
    if (index != none) {
      auto& known = graph.tensors[index].consumers;
      known.insert(known.end(), readers.begin(), readers.end());
      readers.clear();
    } else if (!readers.empty()) {
      index = graph.tensors.size();
    }
    made.consumers = std::move(readers);
    if (!made.local() || made.output) graph.tensors.push_back(std::move(made));
  }
  for (auto& tensor : graph.tensors) sort_once(tensor.consumers);
  std::ranges::stable_sort(graph.tensors, {}, &BlockTensor::producer);
}

}  // namespace

Result<BlockGraph> make_blocks(const Net& net, const Costs& device, const Costs& server) {
  const auto ids = layer_ids(net);
  const auto on_device = resolve(net, ids, device, "costs of the device");
  if (!on_device) return tl::unexpected{on_device.error()};
  const auto on_server = resolve(net, ids, server, "costs of the server");
  if (!on_server) return tl::unexpected{on_server.error()};

  BlockGraph graph;
  const std::array sides{&*on_device, &*on_server};
  const auto idle = idle_layers(net, sides, {&device, &server});
  graph.block_of = number(join(net, sides, idle));
  auto edges = successors(net, graph.block_of);
  if (const auto components = strongly_connected_components(edges); components.count < edges.size()) {
    graph.warnings.push_back(fmt::format(
        "groups of the two sides form a cycle; {} of their {} blocks are joined, so that a cut can "
        "lie between the rest",
        edges.size() - components.count + 1, edges.size()));
    for (auto& block : graph.block_of) block = components.of[block];
    edges = successors(net, graph.block_of);
  }
  sort(edges, graph.block_of);
  graph.blocks.resize(edges.size());
  for (LayerId layer = 0; layer < net.layers.size(); ++layer) {
    auto& block = graph.blocks[graph.block_of[layer]];
    block.layers.push_back(layer);
    block.runs = block.runs || !idle[layer];
  }
  add_device(graph, *on_device, device);
  add_server(graph, *on_server, server);
  add_tensors(graph, net);
  return graph;
}

Result<void> check_groups(const Net& net, const Costs& costs) {
  return resolve(net, layer_ids(net), costs, "costs of " + costs.net).map([](const SideGroups&) {});
}

}  // namespace ns
