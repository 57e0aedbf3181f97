#include "kernels/reference/layers.hpp"

#include <array>

namespace ns::reference {
namespace {

/// Where combination `index` of some labels stands in one operand.
std::int64_t place_of(std::int64_t index, std::span<const EinsumLabel> labels, std::size_t operand) {
  std::int64_t place = 0;
  for (auto label = labels.rbegin(); label != labels.rend(); ++label) {
    place += index % label->extent * label->strides.at(operand);
    index /= label->extent;
  }
  return place;
}

/// Operands in the order of the equation.
std::vector<const Array*> operands_of(const Einsum& layer, const Operands& operands) {
  std::vector<const Array*> list(operands.inputs.begin(), operands.inputs.end());
  if (!layer.with.empty())
    list.insert(layer.with_first ? list.begin() : list.end(), &operands.weights.front());
  return list;
}

}  // namespace

void run(const Einsum& layer, const Operands& operands) {
  std::vector<TensorType> types;
  for (const Array* input : operands.inputs) types.push_back({input->shape});
  const auto labels = labels_of(layer, types);
  const auto rank = operands.output().shape.rank();
  const auto kept = std::span{labels}.first(rank);
  const auto summed = std::span{labels}.subspan(rank);
  std::int64_t terms = 1;
  for (const auto& label : summed) terms *= label.extent;
  const auto list = operands_of(layer, operands);
  for (std::int64_t i = 0; i < operands.output().shape.elements(); ++i) {
    const std::array<std::int64_t, 2> begins{place_of(i, kept, 0), place_of(i, kept, 1)};
    double sum = 0.0;
    for (std::int64_t term = 0; term < terms; ++term) {
      double product = 1.0;
      for (std::size_t operand = 0; operand < list.size(); ++operand) {
        const auto place = begins.at(operand) + place_of(term, summed, operand);
        product *= list[operand]->values[static_cast<std::size_t>(place)];
      }
      sum += product;
    }
    operands.output().values[static_cast<std::size_t>(i)] = sum;
  }
}

}  // namespace ns::reference
