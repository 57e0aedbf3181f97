#include "net/layers/identity.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Identity& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("an identity has 1 input, not {}", inputs.size()));
  if (layer.copies < 1 || layer.copies > 1024)
    return bad_input(fmt::format("{} copies; at least 1 and at most 1024 are possible", layer.copies));
  return std::vector<TensorType>(static_cast<std::size_t>(layer.copies), inputs[0]);
}

Macs macs(const Identity&, const Signature&) { return Macs{}; }

Flops flops(const Identity&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Identity&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Identity&, const Signature&) { return {}; }

std::vector<Feature> paper_variables(const Identity&, const Signature&) { return {}; }

std::string category(const Identity&, const Signature&) { return "identity"; }

}  // namespace ns
