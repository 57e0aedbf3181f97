#include "kernels/cudnn/device.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::cudnn {
namespace {

constexpr int volta = 7;
constexpr int ampere = 8;
constexpr int kilo = 1000;

/// What cuBLAS recommends for Hopper and later, and before (documentation of cublasSetWorkspace).
std::size_t blas_workspace_bytes(const Facts& facts) {
  constexpr int hopper = 9;
  constexpr std::size_t mebi = std::size_t{1} << 20U;
  return (facts.capability_major >= hopper ? 32 : 4) * mebi;
}

/// What a GPU of such a capability does not have of `math`; "" for nothing.
std::string_view lacking(Math math, int capability_major) {
  if (math == Math::tf32 && capability_major < ampere) return "TF32";
  if (math == Math::bf16 && capability_major < ampere) return "products of bfloat16";
  return math == Math::fp16 && capability_major < volta ? "products of float16 in tensor cores" : "";
}

Result<CUdevice> find(int index) {
  if (auto begun = check(cuInit(0), "cuInit"); !begun) return tl::unexpected{std::move(begun.error())};
  int count = 0;
  if (auto counted = check(cuDeviceGetCount(&count), "cuDeviceGetCount"); !counted)
    return tl::unexpected{std::move(counted.error())};
  if (count == 0) return tl::unexpected{check(CUDA_ERROR_NO_DEVICE, "cuDeviceGetCount").error()};
  if (index >= count)
    return failure(Errc::no_device,
                   count == 1
                       ? fmt::format("there is no GPU {}; the only one is cudnn:0", index)
                       : fmt::format("there is no GPU {}; there are cudnn:0 to cudnn:{}", index, count - 1));
  CUdevice device = 0;
  if (auto found = check(cuDeviceGet(&device, index), "cuDeviceGet"); !found)
    return tl::unexpected{std::move(found.error())};
  return device;
}

Result<void> check_driver(int driver) {
  const int need = libraries_need();
  if (driver / kilo >= need / kilo) return {};
  return failure(
      Errc::no_device,
      fmt::format("the driver knows CUDA {}.{}, the libraries were made for {}.{}; update the "
                  "driver, or install cuDNN and cuBLAS for CUDA {}",
                  driver / kilo, driver % kilo / 10, need / kilo, need % kilo / 10, driver / kilo));
}

}  // namespace

Device::Device(const Selection& selection, Facts facts, Context context)
    : selection_{selection}, facts_{std::move(facts)}, context_{std::move(context)} {}

Device::~Device() { static_cast<void>(use()); }

Result<std::shared_ptr<const Device>> Device::open(const Selection& selection) {
  const auto found = find(selection.index);
  if (!found) return tl::unexpected{found.error()};
  auto facts = facts_of(*found);
  if (!facts) return tl::unexpected{std::move(facts.error())};
  if (auto fits = check_driver(facts->driver); !fits) return tl::unexpected{std::move(fits.error())};
  auto context = Context::retain(*found);
  if (!context) return tl::unexpected{std::move(context.error())};
  std::shared_ptr<Device> device{new Device{selection, std::move(*facts), std::move(*context)}};
  if (auto started = device->start(); !started) return tl::unexpected{std::move(started.error())};
  return device;
}

Result<void> Device::start() {
  if (const auto lack = lacking(selection_.math, facts_.capability_major); !lack.empty()) {
    warnings_.push_back(fmt::format("{} has no {}; using math=fp32", facts_.name, lack));
    selection_.math = Math::fp32;
  }
  nvml_ = Nvml::open(facts_.bus);
  auto made = keep(Stream::create(), stream_);
  if (made) made = keep(Kernels::load(), kernels_);
  if (made) made = keep(DeviceMemory::allocate(2 * std::max(facts_.l2_bytes, std::size_t{1})), flushed_);
  if (made) made = keep(DeviceMemory::allocate(blas_workspace_bytes(facts_)), blas_workspace_);
  if (made) made = keep(make_dnn(stream_), dnn_);
  if (made) made = keep(make_blas(stream_, blas_workspace_, selection_.math), blas_);
  return made;
}

std::string Device::description() const {
  return fmt::format("{}{}, cuDNN {}, cuBLAS {}", facts_.print(),
                     is_partition() ? ", a part of it (MIG)" : "", dnn_version(), blas_version(blas_));
}

GpuFacts Device::gpu() const {
  constexpr int ten = 10;
  return {facts_.name,
          facts_.capability_major * ten + facts_.capability_minor,
          facts_.multiprocessors,
          facts_.clock_mhz,
          facts_.memory,
          facts_.bandwidth(),
          Bytes{static_cast<double>(facts_.l2_bytes)},
          fmt::format("{}.{}", facts_.driver / kilo, facts_.driver % kilo / ten),
          dnn_version(),
          blas_version(blas_),
          is_partition()};
}

bool Device::is_partition() const { return nvml_ != nullptr && nvml_->is_partitioned().value_or(false); }

bool Device::is_throttled() const { return nvml_ != nullptr && nvml_->is_throttled().value_or(false); }

Result<void> Device::flush() const {
  return check(cuMemsetD8Async(flushed_.address(), 0, flushed_.bytes(), stream_.get()), "cuMemsetD8Async");
}

}  // namespace ns::cudnn
