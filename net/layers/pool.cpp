#include "net/layers/pool.hpp"

#include "net/layers/window.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <numeric>

namespace ns {
namespace {

WindowEnd window_end(Pool::Rounding rounding) {
  switch (rounding) {
    case Pool::Rounding::floor:
      return WindowEnd::floor;
    case Pool::Rounding::ceil:
      return WindowEnd::ceil;
    case Pool::Rounding::caffe:
      return WindowEnd::caffe;
  }
  return WindowEnd::floor;
}

double window_size(const Pool& layer, const Shape& input) {
  return static_cast<double>(layer.global ? input.elements(2, input.rank()) : window_elements(layer.kernel));
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Pool& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a pool has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  if (input.rank() < 3 || input.rank() > 5)
    return bad_input(
        fmt::format("input {} needs 1 to 3 spatial axes behind batch and channels", to_string(input)));
  std::vector<std::int64_t> extents{input[0], input[1]};
  if (layer.global) {
    extents.resize(input.rank(), 1);
  } else {
    const auto dilation =
        layer.dilation.empty() ? std::vector<std::int64_t>(input.rank() - 2, 1) : layer.dilation;
    const auto out = window_positions(input, {layer.kernel, layer.stride, layer.pad, dilation},
                                      window_end(layer.rounding));
    if (!out) return tl::unexpected{out.error()};
    for (std::size_t i = 0; i < layer.pad.size(); ++i) {
      const auto axis = i % layer.kernel.size();
      if (layer.pad[i] > dilation[axis] * (layer.kernel[axis] - 1))
        return bad_input("pad must be smaller than the kernel, or a window would hold nothing");
    }
    extents.insert(extents.end(), out->begin(), out->end());
  }
  return std::vector{TensorType{Shape{std::move(extents)}, inputs[0].dtype}};
}

Macs macs(const Pool&, const Signature&) { return Macs{}; }

Flops flops(const Pool& layer, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements()) *
               window_size(layer, tensors.inputs[0].shape)};
}

std::vector<Weight> weights(const Pool&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Pool& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  const auto& output = tensors.outputs[0].shape;
  return {{"batch", static_cast<double>(input[0])},
          {"channels", static_cast<double>(input[1])},
          {"width", static_cast<double>(input[input.rank() - 1])},
          {"out_pixels", static_cast<double>(output.elements(2, output.rank()))},
          {"out_width", static_cast<double>(output[output.rank() - 1])},
          {"kernel_elements", window_size(layer, input)},
          {"stride", layer.global ? 1.0 : static_cast<double>(layer.stride.back())},
          {"pad", layer.global ? 0.0 : static_cast<double>(layer.pad.back())},
          {"average", layer.kind == Pool::Kind::average ? 1.0 : 0.0},
          {"global", layer.global ? 1.0 : 0.0},
          {"block", static_cast<double>(std::gcd(input[1], std::int64_t{16}))}};
}

std::vector<Feature> paper_variables(const Pool&, const Signature& tensors) {
  return {{"input_size", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"output_size", static_cast<double>(tensors.outputs[0].shape.elements())}};
}

std::string category(const Pool& layer, const Signature&) {
  const auto* const kind = layer.kind == Pool::Kind::max ? "max" : "average";
  if (layer.global) return fmt::format("{} global", kind);
  auto made = fmt::format("{} k{} s{}", kind, fmt::join(layer.kernel, "x"), fmt::join(layer.stride, "x"));
  if (!layer.dilation.empty()) made += fmt::format(" d{}", fmt::join(layer.dilation, "x"));
  return made;
}

}  // namespace ns
