#include "net/layers/opaque.hpp"

#include "net/layer.hpp"

#include <fmt/format.h>

namespace ns {

Result<std::vector<TensorType>> output_types(const Opaque& layer, const std::vector<TensorType>&) {
  if (layer.outputs.empty())
    return bad_input(fmt::format(
        "no layer type describes operator {}, and the file gives no shape for its output", layer.op));
  std::vector<TensorType> types;
  for (const auto& output : layer.outputs) {
    auto type = parse_tensor_type(output);
    if (!type) return tl::unexpected{std::move(type.error())};
    types.push_back(std::move(*type));
  }
  return types;
}

Macs macs(const Opaque& layer, const Signature&) { return Macs{layer.macs}; }

Flops flops(const Opaque& layer, const Signature&) { return Flops{layer.flops}; }

std::vector<Weight> weights(const Opaque&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Opaque&, const Signature& tensors) {
  return paper_variables(Opaque{}, tensors);
}

std::vector<Feature> paper_variables(const Opaque&, const Signature& tensors) {
  double in = 0.0;
  double out = 0.0;
  for (const auto& input : tensors.inputs) in += input.bytes().value();
  for (const auto& output : tensors.outputs) out += output.bytes().value();
  return {{"input_size", in}, {"output_size", out}};
}

std::string category(const Opaque& layer, const Signature&) { return layer.op; }

}  // namespace ns
