/// What it takes to launch work that does nothing.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/cudnn/device.hpp"

#include <memory>

namespace ns::cudnn {

/// One empty kernel of one thread: by events around it, which leaves what each kernel costs the device at
/// least; or from the host's call to the end of waiting for it.
Result<std::unique_ptr<Timed>> prepare_launch(std::shared_ptr<const Device> device, LaunchClock clock);

}  // namespace ns::cudnn
