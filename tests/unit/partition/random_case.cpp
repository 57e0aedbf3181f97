#include "random_case.hpp"

#include <cmath>

namespace ns::test {
namespace {

/// A whole number up to `most`, so that equal sums are equal.
double whole(RandomCase& made, int most) {
  return static_cast<double>(std::uniform_int_distribution<int>{0, most}(made.random));
}
bool often(RandomCase& made, int percent) { return whole(made, 99) < percent; }

void add_net(RandomCase& made, bool chain) {
  const auto count = 1 + static_cast<int>(whole(made, 11));
  const int inputs = chain || !often(made, 25) ? 1 : 2;
  std::vector<std::pair<std::string, std::int64_t>> given;
  std::vector<std::string> tensors;
  for (int i = 0; i < inputs; ++i) {
    tensors.push_back("x" + std::to_string(i));
    given.emplace_back(tensors.back(), static_cast<std::int64_t>(whole(made, 40)));
  }
  std::vector<SmallLayer> layers;
  for (int i = 0; i < count; ++i) {
    SmallLayer layer{"l" + std::to_string(i), {}, static_cast<std::int64_t>(whole(made, 40))};
    const auto reads = chain ? 1 : 1 + static_cast<int>(whole(made, 2));
    for (int k = 0; k < reads; ++k) {
      const auto from = chain ? tensors.size() - 1
                              : static_cast<std::size_t>(whole(made, static_cast<int>(tensors.size()) - 1));
      if (std::find(layer.inputs.begin(), layer.inputs.end(), tensors[from]) == layer.inputs.end())
        layer.inputs.push_back(tensors[from]);
    }
    layer.free = layer.inputs.size() == 1 && often(made, 10);
    tensors.push_back(layer.name);
    layers.push_back(layer);
  }
  std::vector<std::string> outputs;
  if (often(made, 30)) outputs = {layers[static_cast<std::size_t>(whole(made, count - 1))].name};
  made.net = small_net(given, layers, outputs);
}

const Layer& layer_of(const Net& net, const std::string& name) {
  return *std::find_if(net.layers.begin(), net.layers.end(),
                       [&](const Layer& layer) { return layer.name == name; });
}

Costs random_costs(RandomCase& made, const std::string& device) {
  Costs costs;
  costs.device = device;
  std::vector<std::string> names;
  for (const auto& layer : made.net.layers)
    if (!is_free(layer.params) || often(made, 50)) names.push_back(layer.name);
  for (std::size_t i = 0; i < names.size();) {
    GroupCost group;
    const auto size = often(made, 20) ? std::min<std::size_t>(2, names.size() - i) : std::size_t{1};
    for (std::size_t k = 0; k < size; ++k) group.layers.push_back(names[i++]);
    group.time = Seconds{whole(made, 60)};
    bool all_free = true;
    for (const auto& name : group.layers) all_free &= is_free(layer_of(made.net, name).params);
    if (all_free && often(made, 80)) group.time = Seconds{};
    group.power = Watts{1.0 + whole(made, 3)};
    costs.groups.push_back(group);
  }
  const auto border = [&] { return BorderCost{Seconds{whole(made, 3)}, 0.25 * whole(made, 1)}; };
  if (often(made, 50)) costs.overhead = Seconds{whole(made, 30)};
  if (often(made, 50)) costs.export_border = border();
  if (often(made, 50)) costs.import_border = border();
  costs.busy = Watts{3.0};
  costs.idle = Watts{1.0};
  return costs;
}

}  // namespace

std::uint32_t idle_layers(const RandomCase& given) {
  std::uint32_t idle = 0;
  for (LayerId layer = 0; layer < given.net.layers.size(); ++layer) {
    bool is_idle = is_free(given.net.layers[layer].params);
    for (const auto* side : {&given.device, &given.server})
      for (const auto& group : side->groups) {
        bool named = false;
        bool all_free = true;
        for (const auto& name : group.layers) {
          named |= name == given.net.layers[layer].name;
          all_free &= is_free(layer_of(given.net, name).params);
        }
        if (named && (!all_free || group.time > Seconds{})) is_idle = false;
      }
    if (is_idle) idle |= 1U << layer;
  }
  return idle;
}

RandomCase random_case(std::uint64_t seed, bool chain) {
  RandomCase made;
  made.random.seed(seed);
  add_net(made, chain);
  made.device = random_costs(made, "board");
  made.server = random_costs(made, "rack");
  for (auto& group : made.server.groups)
    if (often(made, 70)) group.time = Seconds{std::floor(group.time.count() / 8.0)};
  made.link = small_link(4.0, Seconds{whole(made, 20)});
  made.link.downlink = BytesPerSecond{8.0};
  made.link.message = Seconds{whole(made, 2)};
  made.link.radio = Radio{0.0, 0.0, Watts{2.0}, Seconds{4.0}, Watts{2.0}, Seconds{8.0}, Watts{1.0}};
  made.question.load = often(made, 30) ? 2.0 : 1.0;
  made.question.result = often(made, 50) ? Place::device : Place::server;
  made.question.cold_radio = often(made, 20);
  made.question.keep_input = often(made, 10);
  made.question.queue_wait = Seconds{whole(made, 2)};
  made.question.energy = often(made, 20) ? EnergyModel::paper : EnergyModel::full;
  if (often(made, 40)) made.question.objective = Objective{0.0, 1.0};
  for (const auto& layer : made.net.layers)
    if (!is_free(layer.params) && often(made, 6))
      made.question.pins.push_back(Pin{layer.name, often(made, 50) ? Place::device : Place::server});
  return made;
}

Enumerated enumerate(const RandomCase& given) {
  const Enumeration enumeration{given};
  Enumerated result;
  for (std::uint32_t mask = 0; mask < 1U << given.net.layers.size(); ++mask) {
    const auto value = enumeration.value(mask);
    if (!value) continue;
    ++result.cuts;
    result.best = std::min(result.best, *value);
  }
  return result;
}

std::uint32_t mask_of(const RandomCase& given, const Scenario& scenario, const Cut& cut) {
  std::uint32_t mask = 0;
  for (LayerId layer = 0; layer < given.net.layers.size(); ++layer)
    if (cut.on_device[scenario.graph.block_of[layer]]) mask |= 1U << layer;
  return mask;
}

std::optional<double> value_of_kernels(const RandomCase& given, std::uint32_t mask) {
  const auto free = idle_layers(given);
  const Enumeration enumeration{given};
  std::optional<double> best;
  for (auto placed = free;; placed = (placed - 1) & free) {
    const auto value = enumeration.value((mask & ~free) | placed);
    if (value && (!best || *value < *best)) best = value;
    if (placed == 0) return best;
  }
}

}  // namespace ns::test
