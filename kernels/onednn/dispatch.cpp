#include "kernels/onednn/layers.hpp"
#include "kernels/runnable.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

struct Dispatch {
  Builder& plan;
  template <class Layer>
  Result<void> operator()(const Layer& layer) const {
    return build(layer, plan);
  }
  Result<void> operator()(const Opaque& layer) const {
    return failure(
        Errc::unsupported,
        fmt::format("no layer type describes operator {}, so it cannot be run; its cost is a floor",
                    layer.op));
  }
};

bool is_head(const LayerParams& params) {
  return std::holds_alternative<Conv>(params) || std::holds_alternative<Fc>(params);
}

/// What crops to nothing, or repeats 0 times, leaves nothing to run either.
Result<void> check_outputs(const LayerConfig& layer) {
  const auto whole = cost(layer);
  if (!whole) return {};  // its shapes are refused elsewhere
  for (const TensorType& type : whole->tensors.outputs)
    if (type.shape.elements() == 0)
      return failure(Errc::unsupported,
                     fmt::format("output {} has no elements, so there is nothing to run", print(type)));
  return {};
}

}  // namespace

Result<void> build_group(Builder& plan) { return std::visit(Dispatch{plan}, plan.config().params.rooms()); }

Result<void> supports(const LayerConfig& layer) {
  if (auto runnable = check_runnable(layer); !runnable) return runnable;
  if (!layer.epilogue.empty() && !is_head(layer.params)) {
    return failure(Errc::unsupported, fmt::format("nothing is fused behind a {}; only behind conv and fc",
                                                  type_of(layer.params)));
  }
  for (const TensorType& type : layer.inputs) {
    if (type.shape.elements() == 0)
      return failure(Errc::unsupported,
                     fmt::format("input {} has no elements, so there is nothing to run", print(type)));
  }
  return check_outputs(layer);
}

}  // namespace ns::onednn
