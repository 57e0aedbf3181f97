/// A tensor's way over the border of the device: between the layout behind a convolution and a dense buffer.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/onednn/device.hpp"

#include <memory>

namespace ns::onednn {

/// unsupported for an element type other than float32, a tensor without elements or one larger than memory.
Result<std::unique_ptr<Timed>> prepare_boundary(std::shared_ptr<const Device> device, const TensorType& type,
                                                Direction direction);

}  // namespace ns::onednn
