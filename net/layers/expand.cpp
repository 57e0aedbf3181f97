#include "net/layers/expand.hpp"

#include "net/layers/broadcast.hpp"
#include "net/layers/sizes.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

/// Elements of the input that stand side by side in the output, too.
std::int64_t run_length(const Shape& input, const Shape& output) {
  std::int64_t run = 1;
  for (std::size_t back = 1; back <= input.rank(); ++back) {
    if (input[input.rank() - back] != output[output.rank() - back]) break;
    run *= input[input.rank() - back];
  }
  return run;
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Expand& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("an expansion has 1 input, not {}", inputs.size()));
  const Shape wanted{layer.extents};
  if (auto checked = check_shape(wanted); !checked) return tl::unexpected{std::move(checked.error())};
  auto shape = broadcast(inputs[0].shape, wanted);
  if (!shape)
    return bad_input(
        fmt::format("input {} cannot be repeated to {}", to_string(inputs[0].shape), to_string(wanted)));
  if (auto checked = check_shape(*shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(*shape), inputs[0].dtype}};
}

Macs macs(const Expand&, const Signature&) { return Macs{}; }

Flops flops(const Expand&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Expand&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Expand&, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  return {{"elements", static_cast<double>(output.elements())},
          {"in_elements", static_cast<double>(input.elements())},
          {"run", static_cast<double>(run_length(input, output))}};
}

std::vector<Feature> paper_variables(const Expand&, const Signature& tensors) { return sizes(tensors); }

std::string category(const Expand&, const Signature& tensors) {
  return run_length(tensors.inputs[0].shape, tensors.outputs[0].shape) > 1 ? "runs" : "elements";
}

}  // namespace ns
