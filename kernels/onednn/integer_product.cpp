#include "kernels/onednn/integer_product.hpp"

#include "core/array.hpp"
#include "kernels/onednn/windows.hpp"

#include <cmath>
#include <cstring>
#include <utility>

namespace ns::onednn {

IntegerProduct product_of(const Conv& layer, const Builder& plan) {
  IntegerProduct product{layer.quantisation,
                         plan.config().inputs[0].dtype,
                         ns::window_of(layer, plan.in(), plan.out()),
                         plan.in(),
                         plan.out(),
                         layer.groups};
  product.spatial_axes = plan.in().rank() - 2;
  return product;
}

IntegerProduct product_of(const Fc& layer, const Builder& plan) {
  const auto rows = plan.out().elements() / layer.features;
  const auto columns = plan.in().elements() / rows;
  IntegerProduct product{layer.quantisation,
                         plan.config().inputs[0].dtype,
                         {},
                         Shape{1, columns, 1, rows},
                         Shape{1, layer.features, 1, rows}};
  product.window.channels = columns;
  product.window.filters = layer.features;
  product.window.in[2] = product.window.out[2] = rows;
  product.is_rows = true;
  return product;
}

Dims filter_dims(const IntegerProduct& product) {
  const WindowGeometry& window = product.window;
  Dims dims{window.filters / product.groups, window.channels / product.groups};
  if (product.groups > 1) dims.insert(dims.begin(), product.groups);
  dims.insert(dims.end(), window.kernel.end() - static_cast<std::ptrdiff_t>(product.spatial_axes),
              window.kernel.end());
  return dims;
}

Sliding sliding_of(const IntegerProduct& product) {
  const auto last = [&](const WindowGeometry::Extents& extents) {
    return Dims(extents.end() - static_cast<std::ptrdiff_t>(product.spatial_axes), extents.end());
  };
  const WindowGeometry& window = product.window;
  return {last(window.kernel), last(window.stride), last(window.dilation), last(window.pad),
          last(window.pad_end)};
}

IntegerWork work_of(const IntegerProduct& product) {
  const WindowGeometry& window = product.window;
  IntegerWork work{};
  work.windows = windows_of(window);
  work.batch = window.batch;
  work.channels = window.channels;
  work.filters = window.filters;
  work.groups = product.groups;
  work.is_depthwise = window.channels == product.groups && window.filters == product.groups;
  const Quantisation& quantisation = product.quantisation;
  work.in_zero_point = static_cast<float>(quantisation.in.zero_point);
  if (!quantisation.out) return work;
  const auto [low, high] = range_of(quantisation.out_dtype);
  work.is_scaled = true;
  work.out_zero_point = static_cast<float>(quantisation.out.zero_point);
  work.low = static_cast<float>(low);
  work.high = static_cast<float>(high);
  return work;
}

Result<IntegerWeights> read_weights(const IntegerProduct& product, bool bias, Builder& plan) {
  const Quantisation& quantisation = product.quantisation;
  IntegerWeights stored;
  const auto read = [&](std::size_t slot, std::vector<float>& values) -> Result<void> {
    auto weight = plan.weight(slot);
    if (!weight) return tl::unexpected{std::move(weight.error())};
    values = std::move(*weight);
    return {};
  };
  Result<void> done = read(0, stored.filters);
  if (done) done = read(1, stored.factors);
  if (done && quantisation.filter_zero_points) done = read(2, stored.zero_points);
  if (done && bias) done = read(quantisation.bias_slot(), stored.bias);
  if (!done) return tl::unexpected{std::move(done.error())};
  stored.bias.resize(stored.factors.size());
  if (quantisation.dynamic) return stored;
  for (std::size_t f = 0; f < stored.bias.size(); ++f)
    stored.bias[f] = static_cast<float>(
        std::nearbyint(static_cast<double>(stored.bias[f]) / (quantisation.in.scale * stored.factors[f])));
  const double scale = quantisation.in.scale / (quantisation.out ? quantisation.out.scale : 1.0);
  for (float& factor : stored.factors) factor = static_cast<float>(factor * scale);
  return stored;
}

View constant_bytes(std::span<const std::byte> bytes, const Desc& desc, Builder& plan) {
  std::vector<float> words((bytes.size() + sizeof(float) - 1) / sizeof(float));
  std::memcpy(words.data(), bytes.data(), bytes.size());
  return {plan.constant(words).buffer, desc};
}

View read_pixels(const IntegerProduct& product, Builder& plan) {
  return plan.read(0, product.is_rows ? dense(plan.in()) : in_layout(plan.in(), Layout::channels_last));
}

View write_pixels(const IntegerProduct& product, Builder& plan) {
  return plan.write(product.is_rows ? dense(plan.out()) : in_layout(plan.out(), Layout::channels_last));
}

}  // namespace ns::onednn
