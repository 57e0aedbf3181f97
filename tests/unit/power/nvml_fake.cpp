// A management library of a GPU that a test describes: its own symbols of NVML, opened by its path.
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

/// NS_TEST_NVML holds words such as "energy power throttled"; a function that is not named is not supported.
bool has(const char* word) {
  const char* const text = std::getenv("NS_TEST_NVML");
  return text != nullptr &&
         (' ' + std::string{text} + ' ').find(' ' + std::string{word} + ' ') != std::string::npos;
}

constexpr int not_supported = 3;

struct FieldValue {
  unsigned field;
  unsigned scope;
  long long time;
  long long latency;
  int type;
  int status;
  unsigned long long value;
};

}  // namespace

extern "C" {

int nvmlInit_v2() { return has("no-driver") ? 9 : 0; }
int nvmlShutdown() { return 0; }
int nvmlDeviceGetCount_v2(unsigned* count) {
  *count = has("no-gpu") ? 0 : 1;
  return 0;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned, void** device) {
  static char gpu = 0;
  *device = &gpu;
  return 0;
}
int nvmlDeviceGetName(void*, char* name, unsigned length) {
  std::strncpy(name, has("a100") ? "NVIDIA A100-SXM4-80GB" : "NVIDIA Test", length);
  return 0;
}
int nvmlSystemGetDriverVersion(char* version, unsigned length) {
  std::strncpy(version, "550.54", length);
  return 0;
}
int nvmlDeviceGetArchitecture(void*, unsigned* architecture) {
  *architecture = has("volta") ? 5 : 7;
  return 0;
}
int nvmlDeviceGetTotalEnergyConsumption(void*, unsigned long long* millijoules) {
  static unsigned long long total = 1000;
  *millijoules = total += 12000;  // 12 J more whenever it is asked
  return has("energy") ? 0 : not_supported;
}
int nvmlDeviceGetPowerUsage(void*, unsigned* milliwatts) {
  *milliwatts = 120000;
  return has("power") ? 0 : not_supported;
}
int nvmlDeviceGetFieldValues(void*, int count, FieldValue* values) {
  for (int i = 0; i < count; ++i) {
    const bool there =
        (values[i].field == 186 && has("instant")) || (values[i].field == 185 && has("average"));
    // A superchip tells of its module only.
    values[i].status = there && (!has("module") || values[i].scope == 1) ? 0 : not_supported;
    values[i].value = values[i].field == 186 ? 130000 : 110000;
  }
  return 0;
}
int nvmlDeviceGetCurrentClocksEventReasons(void*, unsigned long long* reasons) {
  *reasons = has("throttled") ? 0x44 : 0x1;  // 1: it idles, which holds nothing down
  return 0;
}
}
