/// Tensors on their way between the host's memory and the device's.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/cudnn/device.hpp"

#include <memory>

namespace ns::cudnn {

/// Pinned memory is copied on the device's own clock; pageable memory, which the driver stages on the way, on
/// the host's. unsupported for anything but float32 with elements, or if memory is short.
Result<std::unique_ptr<Timed>> prepare_boundary(std::shared_ptr<const Device> device, const TensorType& type,
                                                Direction direction);

}  // namespace ns::cudnn
