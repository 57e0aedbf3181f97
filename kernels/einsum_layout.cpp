#include "kernels/einsum_layout.hpp"

#include <algorithm>
#include <functional>

namespace ns {
namespace {

using Labels = EinsumProduct::Labels;

std::size_t place_of(EinsumTensor tensor) { return static_cast<std::size_t>(tensor); }

void append(Labels& list, const Labels& more) { list.insert(list.end(), more.begin(), more.end()); }

}  // namespace

Labels labels_in(const EinsumProduct& product, EinsumTensor tensor) {
  Labels labels = product.batch;
  append(labels, tensor == EinsumTensor::right ? product.inner : product.rows);
  append(labels, tensor == EinsumTensor::left ? product.inner : product.columns);
  return labels;
}

Labels in_order(const EinsumProduct& product, const EinsumProduct& original) {
  const auto own = labels_in(original, EinsumTensor::result);
  const auto now = labels_in(product, EinsumTensor::result);
  std::vector<std::size_t> order(own.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, std::ranges::greater{}, [&](std::size_t i) { return own[i].strides[2]; });
  Labels labels;
  for (const auto i : order) labels.push_back(now[i]);
  return labels;
}

std::vector<float> stored_layout(const EinsumProduct& product, EinsumTensor tensor,
                                 const std::vector<float>& values) {
  auto labels = labels_in(product, tensor);
  std::vector<float> made(static_cast<std::size_t>(joined_extent(labels)));
  append(labels, product.alone.at(place_of(tensor)));
  const auto total = joined_extent(labels);
  const auto count = total / static_cast<std::int64_t>(made.size());
  double sum = 0.0;
  for (std::int64_t i = 0; i < total; ++i) {
    std::int64_t place = 0;
    auto rest = i;
    for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
      place += rest % label->extent * label->strides.at(place_of(tensor));
      rest /= label->extent;
    }
    sum += static_cast<double>(values[static_cast<std::size_t>(place)]);
    if ((i + 1) % count != 0) continue;
    made[static_cast<std::size_t>(i / count)] = static_cast<float>(sum);
    sum = 0.0;
  }
  return made;
}

Labels joined_batch(const EinsumProduct& product) {
  Labels joined;
  for (const auto& label : product.batch) {
    const auto goes_on = [&](std::size_t tensor) {
      return joined.back().strides.at(tensor) == label.extent * label.strides.at(tensor);
    };
    if (joined.empty() || !goes_on(0) || !goes_on(1) || !goes_on(2)) {
      joined.push_back(label);
    } else {
      joined.back().extent *= label.extent;
      joined.back().strides = label.strides;
    }
  }
  return joined;
}

}  // namespace ns
