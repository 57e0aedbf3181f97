#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace ns::reference {
namespace {

/// Layers whose outputs hold nothing but values of an input or a weight, which are rounded already.
template <class Layer, class... Movers>
constexpr bool is_one_of = (std::is_same_v<Layer, Movers> || ...);
template <class Layer>
constexpr bool only_moves = is_one_of<Layer, Concat, Slice, Crop, Expand, Tile, Transpose, DepthSpace, Gather,
                                      Topk, Reshape, Identity>;

struct Dispatch {
  const Operands& operands;
  template <class Layer>
  void operator()(const Layer& layer) const {
    run(layer, operands);
    if constexpr (!only_moves<Layer>)
      for (Array* output : operands.outputs) round_values(*output);
  }
  void operator()(const Opaque&) const { assert(false && "an opaque layer passed supports()"); }
};

Result<void> refuse(std::string message) { return failure(Errc::unsupported, std::move(message)); }

Result<void> check_params(const LayerParams& params) {
  if (const auto* opaque = std::get_if<Opaque>(&params))
    return refuse(fmt::format("no layer type describes operator {}, so it cannot be run; its cost is a floor",
                              opaque->op));
  const auto* resize = std::get_if<Resize>(&params);
  if (resize != nullptr && resize->coordinates == Resize::Coordinates::tf_crop_and_resize)
    return refuse("tf_crop_and_resize cannot be run, because its region is an input of the file's own");
  return {};
}

Result<void> check_types(std::span<const TensorType> types) {
  for (const TensorType& type : types)
    if (type.dtype == DType::string || type.dtype == DType::complex64 || type.dtype == DType::complex128)
      return refuse(fmt::format("{} cannot be computed with; only real numbers, integers and booleans can",
                                to_string(type.dtype)));
  return {};
}

}  // namespace

void run(const LayerParams& layer, const Operands& operands) {
  const auto is_empty = [](const Array* output) { return output->values.empty(); };
  if (std::ranges::all_of(operands.outputs, is_empty)) return;
  std::visit(Dispatch{operands}, layer.rooms());
}

Result<void> supports(const LayerConfig& layer) {
  if (auto head = check_params(layer.params); !head) return head;
  for (const LayerParams& follower : layer.epilogue)
    if (auto checked = check_params(follower); !checked) return checked;
  if (auto inputs = check_types(layer.inputs); !inputs) return inputs;
  const auto outputs = output_types(layer.params, layer.inputs);
  return outputs ? check_types(*outputs) : Result<void>{};  // shapes that do not fit are refused elsewhere
}

}  // namespace ns::reference
