#include "net/part.hpp"

#include <algorithm>
#include <optional>

namespace ns {
namespace {

class Parting {
 public:
  Parting(const Net& whole, std::span<const LayerId> layers)
      : whole_{whole}, inside_(whole.layers.size(), false), ids_(whole.tensors.size()) {
    for (const auto layer : layers) inside_[layer] = true;
  }

  Part run(std::span<const LayerId> layers) {
    auto& net = part_.net;
    net.name = whole_.name;
    net.file = whole_.file;
    net.format = whole_.format;
    for (const auto layer : layers)
      for (const auto input : whole_.layers[layer].inputs)
        if (!is_made_inside(input) && !ids_[input]) {
          part_.inputs.push_back(input);
          net.inputs.push_back(copy(input, std::nullopt));
        }
    for (const auto layer : layers) add(whole_.layers[layer]);
    for (const auto layer : layers)
      for (const auto output : whole_.layers[layer].outputs)
        if (is_wanted_outside(output)) {
          part_.outputs.push_back(output);
          net.outputs.push_back(*ids_[output]);
        }
    return std::move(part_);
  }

 private:
  [[nodiscard]] bool is_made_inside(TensorId tensor) const {
    const auto producer = whole_.tensors[tensor].producer;
    return producer && inside_[*producer];
  }

  [[nodiscard]] bool is_wanted_outside(TensorId tensor) const {
    const auto& consumers = whole_.tensors[tensor].consumers;
    return std::ranges::find(whole_.outputs, tensor) != whole_.outputs.end() ||
           std::ranges::any_of(consumers, [&](LayerId consumer) { return !inside_[consumer]; });
  }

  TensorId copy(TensorId tensor, std::optional<LayerId> producer) {
    const auto& from = whole_.tensors[tensor];
    const auto id = static_cast<TensorId>(part_.net.tensors.size());
    part_.net.tensors.push_back({from.name, from.type, producer, {}, from.crosses});
    ids_[tensor] = id;
    return id;
  }

  void add(Layer layer) {
    const auto id = static_cast<LayerId>(part_.net.layers.size());
    for (auto& input : layer.inputs) {
      input = *ids_[input];
      auto& consumers = part_.net.tensors[input].consumers;
      if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
    }
    for (auto& output : layer.outputs) output = copy(output, id);
    part_.net.layers.push_back(std::move(layer));
  }

  const Net& whole_;
  std::vector<bool> inside_;                  // by layer
  std::vector<std::optional<TensorId>> ids_;  // by the whole's tensor: the part's
  Part part_;
};

}  // namespace

Part part_of(const Net& whole, std::span<const LayerId> layers) { return Parting{whole, layers}.run(layers); }

}  // namespace ns
