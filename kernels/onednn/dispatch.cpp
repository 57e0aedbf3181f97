#include "kernels/onednn/layers.hpp"
#include "kernels/unwritten.hpp"

#include <fmt/format.h>

namespace ns::onednn {
namespace {

struct Dispatch {
  Builder& plan;
  template <class Layer>
  Result<void> operator()(const Layer& layer) const {
    if constexpr (unwritten_type<Layer>) {
      return check_written(layer);
    } else {
      return build(layer, plan);
    }
  }
  Result<void> operator()(const Opaque& layer) const {
    return failure(
        Errc::unsupported,
        fmt::format("operator {} is not modelled, so it cannot be run; its cost is a floor", layer.op));
  }
};

bool is_head(const LayerParams& params) {
  return std::holds_alternative<Conv>(params) || std::holds_alternative<Fc>(params);
}

}  // namespace

Result<void> build_group(Builder& plan) { return std::visit(Dispatch{plan}, plan.config().params); }

Result<void> supports(const LayerConfig& layer) {
  if (auto written = check_written(layer.params); !written) return written;
  if (const auto* const opaque = std::get_if<Opaque>(&layer.params)) {
    return failure(
        Errc::unsupported,
        fmt::format("operator {} is not modelled, so it cannot be run; its cost is a floor", opaque->op));
  }
  if (!layer.epilogue.empty() && !is_head(layer.params)) {
    return failure(Errc::unsupported, fmt::format("nothing is fused behind a {}; only behind conv and fc",
                                                  type_of(layer.params)));
  }
  for (const TensorType& type : layer.inputs) {
    if (type.dtype != DType::float32) {
      return failure(Errc::unsupported,
                     fmt::format("{} inputs cannot be run; only float32 can", to_string(type.dtype)));
    }
    if (type.shape.elements() == 0)
      return failure(Errc::unsupported,
                     fmt::format("input {} has no elements, so there is nothing to run", print(type)));
  }
  return {};
}

}  // namespace ns::onednn
