#include "core/array.hpp"
#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

Conversion conversion_of(const Cast& layer) {
  if (layer.scale != 0.0) return is_floating(layer.dtype) ? Conversion::dequantise : Conversion::quantise;
  if (layer.dtype == DType::boolean) return Conversion::boolean;
  return is_floating(layer.dtype) ? Conversion::none : Conversion::whole;
}

}  // namespace

Result<void> build(const Cast& layer, Builder& plan) {
  CastTask task{};
  task.count = static_cast<unsigned>(plan.out().elements());
  task.from_whole = plan.in_element() == Element::float32 ? 1 : 0;
  task.to_whole = plan.out_element() == Element::float32 ? 1 : 0;
  task.rows = 1;
  task.columns = 1;
  task.conversion = conversion_of(layer);
  task.down = static_cast<float>(layer.scale);
  task.scale = layer.scale;
  task.zero_point = static_cast<double>(layer.zero_point);
  const auto [low, high] = range_of(layer.dtype);
  task.low = low;
  task.span = high - low + 1.0;
  plan.run("kernel:cast", {plan.read(), plan.write()},
           [&device = plan.device(), task, element = plan.real()](std::span<void* const> memory) {
             return device.kernels().launch(device.stream(), Kernel::cast, element, grid_for_each(task.count),
                                            task, memory[0], memory[1]);
           });
  return {};
}

}  // namespace ns::cudnn
