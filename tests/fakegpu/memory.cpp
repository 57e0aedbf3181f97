// cuMem*: the device's memory is the host's.
#include "device.hpp"

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

namespace {

constexpr std::size_t default_memory = std::size_t{8} << 30U;
constexpr std::size_t alignment = 256;

struct Memory {
  std::mutex mutex;
  std::map<const std::byte*, std::size_t> blocks;  // by their begin
  std::size_t left =
      static_cast<std::size_t>(fakegpu::number("NS_FAKEGPU_MEMORY", static_cast<long>(default_memory)));
};

Memory& memory() {
  static auto* const made = new Memory;
  return *made;
}

void* pointer_of(CUdeviceptr address) { return reinterpret_cast<void*>(address); }

}  // namespace

bool fakegpu::is_device_memory(const void* address, std::size_t bytes) {
  if (bytes == 0) return true;
  const std::lock_guard lock{memory().mutex};
  const auto* const begin = static_cast<const std::byte*>(address);
  auto behind = memory().blocks.upper_bound(begin);
  if (behind == memory().blocks.begin()) return false;
  const auto& [start, size] = *--behind;
  return begin + bytes <= start + size;
}

void fakegpu_limit_memory(std::size_t bytes) { memory().left = bytes; }

CUresult cuMemAlloc(CUdeviceptr* address, std::size_t bytes) {
  if (!fakegpu::begin_call("cuMemAlloc")) return CUDA_ERROR_UNKNOWN;
  if (bytes == 0) return CUDA_ERROR_INVALID_VALUE;
  const std::lock_guard lock{memory().mutex};
  if (bytes > memory().left) return CUDA_ERROR_OUT_OF_MEMORY;
  memory().left -= bytes;
  auto* const block =
      static_cast<std::byte*>(std::aligned_alloc(alignment, (bytes + alignment - 1) / alignment * alignment));
  std::memset(block, 0xff, bytes);  // NaN: what nobody wrote must not be read
  memory().blocks.emplace(block, bytes);
  fakegpu::hand_out("device memory", block);
  *address = reinterpret_cast<CUdeviceptr>(block);
  return CUDA_SUCCESS;
}

CUresult cuMemFree(CUdeviceptr address) {
  const bool works = fakegpu::begin_call("cuMemFree");
  auto* const block = static_cast<std::byte*>(pointer_of(address));
  if (!fakegpu::take_back("device memory", block)) return CUDA_ERROR_INVALID_VALUE;
  cuStreamSynchronize(nullptr);
  const std::lock_guard lock{memory().mutex};
  memory().left += memory().blocks[block];
  memory().blocks.erase(block);
  std::free(block);
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuMemHostAlloc(void** data, std::size_t bytes, unsigned) {
  if (!fakegpu::begin_call("cuMemHostAlloc")) return CUDA_ERROR_UNKNOWN;
  *data = std::malloc(bytes);
  fakegpu::hand_out("pinned memory", *data);
  return CUDA_SUCCESS;
}

CUresult cuMemFreeHost(void* data) {
  const bool works = fakegpu::begin_call("cuMemFreeHost");
  if (!fakegpu::take_back("pinned memory", data)) return CUDA_ERROR_INVALID_VALUE;
  std::free(data);
  return works ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN;
}

CUresult cuMemcpyHtoDAsync(CUdeviceptr to, const void* from, std::size_t bytes, CUstream stream) {
  if (!fakegpu::begin_call("cuMemcpyHtoDAsync")) return CUDA_ERROR_UNKNOWN;
  if (!fakegpu::is_device_memory(pointer_of(to), bytes)) return CUDA_ERROR_INVALID_VALUE;
  fakegpu::enqueue(stream, {fakegpu::time_of_transfer(static_cast<double>(bytes)),
                            [=] { std::memcpy(pointer_of(to), from, bytes); }});
  return CUDA_SUCCESS;
}

CUresult cuMemcpyDtoHAsync(void* to, CUdeviceptr from, std::size_t bytes, CUstream stream) {
  if (!fakegpu::begin_call("cuMemcpyDtoHAsync")) return CUDA_ERROR_UNKNOWN;
  if (!fakegpu::is_device_memory(pointer_of(from), bytes)) return CUDA_ERROR_INVALID_VALUE;
  fakegpu::enqueue(stream, {fakegpu::time_of_transfer(static_cast<double>(bytes)),
                            [=] { std::memcpy(to, pointer_of(from), bytes); }});
  return CUDA_SUCCESS;
}

CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, std::size_t bytes, CUstream stream) {
  if (!fakegpu::begin_call("cuMemsetD8Async")) return CUDA_ERROR_UNKNOWN;
  if (!fakegpu::is_device_memory(pointer_of(to), bytes)) return CUDA_ERROR_INVALID_VALUE;
  fakegpu::enqueue(stream, {fakegpu::launch_seconds + fakegpu::time_of_bytes(static_cast<double>(bytes)),
                            [=] { std::memset(pointer_of(to), value, bytes); }});
  return CUDA_SUCCESS;
}
