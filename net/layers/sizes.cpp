#include "net/layers/sizes.hpp"

namespace ns {
namespace {

double elements(const std::vector<TensorType>& tensors) {
  double sum = 0.0;
  for (const auto& tensor : tensors) sum += static_cast<double>(tensor.shape.elements());
  return sum;
}

}  // namespace

std::vector<Feature> sizes(const Signature& tensors) {
  return {{"input_size", elements(tensors.inputs)}, {"output_size", elements(tensors.outputs)}};
}

}  // namespace ns
