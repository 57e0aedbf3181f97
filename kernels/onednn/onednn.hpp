/// The backend of oneDNN on the CPU.
#pragma once

#include "kernels/backend.hpp"

namespace ns {

/// `threads=N` (default all cores, with a warning) and `isa=sse41|avx|avx2|avx512` (default the best there
/// is). oneDNN fixes its instruction set once per process: no_device for a second, different one.
Result<std::unique_ptr<Backend>> open_onednn(std::string_view settings);

}  // namespace ns
