#include "compare.hpp"

#include "generate.hpp"
#include "net/input_values.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace ns {
namespace {

std::vector<float> random_values(const Net& net, TensorId input, std::uint64_t seed) {
  Random random{seed};
  std::vector<float> values(static_cast<std::size_t>(net.tensors[input].type.shape.elements()));
  const auto [low, high, whole] = value_range(net, input);
  for (float& value : values)
    value =
        static_cast<float>(whole ? std::floor(random.real(low, high)) : random.real(3.0 * low, 3.0 * high));
  return values;
}

std::vector<float> picked_values(const Net& net, TensorId input, std::uint64_t seed,
                                 const Candidates& among) {
  Random random{seed};
  std::vector<float> values(static_cast<std::size_t>(net.tensors[input].type.shape.elements()));
  for (float& value : values) value = random.pick(among);
  return values;
}

}  // namespace

std::unique_ptr<Backend> device_under_test() {
  const char* const settings = std::getenv("NS_TEST_DEVICE");
  auto device = open_backend(settings == nullptr ? "onednn:threads=1" : settings);
  return device ? std::move(*device) : nullptr;
}

Result<std::vector<float>> outputs_of(Backend& backend, const Net& net, bool isolated, std::uint64_t seed,
                                      const std::vector<Candidates>& candidates, const Precision& precision) {
  const RandomWeights random{seed};
  const KeptWeights weights{random, precision};
  auto plan = backend.prepare(net, group(net, backend.rules()), weights, isolated);
  if (!plan) return tl::unexpected{std::move(plan.error())};
  for (std::size_t i = 0; i < net.inputs.size(); ++i) {
    const bool is_real = is_floating(net.tensors[net.inputs[i]].type.dtype);
    const bool picks = i < candidates.size() && !candidates[i].empty() && is_real;
    auto values = picks ? picked_values(net, net.inputs[i], seed + i, candidates[i])
                        : random_values(net, net.inputs[i], seed + i);
    if (is_real) round_to_kept(values, precision);
    (*plan)->write_input(i, values);
  }
  (*plan)->run();
  (*plan)->time();  // must leave the same outputs as run(), however the input's memory was used
  std::vector<float> all;
  for (std::size_t i = 0; i < net.outputs.size(); ++i) {
    auto values = (*plan)->read_output(i);
    if (is_floating(net.tensors[net.outputs[i]].type.dtype)) overflow_as_kept(values, precision);
    all.insert(all.end(), values.begin(), values.end());
  }
  if (auto health = (*plan)->health(); !health) return tl::unexpected{std::move(health.error())};
  return all;
}

double difference(const std::vector<float>& actual, const std::vector<float>& expected) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  if (actual.size() != expected.size()) return infinite;
  double largest = 0.0;
  double scale = 1e-30;
  for (std::size_t i = 0; i < actual.size(); ++i) {
    const auto a = static_cast<double>(actual[i]);
    const auto b = static_cast<double>(expected[i]);
    if (std::isfinite(a) != std::isfinite(b)) return infinite;
    if (!std::isfinite(a)) {
      if (std::isnan(a) != std::isnan(b) || (!std::isnan(a) && a != b)) return infinite;
      continue;
    }
    largest = std::max(largest, std::abs(a - b));
    scale = std::max(scale, std::abs(b));
  }
  return largest / scale;
}

std::size_t differing(const std::vector<float>& actual, const std::vector<float>& expected, float by) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < actual.size(); ++i) count += std::abs(actual[i] - expected[i]) > by ? 1 : 0;
  return count;
}

}  // namespace ns
