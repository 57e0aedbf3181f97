#include "kernels/stored_weight.hpp"

#include <functional>

namespace ns {

Result<void> read_weight(const Weights& weights, const Net& net, LayerId layer, std::size_t slot,
                         std::int64_t first, std::span<float> values) {
  if (auto read = weights.read(net, layer, slot, first, values); !read) return read;
  const LayerParams& params = net.layers[layer].params;
  const auto* const quantisation = quantisation_of(params);
  if (slot != 0 || quantisation == nullptr || !quantisation->has_factors()) return {};
  const Shape shape = ns::weights(params, net.input_types(layer))[0].shape;
  const auto per_filter = shape.elements(1, shape.rank());
  const auto change = [&](std::size_t other, auto with) -> Result<void> {
    const auto numbers = read_weight(weights, net, layer, other);
    if (!numbers) return tl::unexpected{numbers.error()};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto filter = (first + static_cast<std::int64_t>(i)) / per_filter;
      values[i] = with(values[i], (*numbers)[static_cast<std::size_t>(filter)]);
    }
    return {};
  };
  if (quantisation->filter_zero_points) {
    if (auto changed = change(2, std::minus<float>{}); !changed) return changed;
  } else {
    for (float& value : values) value -= static_cast<float>(quantisation->middle());
  }
  return quantisation->is_integer() ? Result<void>{} : change(1, std::multiplies<float>{});
}

Result<std::vector<float>> read_weight(const Weights& weights, const Net& net, LayerId layer,
                                       std::size_t slot) {
  const auto described = ns::weights(net.layers[layer].params, net.input_types(layer));
  std::vector<float> values(static_cast<std::size_t>(described[slot].shape.elements()));
  if (auto read = read_weight(weights, net, layer, slot, 0, values); !read)
    return tl::unexpected{std::move(read.error())};
  return values;
}

}  // namespace ns
