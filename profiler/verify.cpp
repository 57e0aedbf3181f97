#include "profiler/verify.hpp"

#include "core/random.hpp"
#include "core/text.hpp"
#include "net/input_values.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <numeric>

namespace ns {
namespace {

Result<std::vector<std::vector<float>>> outputs_of(Backend& backend, const Net& net,
                                                   std::span<const Group> groups, std::uint64_t seed,
                                                   const Precision& precision) {
  const RandomWeights weights{seed};
  auto plan = backend.prepare(net, groups, KeptWeights{weights, precision}, true);
  if (!plan) return tl::unexpected{std::move(plan.error())};
  write_random_inputs(**plan, net, seed, precision);
  (*plan)->run();
  std::vector<std::vector<float>> outputs;
  for (std::size_t i = 0; i < net.outputs.size(); ++i) {
    outputs.push_back((*plan)->read_output(i));
    if (is_floating(net.tensors[net.outputs[i]].type.dtype)) overflow_as_kept(outputs.back(), precision);
  }
  if (auto health = (*plan)->health(); !health) return tl::unexpected{std::move(health.error())};
  return outputs;
}

}  // namespace

Group whole_group(const Net& net, const LayerConfig& layer) {
  Group group{{}, net.inputs, net.outputs, layer};
  group.layers.resize(net.layers.size());
  std::iota(group.layers.begin(), group.layers.end(), LayerId{0});
  return group;
}

void write_random_inputs(Plan& plan, const Net& net, std::uint64_t seed, const Precision& precision) {
  for (std::size_t i = 0; i < net.inputs.size(); ++i) {
    const auto& tensor = net.tensors[net.inputs[i]];
    Random random{seed, "input " + std::to_string(i)};
    std::vector<float> values(static_cast<std::size_t>(tensor.type.shape.elements()));
    const auto range = value_range(net, net.inputs[i]);
    for (auto& value : values) value = static_cast<float>(range.at(random.fraction()));
    if (is_floating(tensor.type.dtype)) round_to_kept(values, precision);
    plan.write_input(i, values);
  }
}

double tolerance_of(const LayerParams& params) {
  constexpr double exact = 1e-6;        // moves or compares values
  constexpr double rounded = 1e-5;      // a few operations per value
  constexpr double accumulated = 1e-4;  // long sums, whose order differs
  const auto type = type_of(params);
  for (const auto* summing : {"conv", "deconv", "fc", "local", "matmul", "einsum", "attention", "rnn", "norm",
                              "act", "softmax", "reduce"})
    if (type == summing) return accumulated;
  return type == "pool" || type == "eltwise" || type == "resize" || type == "scatter" ? rounded : exact;
}

std::optional<std::string> compare(std::span<const float> got, std::span<const float> expected,
                                   double tolerance) {
  if (got.size() != expected.size())
    return fmt::format("{} where the reference has {}", counted(got.size(), "value"), expected.size());
  double largest = 0.0;
  for (const auto value : expected)
    if (std::isfinite(value)) largest = std::max(largest, std::abs(static_cast<double>(value)));
  const auto allowed = tolerance * std::max(largest, 1e-30);
  for (std::size_t i = 0; i < got.size(); ++i) {
    const bool same = got[i] == expected[i] || (std::isnan(got[i]) && std::isnan(expected[i]));
    const auto apart = std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i]));
    // A comparison that NaN fails, whichever side it is on.
    if (!same && !(apart <= allowed))
      return fmt::format("value {} is {} and should be {} (largest {}, tolerance {})", i, got[i], expected[i],
                         largest, tolerance);
  }
  return std::nullopt;
}

std::optional<std::string> compare_rounded(std::span<const float> got, std::span<const float> expected) {
  constexpr std::size_t share = 1000;
  if (got.size() != expected.size()) return compare(got, expected, 0.0);
  std::size_t off = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    const auto apart = std::abs(got[i] - expected[i]);
    if (!(apart <= 1.0F)) return fmt::format("value {} is {} and should be {}", i, got[i], expected[i]);
    off += apart > 0.0F ? 1 : 0;
  }
  if (off <= 1 + got.size() / share) return std::nullopt;
  return fmt::format("one off: {} of {}", off, counted(got.size(), "value"));
}

Result<std::optional<std::string>> Verifier::check(const LayerConfig& layer) {
  const auto twin = twin_of(layer);
  auto text = print(twin);
  if (const auto seen = known_.find(text); seen != known_.end()) return seen->second;
  auto verdict = run_both(twin);
  if (!verdict) return verdict;
  if (*verdict) **verdict = fmt::format("{}: {}", text, **verdict);
  known_.emplace(std::move(text), *verdict);
  return verdict;
}

Result<std::optional<std::string>> Verifier::run_both(const LayerConfig& twin) {
  const auto net = net_of(twin);
  if (!net) return tl::unexpected{net.error()};
  const std::vector<Group> whole{whole_group(*net, twin)};
  const Precision precision = precision_of(backend_->settings());
  const auto expected = outputs_of(*reference_, *net, group(*net, reference_->rules()), seed_, precision);
  if (!expected) return tl::unexpected{expected.error()};
  const auto got = outputs_of(*backend_, *net, whole, seed_, precision);
  if (!got) return tl::unexpected{got.error()};
  const auto* const quantisation = quantisation_of(twin.params);
  const double tolerance = tolerance_of(twin.params) + rounding_of(twin, precision);
  for (std::size_t i = 0; i < expected->size(); ++i) {
    auto differs = quantisation != nullptr && quantisation->out
                       ? compare_rounded((*got)[i], (*expected)[i])
                       : compare((*got)[i], (*expected)[i], tolerance);
    if (differs) return differs;
  }
  return std::optional<std::string>{};
}

}  // namespace ns
