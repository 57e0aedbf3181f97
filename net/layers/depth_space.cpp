#include "net/layers/depth_space.hpp"

#include "core/text.hpp"
#include "net/layers/sizes.hpp"

#include <fmt/format.h>

namespace ns {
namespace {

/// No real block is larger; below it nothing overflows.
constexpr std::int64_t max_block = 1 << 15;

Result<Shape> shrunk_channels(const DepthSpace& layer, const Shape& input) {
  const auto squared = layer.block * layer.block;
  if (input[1] % squared != 0)
    return bad_input(fmt::format("{} no multiple of the block's {} elements",
                                 counted(input[1], "channel is", "channels are"), squared));
  return Shape{input[0], input[1] / squared, input[2] * layer.block, input[3] * layer.block};
}

Result<Shape> shrunk_maps(const DepthSpace& layer, const Shape& input) {
  if (input[2] % layer.block != 0 || input[3] % layer.block != 0)
    return bad_input(
        fmt::format("a block of {} does not divide maps of {}x{}", layer.block, input[2], input[3]));
  return Shape{input[0], input[1] * layer.block * layer.block, input[2] / layer.block,
               input[3] / layer.block};
}

}  // namespace

Result<std::vector<TensorType>> output_types(const DepthSpace& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("moving depth has 1 input, not {}", inputs.size()));
  if (inputs[0].shape.rank() != 4)
    return bad_input(fmt::format("moving depth reads N, C, H, W, not {}", to_string(inputs[0].shape)));
  if (layer.block < 1 || layer.block > max_block)
    return bad_input(fmt::format("block is {}; it must be from 1 to {}", layer.block, max_block));
  auto shape = layer.kind == DepthSpace::Kind::depth_to_space ? shrunk_channels(layer, inputs[0].shape)
                                                              : shrunk_maps(layer, inputs[0].shape);
  if (!shape) return tl::unexpected{std::move(shape.error())};
  return std::vector{TensorType{std::move(*shape), inputs[0].dtype}};
}

Macs macs(const DepthSpace&, const Signature&) { return Macs{}; }

Flops flops(const DepthSpace&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const DepthSpace&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const DepthSpace& layer, const Signature& tensors) {
  return {{"elements", static_cast<double>(tensors.inputs[0].shape.elements())},
          {"factor", static_cast<double>(layer.block)},
          {"width", static_cast<double>(tensors.inputs[0].shape[3])},
          {"out_width", static_cast<double>(tensors.outputs[0].shape[3])},
          {"to_space", layer.kind == DepthSpace::Kind::depth_to_space ? 1.0 : 0.0}};
}

std::vector<Feature> paper_variables(const DepthSpace&, const Signature& tensors) { return sizes(tensors); }

std::string category(const DepthSpace& layer, const Signature&) {
  const auto* const kind =
      layer.kind == DepthSpace::Kind::depth_to_space ? "depth_to_space" : "space_to_depth";
  return fmt::format("{} b{}", kind, layer.block);
}

}  // namespace ns
