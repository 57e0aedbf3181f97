// The fake NVML: a GPU that is never too hot, unless it is told so.
#include "ledger.hpp"

#include <cstring>

extern "C" {

FAKEGPU_API int nvmlInit_v2() { return 0; }
FAKEGPU_API int nvmlShutdown() { return 0; }

FAKEGPU_API int nvmlDeviceGetHandleByPciBusId_v2(const char* bus, void** device) {
  static char fake = 0;
  *device = &fake;
  return std::strncmp(bus, "0000:", 5) == 0 ? 0 : 6;  // NVML_ERROR_NOT_FOUND
}

FAKEGPU_API int nvmlDeviceGetCurrentClocksEventReasons(void*, unsigned long long* reasons) {
  *reasons = static_cast<unsigned long long>(fakegpu::number("NS_FAKEGPU_THROTTLED", 0));
  return 0;
}

FAKEGPU_API int nvmlDeviceGetMigMode(void*, unsigned* now, unsigned* pending) {
  *now = *pending = static_cast<unsigned>(fakegpu::number("NS_FAKEGPU_MIG", 0));
  return 0;
}
}
