/// Random nets with costs, links and questions, and what each placement of their layers costs by the
/// definition: shares no code with the library's prices.
#pragma once

#include "partition/cut.hpp"
#include "small_net.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ns::test {

struct RandomCase {
  std::mt19937_64 random;
  Net net;
  Costs device;
  Costs server;
  Link link;
  Question question;
};

/// Up to 12 layers; the same for the same seed.
RandomCase random_case(std::uint64_t seed, bool chain = false);

/// Layers that cost nothing anywhere: free by type, and no group gives them a time or another layer. A bit
/// each.
std::uint32_t idle_layers(const RandomCase& given);

/// The objective of one placement of layers, or nothing if it is no cut: computed from the definition.
class Enumeration {
 public:
  explicit Enumeration(const RandomCase& given) : given_{given}, idle_{idle_layers(given)} {
    for (TensorId id = 0; id < given.net.tensors.size(); ++id) original_.push_back(id);
    for (LayerId id = 0; id < given.net.layers.size(); ++id) {
      const auto& layer = given.net.layers[id];
      const auto producer = given.net.tensors[layer.inputs.front()].producer;
      if (!is_free(layer.params) || !producer) continue;
      if (idle(id) || inseparable(id, *producer))
        original_[layer.outputs.front()] = original_[layer.inputs.front()];
    }
  }

  std::optional<double> value(std::uint32_t on_device) const {
    if (!allowed(on_device)) return std::nullopt;
    const auto here = [&](LayerId layer) { return (on_device >> layer & 1U) != 0; };
    double device = 0.0, work = 0.0, server = 0.0, up = 0.0, up_count = 0.0, down = 0.0, down_count = 0.0;
    for (const auto& group : given_.device.groups)
      if (here(id(group.layers.front()))) {
        device += group.time.count();
        work += group.time.count() * group.power->value();
      }
    for (const auto& group : given_.server.groups)
      if (!here(id(group.layers.front()))) server += group.time.count();
    bool any_server = false, device_runs = false, server_runs = false;
    for (LayerId layer = 0; layer < given_.net.layers.size(); ++layer) {
      any_server |= !here(layer);
      if (idle(layer)) continue;
      (here(layer) ? device_runs : server_runs) = true;
    }
    std::uint32_t sent = 0;
    for (TensorId id = 0; id < given_.net.tensors.size(); ++id) {
      const auto& tensor = given_.net.tensors[id];
      const auto size = tensor.type.bytes().value();
      const bool made_here = !tensor.producer || here(*tensor.producer);
      bool needed_there = false;
      for (const auto consumer : tensor.consumers) needed_there |= !here(consumer);
      const bool is_output = std::count(given_.net.outputs.begin(), given_.net.outputs.end(), id) > 0;
      if (made_here && needed_there && (sent >> original_[id] & 1U) == 0) {
        sent |= 1U << original_[id];  // the same content crosses once
        up += size;
        up_count += 1.0;
      }
      if (!made_here && is_output && given_.question.result == Place::device) {
        down += size;
        down_count += 1.0;
      }
    }
    const auto border = [](const BorderCost& cost, double count, double size) {
      return count * cost.base.count() + size * cost.seconds_per_byte;
    };
    const double extra = (device_runs ? given_.device.overhead.count() : 0.0) +
                         border(given_.device.export_border, up_count, up) +
                         border(given_.device.import_border, down_count, down);
    const double remote =
        given_.question.load * (server + (server_runs ? given_.server.overhead.count() : 0.0) +
                                border(given_.server.import_border, up_count, up) +
                                border(given_.server.export_border, down_count, down));
    const bool cold = given_.question.cold_radio;
    const double wait = any_server ? given_.link.rtt.count() + given_.link.message.count() +
                                         given_.question.queue_wait.count() + (cold ? 4.0 : 0.0)
                                   : 0.0;
    const double latency = device + extra + up / 4.0 + remote + down / 8.0 + wait;
    if (given_.question.objective.latency > 0.0) return latency;
    if (given_.question.energy == EnergyModel::paper) return work + 2.0 * up / 4.0;
    // Idle power all the time, what groups and extras draw above it, the radio above idle.
    return 1.0 * latency + (work - 1.0 * device) + (3.0 - 1.0) * extra + 2.0 * (up / 4.0 + down / 8.0) +
           (cold && any_server ? 2.0 * 4.0 + 1.0 * 8.0 : 0.0);
  }

 private:
  LayerId id(const std::string& name) const {
    for (LayerId layer = 0; layer < given_.net.layers.size(); ++layer)
      if (given_.net.layers[layer].name == name) return layer;
    return 0;
  }

  [[nodiscard]] bool idle(LayerId layer) const { return (idle_ >> layer & 1U) != 0; }

  /// Whether no closed set of whole groups parts the two layers.
  bool inseparable(LayerId a, LayerId b) const {
    for (std::uint32_t mask = 0; mask < 1U << given_.net.layers.size(); ++mask)
      if (((mask >> a ^ mask >> b) & 1U) != 0 && whole(mask)) return false;
    return true;
  }

  /// One-way, and no group is torn.
  bool whole(std::uint32_t on_device) const {
    const auto here = [&](LayerId layer) { return (on_device >> layer & 1U) != 0; };
    for (const auto& tensor : given_.net.tensors)
      for (const auto consumer : tensor.consumers)
        if (tensor.producer && !here(*tensor.producer) && here(consumer)) return false;
    for (const auto* side : {&given_.device, &given_.server})
      for (const auto& group : side->groups)
        for (const auto& name : group.layers)
          if (!idle(id(name)) && here(id(name)) != here(id(group.layers.front()))) return false;
    return true;
  }

  bool allowed(std::uint32_t on_device) const {
    const auto here = [&](LayerId layer) { return (on_device >> layer & 1U) != 0; };
    if (!whole(on_device)) return false;
    for (const auto input : given_.net.inputs)
      for (const auto consumer : given_.net.tensors[input].consumers)
        if (given_.question.keep_input && !here(consumer)) return false;
    for (const auto& pin : given_.question.pins)
      if (here(id(pin.layer)) != (pin.place == Place::device)) return false;
    return true;
  }

  const RandomCase& given_;
  std::uint32_t idle_;
  std::vector<TensorId> original_;  // by tensor, the one with the same content
};

struct Enumerated {
  double best = std::numeric_limits<double>::infinity();
  int cuts = 0;
};

/// All placements.
Enumerated enumerate(const RandomCase& given);

/// Layers on the device, a bit each.
std::uint32_t mask_of(const RandomCase& given, const Scenario& scenario, const Cut& cut);

/// The best value of the placements that agree with `mask` on all layers that run: where a free layer stands
/// is of no interest, and its tensor and its producer's are sent as one.
std::optional<double> value_of_kernels(const RandomCase& given, std::uint32_t mask);

}  // namespace ns::test
