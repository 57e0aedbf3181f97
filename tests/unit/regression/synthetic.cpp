#include "synthetic.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <random>
#include <set>

namespace ns {
namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_{seed} {}

  std::int64_t log_uniform(double low, double high) {
    const auto share = std::uniform_real_distribution<>{0.0, 1.0}(random_);
    return std::llround(low * std::pow(high / low, share));
  }
  template <class T>
  T one_of(std::initializer_list<T> items) {
    return *(items.begin() + static_cast<std::ptrdiff_t>(random_() % items.size()));
  }

 private:
  std::mt19937_64 random_;
};

std::string text(std::int64_t number) { return std::to_string(number); }

}  // namespace

LayerFacts facts_of_text(std::string_view layer) {
  const auto config = parse_layer(layer);
  assert(config);
  auto facts = facts_of(*config);
  assert(facts);
  return std::move(*facts);
}

std::vector<std::string> random_convolutions(std::size_t count, std::uint64_t seed) {
  Draw draw{seed};
  std::set<std::string> layers;
  while (layers.size() < count) {
    const auto kernel = draw.one_of<std::int64_t>({1, 3, 3, 5});
    const auto size = draw.log_uniform(7, 60);
    const auto tail = draw.one_of<std::string>({"", "+act:relu"});
    layers.insert("conv:filters=" + text(draw.log_uniform(4, 300)) + ",kernel=" + text(kernel) +
                  ",stride=" + text(draw.one_of<std::int64_t>({1, 1, 2})) + tail + "@1x" +
                  text(draw.log_uniform(3, 300)) + "x" + text(size) + "x" + text(size));
  }
  return {layers.begin(), layers.end()};
}

std::vector<std::string> random_fcs(std::size_t count, std::uint64_t seed) {
  Draw draw{seed};
  std::set<std::string> layers;
  while (layers.size() < count)
    layers.insert("fc:features=" + text(draw.log_uniform(8, 4000)) + "@" +
                  text(draw.one_of<std::int64_t>({1, 1, 28})) + "x" + text(draw.log_uniform(8, 4000)));
  return {layers.begin(), layers.end()};
}

LayerRow measured(std::string layer, double time) {
  LayerRow row;
  row.layer = std::move(layer);
  row.timing.samples = {Seconds{time}};
  row.timing.disturbed = {false};
  row.timing.median = Seconds{time};
  row.timing.settled = true;
  return row;
}

Profile synthetic_profile(const std::vector<std::string>& layers, const Law& law, double noise,
                          std::uint64_t seed) {
  Profile profile;
  profile.header.device = "board";
  profile.header.backend = "fake";
  profile.header.machine.cpu = "none";
  profile.header.rules =
      *FusionRules::parse(std::vector<std::string>{"conv+act:relu", "conv+add+act:relu", "fc+act"});
  std::mt19937_64 random{seed};
  std::normal_distribution<> normal;
  for (const auto& layer : layers)
    profile.rows.emplace_back(measured(layer, law(facts_of_text(layer)) * std::exp(noise * normal(random))));
  return profile;
}

NetRow measured_net(std::string name, const std::vector<std::string>& layers, double time) {
  NetRow row;
  row.net = std::move(name);
  row.cold = measured("", time).timing;
  for (const auto& layer : layers) row.groups.push_back(GroupTime{{layer}, layer, Seconds{0}, ""});
  return row;
}

double plain_device(const LayerFacts& layer) {
  const auto bytes = layer.input + layer.output + layer.weights;
  return 1e-6 + layer.flops.value() / 20e9 + bytes.value() / 5e9;
}

}  // namespace ns
