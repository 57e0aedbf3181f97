#include "kernels/stored_weight.hpp"

#include <algorithm>
#include <functional>
#include <string>

namespace ns {

Result<void> read_weight(const Weights& weights, const Net& net, LayerId layer, std::size_t slot,
                         std::int64_t first, std::span<float> values) {
  if (auto read = weights.read(net, layer, slot, first, values); !read) return read;
  const LayerParams& params = net.layers[layer].params;
  const auto* const quantisation = quantisation_of(params);
  if (quantisation == nullptr || !quantisation->has_factors()) return {};
  const auto described = ns::weights(params, net.input_types(layer));
  const auto beside = [&](const char* what) {
    return std::ranges::find(described, described[slot].name + what, &Weight::name);
  };
  const auto factors = beside("_scale");
  if (factors == described.end()) return {};  // no filters
  const auto per_filter = described[slot].shape.elements() / factors->shape.elements();
  const auto change = [&](auto other, auto with) -> Result<void> {
    const auto place = static_cast<std::size_t>(other - described.begin());
    const auto numbers = read_weight(weights, net, layer, place);
    if (!numbers) return tl::unexpected{numbers.error()};
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto filter = (first + static_cast<std::int64_t>(i)) / per_filter;
      values[i] = with(values[i], (*numbers)[static_cast<std::size_t>(filter)]);
    }
    return {};
  };
  if (quantisation->filter_zero_points) {
    if (auto changed = change(beside("_zero_point"), std::minus<float>{}); !changed) return changed;
  } else {
    for (float& value : values) value -= static_cast<float>(quantisation->middle());
  }
  return quantisation->is_integer() ? Result<void>{} : change(factors, std::multiplies<float>{});
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
