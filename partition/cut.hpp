/// A way to part a net in two: which blocks run on the device, what crosses, what it costs.
#pragma once

#include "net/net.hpp"
#include "partition/scenario.hpp"
#include "partition/segments.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ns {

struct Cut {
  std::vector<bool> on_device;         // by block
  std::vector<std::size_t> uploads;    // index into BlockGraph::tensors
  std::vector<std::size_t> downloads;  // outputs that go back
  Tally tally;
  Figures figures;
  double value = 0.0;  // of the objective

  [[nodiscard]] bool all_on_device() const { return tally.requests == 0.0; }
};

/// What the placement `on_device`, by block, costs. Every block that feeds one on the device is on it.
Cut evaluate(const Scenario& scenario, std::vector<bool> on_device);

/// The best cut that `fixed` allows; among equals the one with the most on the device. `fixed` is closed and
/// without contradiction (pins.hpp). Exact on every directed acyclic graph.
///
/// Where one block stands before or behind all others, a cut lies wholly on one side of it; so the net is
/// parted at such blocks, and each part that is left is a minimum cut of its own (flow.hpp). On a chain this
/// is the scan over all positions.
Cut best_cut(const Scenario& scenario, const PricedGraph& priced, const std::vector<Fix>& fixed);
Cut best_cut(const Scenario& scenario);

/// All blocks on one side, or nothing if the pins forbid it.
std::optional<Cut> one_sided(const Scenario& scenario, Place place);

/// Whether the device runs the first layers of the file's order and the server all others. Other cuts leave
/// layers between them to the server on which nothing that the device runs depends.
bool parts_file_order(const Net& net, const Scenario& scenario, const Cut& cut);

/// "device", "server", the last layer on the device where the file's order is parted in two, else the layers
/// whose tensors cross, joined by "+".
std::string label(const Net& net, const Scenario& scenario, const Cut& cut);

}  // namespace ns
