#include "kernels/cudnn/library.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string>

namespace ns::cudnn {
namespace {

constexpr int thousand = 1000;

struct Remedy {
  std::string_view status;
  Errc code;
  std::string_view words;
};

constexpr std::string_view full = "the GPU's memory is full; stop what else uses it, or take a smaller net";
constexpr std::string_view cannot = "the library has no kernel for it";
constexpr std::string_view broken = "the GPU or its driver failed; see dmesg and nvidia-smi";

constexpr std::array remedies{
    Remedy{"CUDNN_STATUS_ALLOC_FAILED", Errc::unsupported, full},
    Remedy{"CUDNN_STATUS_INTERNAL_ERROR_HOST_ALLOCATION_FAILED", Errc::unsupported, full},
    Remedy{"CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED", Errc::unsupported, full},
    Remedy{"CUDNN_STATUS_BAD_PARAM", Errc::unsupported, cannot},
    Remedy{
        "CUDNN_STATUS_NOT_INITIALIZED", Errc::no_device,
        "cuDNN does not start; its parts or the driver do not belong together: install one version of all"},
    Remedy{"CUDNN_STATUS_ARCH_MISMATCH", Errc::no_device,
           "this GPU is too old for this cuDNN; use an older one"},
    Remedy{"CUBLAS_STATUS_ALLOC_FAILED", Errc::unsupported, full},
    Remedy{"CUBLAS_STATUS_NOT_SUPPORTED", Errc::unsupported, cannot},
    Remedy{"CUBLAS_STATUS_INVALID_VALUE", Errc::unsupported, cannot},
    Remedy{"CUBLAS_STATUS_ARCH_MISMATCH", Errc::no_device,
           "this GPU is too old for this cuBLAS; use an older one"},
};

Result<void> refused(std::string_view status, std::string_view call) {
  const auto* const known = std::ranges::find(remedies, status, &Remedy::status);
  Remedy remedy{status, Errc::no_device, broken};
  if (status.starts_with("CUDNN_STATUS_NOT_SUPPORTED")) remedy = {status, Errc::unsupported, cannot};
  if (known != remedies.end()) remedy = *known;
  return failure(remedy.code, fmt::format("{}: {}: {}", call, status, remedy.words));
}

/// cuBLAS 11.4 has cublasGetStatusName as well.
std::string_view name_of(cublasStatus_t status) {
  const char* const name = cublasGetStatusName(status);
  return name == nullptr ? "an unknown status of cuBLAS" : name;
}

}  // namespace

Result<void> check(cudnnStatus_t status, std::string_view call) {
  if (status == CUDNN_STATUS_SUCCESS) return {};
  return refused(cudnnGetErrorString(status), call);
}

Result<void> check(cublasStatus_t status, std::string_view call) {
  if (status == CUBLAS_STATUS_SUCCESS) return {};
  return refused(name_of(status), call);
}

bool is_refusal(cudnnStatus_t status) {
  const std::string_view name = cudnnGetErrorString(status);
  return name.starts_with("CUDNN_STATUS_NOT_SUPPORTED") || name.starts_with("CUDNN_STATUS_BAD_PARAM");
}

Result<DnnHandle> make_dnn(const Stream& stream) {
  cudnnHandle_t handle = nullptr;
  if (auto made = check(cudnnCreate(&handle), "cudnnCreate"); !made)
    return tl::unexpected{std::move(made.error())};
  DnnHandle owned{handle};
  if (auto set = check(cudnnSetStream(handle, stream.get()), "cudnnSetStream"); !set)
    return tl::unexpected{std::move(set.error())};
  return owned;
}

Result<BlasHandle> make_blas(const Stream& stream, const DeviceMemory& workspace, Math math) {
  cublasHandle_t handle = nullptr;
  if (auto made = check(cublasCreate(&handle), "cublasCreate"); !made)
    return tl::unexpected{std::move(made.error())};
  BlasHandle owned{handle};
  auto set = check(cublasSetStream(handle, stream.get()), "cublasSetStream");
  // Behind cublasSetStream, which takes the workspace away.
  if (set) set = check(cublasSetWorkspace(handle, workspace.data(), workspace.bytes()), "cublasSetWorkspace");
  const int mode = (math == Math::tf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH) |
                   CUBLAS_MATH_DISALLOW_REDUCED_PRECISION_REDUCTION;
  if (set) set = check(cublasSetMathMode(handle, static_cast<cublasMath_t>(mode)), "cublasSetMathMode");
  if (!set) return tl::unexpected{std::move(set.error())};
  return owned;
}

std::string dnn_version() {
  const auto number = cudnnGetVersion();  // 8907, from 9 on 91900
  const std::size_t unit = number >= std::size_t{10} * thousand ? std::size_t{10} * thousand : thousand;
  return fmt::format("{}.{}.{}", number / unit, number % unit / 100, number % 100);
}

std::string blas_version(const BlasHandle& blas) {
  int number = 0;  // 130002: 13.0.2
  if (cublasGetVersion(blas.get(), &number) != CUBLAS_STATUS_SUCCESS) return "of unknown version";
  const int unit = number >= 100 * thousand ? 10 * thousand : thousand;
  return fmt::format("{}.{}", number / unit, number % unit / 100);
}

int libraries_need() { return static_cast<int>(cudnnGetCudartVersion()); }

}  // namespace ns::cudnn
