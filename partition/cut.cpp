#include "partition/cut.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

/// Layers whose tensors cross, in the file's order.
std::vector<LayerId> senders(const Net& net, const Scenario& scenario, const Cut& cut) {
  std::vector<LayerId> layers;
  for (const auto index : cut.uploads)
    if (const auto producer = net.tensors[scenario.graph.tensors[index].tensor].producer)
      layers.push_back(*producer);
  std::ranges::sort(layers);
  const auto repeated = std::unique(layers.begin(), layers.end());  // clang 14 refuses ranges::unique
  layers.erase(repeated, layers.end());
  return layers;
}

}  // namespace

Cut evaluate(const Scenario& scenario, std::vector<bool> on_device) {
  Cut cut;
  const auto& graph = scenario.graph;
  for (BlockId block = 0; block < graph.blocks.size(); ++block) {
    const bool here = on_device[block];
    cut.tally += here ? scenario.device_tally(block) : scenario.server_tally(block);
    if (!here) cut.tally.requests = 1.0;
    if (graph.blocks[block].runs) (here ? cut.tally.device_runs : cut.tally.server_runs) = 1.0;
  }
  for (std::size_t index = 0; index < graph.tensors.size(); ++index) {
    const auto& tensor = graph.tensors[index];
    if (tensor.producer && !on_device[*tensor.producer]) {
      const auto download = scenario.download(tensor);
      if (download.down_tensors == 0.0) continue;
      cut.tally += download;
      cut.downloads.push_back(index);
    } else if (std::ranges::any_of(tensor.consumers, [&](BlockId block) { return !on_device[block]; })) {
      cut.tally += Scenario::upload(tensor);
      cut.uploads.push_back(index);
    }
  }
  cut.on_device = std::move(on_device);
  cut.figures = scenario.figures(cut.tally);
  cut.value = scenario.value(cut.figures);
  return cut;
}

std::optional<Cut> one_sided(const Scenario& scenario, Place place) {
  const auto forbidden = place == Place::device ? Fix::server : Fix::device;
  if (std::ranges::find(scenario.fixed, forbidden) != scenario.fixed.end()) return std::nullopt;
  return evaluate(scenario, std::vector<bool>(scenario.graph.blocks.size(), place == Place::device));
}

bool parts_file_order(const Net& net, const Scenario& scenario, const Cut& cut) {
  bool server = false;
  for (LayerId layer = 0; layer < net.layers.size(); ++layer) {
    const bool on_device = cut.on_device[scenario.graph.block_of[layer]];
    if (server && on_device) return false;
    server = server || !on_device;
  }
  return true;
}

std::string label(const Net& net, const Scenario& scenario, const Cut& cut) {
  if (cut.all_on_device()) return "device";
  if (parts_file_order(net, scenario, cut)) {
    LayerId count = 0;
    while (count < net.layers.size() && cut.on_device[scenario.graph.block_of[count]]) ++count;
    return count == 0 ? "server" : net.layers[count - 1].name;
  }
  constexpr std::size_t most = 4;
  const auto layers = senders(net, scenario, cut);
  std::string text;
  for (std::size_t i = 0; i < std::min(most, layers.size()); ++i)
    text += (i > 0 ? "+" : "") + net.layers[layers[i]].name;
  if (layers.size() > most) text += fmt::format("+{} more", layers.size() - most);
  return text;
}

}  // namespace ns
