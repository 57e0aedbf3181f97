#include "kernels/onednn/product.hpp"

namespace ns::onednn {
namespace {

dnnl::memory unbound(const Device& device, const Desc& desc) {
  return {desc, device.engine, DNNL_MEMORY_NONE};
}

}  // namespace

Product::Product(const Device& device, const Recipe& recipe, const Desc& left, const Desc& right)
    : primitive_{recipe.make()},
      stream_{device.stream},
      scratchpad_bytes_{recipe.scratchpad().get_size()},
      memories_{unbound(device, left), unbound(device, right), unbound(device, recipe.destination()),
                unbound(device, recipe.scratchpad())} {
  constexpr std::array<int, 4> places{DNNL_ARG_SRC, DNNL_ARG_WEIGHTS, DNNL_ARG_DST, DNNL_ARG_SCRATCHPAD};
  for (std::size_t i = 0; i < places.size(); ++i) arguments_.at(i) = {places.at(i), memories_.at(i).get()};
}

void Product::run(float* left, float* right, float* result, std::byte* scratchpad) {
  memories_[0].set_data_handle(left);
  memories_[1].set_data_handle(right);
  memories_[2].set_data_handle(result);
  memories_[3].set_data_handle(scratchpad);
  const auto status = dnnl_primitive_execute(primitive_.get(), stream_.get(),
                                             static_cast<int>(arguments_.size()), arguments_.data());
  if (status != dnnl_success) throw dnnl::error{status, "a product inside of a loop did not run"};
}

}  // namespace ns::onednn
