/// The one function that the plug-in exports; kernels/plugin.cpp looks for it by name.
#pragma once

#include "kernels/backend.hpp"

#include <memory>
#include <string_view>

namespace ns::cudnn {

inline constexpr const char* entry_name = "ns_open_cudnn";

/// What it is asked. Both sides were built together, which `version` and `size` hold them to.
struct OpenRequest {
  std::size_t size = sizeof(OpenRequest);
  std::string_view version;   // the program's
  std::string_view settings;  // behind "cudnn:"
  Result<std::unique_ptr<Backend>> opened = failure(Errc::no_device, "cudnn: the plug-in did not answer");
};

using Entry = void (*)(OpenRequest& request);

}  // namespace ns::cudnn
