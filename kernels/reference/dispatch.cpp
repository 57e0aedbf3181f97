#include "kernels/reference/layers.hpp"
#include "kernels/unwritten.hpp"

#include <cassert>
#include <fmt/format.h>

namespace ns::reference {
namespace {

struct Dispatch {
  const Operands& operands;
  template <class Layer>
  void operator()(const Layer& layer) const {
    if constexpr (unwritten_type<Layer>) {
      assert(false && "an unwritten layer passed supports()");
    } else {
      run(layer, operands);
    }
  }
  void operator()(const Opaque&) const { assert(false && "an opaque layer passed supports()"); }
};

Result<void> supports_one(const LayerParams& params) {
  if (auto written = check_written(params); !written) return written;
  const auto* const opaque = std::get_if<Opaque>(&params);
  if (opaque == nullptr) return {};
  return failure(
      Errc::unsupported,
      fmt::format("operator {} is not modelled, so it cannot be run; its cost is a floor", opaque->op));
}

}  // namespace

void run(const LayerParams& layer, const Operands& operands) { std::visit(Dispatch{operands}, layer); }

Result<void> supports(const LayerConfig& layer) {
  for (const TensorType& type : layer.inputs) {
    if (type.dtype != DType::float32) {
      return failure(Errc::unsupported,
                     fmt::format("{} inputs cannot be run; only float32 can", to_string(type.dtype)));
    }
  }
  if (auto head = supports_one(layer.params); !head) return head;
  for (const LayerParams& follower : layer.epilogue)
    if (auto supported = supports_one(follower); !supported) return supported;
  return {};
}

}  // namespace ns::reference
