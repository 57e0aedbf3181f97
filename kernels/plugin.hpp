/// The GPU backend's plug-in: found, opened and asked only when a GPU is named.
#pragma once

#include "kernels/backend.hpp"

namespace ns {

/// no_device, with the remedy, where the plug-in, NVIDIA's driver, the CUDA libraries or the GPU is missing.
///
/// The plug-in stands in ../lib as seen from the program. cuDNN and cuBLAS are looked for where the loader
/// looks, then in $NS_CUDA_ROOT, then among the packages of Python environments ($VIRTUAL_ENV, $CONDA_PREFIX,
/// the user's and the system's). What was opened stays so, for backends come from it.
Result<std::unique_ptr<Backend>> open_cudnn(std::string_view settings);

}  // namespace ns
