// cuInit, devices, contexts, and what errors are called.
#include "device.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>

namespace {

constexpr int default_driver = 13000;

struct Attribute {
  CUdevice_attribute attribute;
  int value;
};

constexpr std::array attributes{
    Attribute{CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, 16},
    Attribute{CU_DEVICE_ATTRIBUTE_CLOCK_RATE, 1'500'000},
    Attribute{CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE, 2'000'000},
    Attribute{CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH, 2048},
    Attribute{CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE, 1 << 20},
};

struct Name {
  CUresult result;
  const char* text;
};

#define NAME(result) \
  Name { result, #result }
constexpr std::array names{NAME(CUDA_ERROR_INVALID_VALUE),
                           NAME(CUDA_ERROR_OUT_OF_MEMORY),
                           NAME(CUDA_ERROR_NO_DEVICE),
                           NAME(CUDA_ERROR_INVALID_DEVICE),
                           NAME(CUDA_ERROR_INVALID_HANDLE),
                           NAME(CUDA_ERROR_ILLEGAL_STATE),
                           NAME(CUDA_ERROR_NOT_FOUND),
                           NAME(CUDA_ERROR_NOT_READY),
                           NAME(CUDA_ERROR_ILLEGAL_ADDRESS),
                           NAME(CUDA_ERROR_INVALID_PTX),
                           NAME(CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED),
                           NAME(CUDA_ERROR_UNKNOWN)};
#undef NAME

bool begun = false;

int devices() { return static_cast<int>(fakegpu::number("NS_FAKEGPU_DEVICES", 1)); }

CUresult answer(const char* call) { return fakegpu::begin_call(call) ? CUDA_SUCCESS : CUDA_ERROR_UNKNOWN; }

char context = 0;
int retained = 0;

}  // namespace

CUresult cuInit(unsigned) {
  if (answer("cuInit") != CUDA_SUCCESS) return CUDA_ERROR_UNKNOWN;
  if (devices() == 0) return CUDA_ERROR_NO_DEVICE;
  begun = true;
  return CUDA_SUCCESS;
}

CUresult cuDriverGetVersion(int* version) {
  *version = static_cast<int>(fakegpu::number("NS_FAKEGPU_DRIVER", default_driver));
  return answer("cuDriverGetVersion");
}

CUresult cuGetErrorName(CUresult result, const char** text) {
  const auto* const found =
      std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.result == result; });
  *text = found == names.end() ? nullptr : found->text;
  return found == names.end() ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

CUresult cuDeviceGetCount(int* count) {
  *count = devices();
  return begun ? answer("cuDeviceGetCount") : CUDA_ERROR_NOT_INITIALIZED;
}

CUresult cuDeviceGet(CUdevice* device, int index) {
  if (index < 0 || index >= devices()) return CUDA_ERROR_INVALID_DEVICE;
  *device = index;
  return answer("cuDeviceGet");
}

CUresult cuDeviceGetName(char* text, int length, CUdevice device) {
  std::snprintf(text, static_cast<std::size_t>(length), "Fake GPU %d", device);
  return answer("cuDeviceGetName");
}

CUresult cuDeviceGetPCIBusId(char* text, int length, CUdevice device) {
  std::snprintf(text, static_cast<std::size_t>(length), "0000:%02x:00.0", device);
  return answer("cuDeviceGetPCIBusId");
}

CUresult cuDeviceTotalMem(std::size_t* bytes, CUdevice) {
  *bytes = std::size_t{8} << 30U;
  return answer("cuDeviceTotalMem");
}

CUresult cuDeviceGetAttribute(int* value, CUdevice_attribute attribute, CUdevice) {
  constexpr long ampere = 86;
  constexpr long ten = 10;
  const auto capability = fakegpu::number("NS_FAKEGPU_CAPABILITY", ampere);
  if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR) *value = static_cast<int>(capability / ten);
  if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR) *value = static_cast<int>(capability % ten);
  if (attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR ||
      attribute == CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)
    return answer("cuDeviceGetAttribute");
  const auto* const found = std::find_if(attributes.begin(), attributes.end(), [&](const Attribute& known) {
    return known.attribute == attribute;
  });
  if (found == attributes.end()) return CUDA_ERROR_INVALID_VALUE;
  *value = found->value;
  return answer("cuDeviceGetAttribute");
}

CUresult cuDevicePrimaryCtxRetain(CUcontext* primary, CUdevice) {
  if (answer("cuDevicePrimaryCtxRetain") != CUDA_SUCCESS) return CUDA_ERROR_UNKNOWN;
  if (++retained == 1) fakegpu::hand_out("context", &context);
  *primary = reinterpret_cast<CUcontext>(&context);
  return CUDA_SUCCESS;
}

CUresult cuDevicePrimaryCtxRelease(CUdevice) {
  const auto answered = answer("cuDevicePrimaryCtxRelease");
  if (retained == 0) return CUDA_ERROR_INVALID_CONTEXT;
  if (--retained == 0) fakegpu::take_back("context", &context);
  return answered;
}

CUresult cuCtxSetCurrent(CUcontext current) {
  if (!fakegpu::is_alive("context", current)) return CUDA_ERROR_INVALID_CONTEXT;
  return answer("cuCtxSetCurrent");
}
