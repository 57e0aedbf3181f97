/// One layer on one backend, with given inputs and weights.
#pragma once

#include "kernels/backend.hpp"

#include <algorithm>
#include <vector>

namespace ns {

/// Hands out what a test wrote down.
class GivenWeights final : public Weights {
 public:
  explicit GivenWeights(std::vector<std::vector<float>> values) : values_{std::move(values)} {}
  Result<void> read(const Net&, LayerId, std::size_t slot, std::int64_t first,
                    std::span<float> values) const override {
    if (slot >= values_.size() || first != 0 || values_[slot].size() != values.size())
      return bad_input("the test's weights do not fit");
    std::copy(values_[slot].begin(), values_[slot].end(), values.begin());
    return {};
  }

 private:
  std::vector<std::vector<float>> values_;
};

using Values = std::vector<std::vector<float>>;

/// The outputs of the layer `text`.
inline Result<Values> run_layer(Backend& backend, std::string_view text, const Values& inputs,
                                Values weights = {}) {
  const auto layer = parse_layer(text);
  if (!layer) return tl::unexpected{layer.error()};
  const auto net = net_of(*layer);
  if (!net) return tl::unexpected{net.error()};
  auto plan = backend.prepare(*net, group(*net, backend.rules()), GivenWeights{std::move(weights)}, true);
  if (!plan) return tl::unexpected{std::move(plan.error())};
  for (std::size_t i = 0; i < inputs.size(); ++i) (*plan)->write_input(i, inputs[i]);
  (*plan)->run();
  Values outputs;
  for (std::size_t i = 0; i < net->outputs.size(); ++i) outputs.push_back((*plan)->read_output(i));
  return outputs;
}

}  // namespace ns
