#include "net/layers/einsum_product.hpp"

#include <algorithm>
#include <utility>

namespace ns {
namespace {

std::size_t place_of(EinsumTensor tensor) { return static_cast<std::size_t>(tensor); }

/// The part that a label plays.
EinsumProduct::Labels& part_of(const EinsumLabel& label, EinsumProduct& product) {
  const bool left = label.strides[0] != 0;
  const bool right = label.strides[1] != 0;
  if (label.in_result) return left && right ? product.batch : left ? product.rows : product.columns;
  return left && right ? product.inner : product.alone.at(left ? 0 : 1);
}

/// Whether the result has a label of only the second operand before any of only the first.
bool second_stands_first(const std::vector<EinsumLabel>& labels) {
  for (const auto& label : labels) {
    const bool first = label.strides[0] != 0;
    const bool second = label.strides[1] != 0;
    if (label.in_result && first != second) return second;
  }
  return false;
}

/// Rows, then columns of one of the three matrices.
std::pair<EinsumProduct::Labels*, EinsumProduct::Labels*> axes_of(EinsumProduct& product,
                                                                  EinsumTensor tensor) {
  return {tensor == EinsumTensor::right ? &product.inner : &product.rows,
          tensor == EinsumTensor::left ? &product.inner : &product.columns};
}

}  // namespace

EinsumProduct product_of(const Einsum& layer, const std::vector<TensorType>& inputs) {
  auto labels = labels_of(layer, inputs);
  std::erase_if(labels, [](const EinsumLabel& label) { return label.extent == 1; });
  EinsumProduct product;
  product.swapped = second_stands_first(labels);
  for (auto& label : labels) {
    if (product.swapped) std::swap(label.strides[0], label.strides[1]);
    part_of(label, product).push_back(label);
  }
  std::ranges::stable_sort(product.inner, std::ranges::greater{},
                           [](const EinsumLabel& label) { return label.strides[0]; });
  return product;
}

std::optional<std::int64_t> joined_stride(const EinsumProduct::Labels& labels, EinsumTensor tensor) {
  const auto place = place_of(tensor);
  for (std::size_t i = 1; i < labels.size(); ++i)
    if (labels[i - 1].strides.at(place) != labels[i].extent * labels[i].strides.at(place))
      return std::nullopt;
  return labels.empty() ? 1 : labels.back().strides.at(place);
}

std::int64_t joined_extent(const EinsumProduct::Labels& labels) {
  std::int64_t extent = 1;
  for (const auto& label : labels) extent *= label.extent;
  return extent;
}

bool is_matrix(const EinsumProduct& product, EinsumTensor tensor) {
  const auto& rows = tensor == EinsumTensor::right ? product.inner : product.rows;
  const auto& columns = tensor == EinsumTensor::left ? product.inner : product.columns;
  if (tensor != EinsumTensor::result && !product.alone.at(place_of(tensor)).empty()) return false;
  const auto row = joined_stride(rows, tensor);
  const auto column = joined_stride(columns, tensor);
  if (!row || !column) return false;
  return *column == 1 || (tensor != EinsumTensor::result && *row == 1);
}

EinsumProduct laid_out(EinsumProduct product, EinsumTensor tensor) {
  const auto place = place_of(tensor);
  const auto [rows, columns] = axes_of(product, tensor);
  std::int64_t step = 1;
  for (auto* const group : {columns, rows, &product.batch})
    for (auto label = group->rbegin(); label != group->rend(); ++label) {
      label->strides.at(place) = step;
      step *= label->extent;
    }
  if (tensor != EinsumTensor::result) product.alone.at(place).clear();
  return product;
}

int transposes_of(const EinsumProduct& product) {
  const auto is_new = [&](EinsumTensor tensor) {
    if (!product.inner.empty()) return !is_matrix(product, tensor);
    // Element by element they are read wherever they stand.
    return tensor != EinsumTensor::result && !product.alone.at(place_of(tensor)).empty();
  };
  int count = 0;
  for (const auto tensor : {EinsumTensor::left, EinsumTensor::right, EinsumTensor::result})
    count += is_new(tensor) ? 1 : 0;
  return count;
}

}  // namespace ns
