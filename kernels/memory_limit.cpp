#include "kernels/memory_limit.hpp"

#include "core/quantity.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace ns {
namespace {

double physical_memory() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

Result<void> check_bytes(double needed) {
  // Packing holds a second copy of one layer's weights for a moment; the rest leaves room for it and the
  // system.
  if (needed <= 0.75 * physical_memory()) return {};
  return failure(Errc::unsupported, fmt::format("needs {} of memory, and this machine has {}",
                                                print(Bytes{needed}), print(Bytes{physical_memory()})));
}

}  // namespace

Result<void> check_memory(const Net& net, Bytes value) {
  double needed = 0.0;
  for (LayerId layer = 0; layer < net.layers.size(); ++layer)
    for (const Weight& weight : weights(net.layers[layer].params, net.input_types(layer)))
      needed += static_cast<double>(weight.shape.elements());
  for (const Tensor& tensor : net.tensors) needed += static_cast<double>(tensor.type.shape.elements());
  return check_bytes(needed * value.value());
}

Result<void> check_memory(const TensorType& type) { return check_bytes(2.0 * type.bytes().value()); }

}  // namespace ns
