/// cuDNN's and cuBLAS's handles, and what their refusals mean.
#pragma once

#include "core/error.hpp"
#include "kernels/cudnn/driver.hpp"
#include "kernels/cudnn/owned.hpp"
#include "kernels/cudnn/selection.hpp"

#include <cublas_v2.h>
#include <cudnn.h>

namespace ns::cudnn {

/// unsupported where the library cannot do what was asked or has no memory for it, else no_device. Statuses
/// have other numbers in cuDNN 8 than in 9, so they are told by name.
Result<void> check(cudnnStatus_t status, std::string_view call);
Result<void> check(cublasStatus_t status, std::string_view call);
/// Whether a status says that cuDNN has no kernel for what was asked.
bool is_refusal(cudnnStatus_t status);

using DnnHandle = Owned<cudnnHandle_t, &cudnnDestroy>;
using BlasHandle = Owned<cublasHandle_t, &cublasDestroy>;

/// Whose calls go to `stream`. Precondition: a context is current.
Result<DnnHandle> make_dnn(const Stream& stream);
/// With `workspace` as its memory, so that it allocates nothing while it is captured; partial sums of
/// products never in less than single precision.
Result<BlasHandle> make_blas(const Stream& stream, const DeviceMemory& workspace, Math math);

/// "9.19.0" of the libraries that were loaded.
std::string dnn_version();
std::string blas_version(const BlasHandle& blas);
/// What the libraries were built for, as cuDriverGetVersion counts: 13000.
int libraries_need();

}  // namespace ns::cudnn
