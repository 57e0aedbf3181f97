/// The backend of plain loops: always built, exact rather than fast.
#pragma once

#include "kernels/backend.hpp"

namespace ns {

/// Takes no settings.
Result<std::unique_ptr<Backend>> open_reference(std::string_view settings);

}  // namespace ns
