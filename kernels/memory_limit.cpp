#include "kernels/memory_limit.hpp"

#include "core/quantity.hpp"

#include <fmt/format.h>
#include <unistd.h>

namespace ns {
namespace {

double physical_memory() {
  return static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

}  // namespace

Result<void> check_memory(const Net& net) {
  // Packing holds a second copy of one layer's weights for a moment; 0.75 leaves room for it and the system.
  const double room = 0.75 * physical_memory();
  double needed = 0.0;
  for (LayerId layer = 0; layer < net.layers.size(); ++layer)
    for (const Weight& weight : weights(net.layers[layer].params, net.input_types(layer)))
      needed += 4.0 * static_cast<double>(weight.shape.elements());
  for (const Tensor& tensor : net.tensors) needed += tensor.type.bytes().value();
  if (needed <= room) return {};
  return failure(Errc::unsupported, fmt::format("needs {} of memory, and this machine has {}",
                                                print(Bytes{needed}), print(Bytes{physical_memory()})));
}

}  // namespace ns
