#include "kernels/cudnn/nvml.hpp"

#include <cstdint>
#include <dlfcn.h>

namespace ns::cudnn {
namespace {

// As nvml.h declares them; it is in no package of the toolkit that is always there.
constexpr int success = 0;
constexpr std::uint64_t software_power_cap = 0x04;
constexpr std::uint64_t hardware_slowdown = 0x08;
constexpr std::uint64_t software_thermal = 0x20;
constexpr std::uint64_t hardware_thermal = 0x40;
constexpr std::uint64_t hardware_power_brake = 0x80;
constexpr std::uint64_t held_down =
    software_power_cap | hardware_slowdown | software_thermal | hardware_thermal | hardware_power_brake;

}  // namespace

struct Nvml::Functions {
  void* library = nullptr;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*find)(const char* bus, void** device) = nullptr;
  int (*reasons)(void* device, unsigned long long* reasons) = nullptr;
  int (*mig)(void* device, unsigned* now, unsigned* pending) = nullptr;

  Functions() : library{dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL)} {
    if (library == nullptr) return;
    load("nvmlInit_v2", init);
    load("nvmlShutdown", shutdown);
    load("nvmlDeviceGetHandleByPciBusId_v2", find);
    load("nvmlDeviceGetCurrentClocksEventReasons", reasons);
    if (reasons == nullptr) load("nvmlDeviceGetCurrentClocksThrottleReasons", reasons);  // until NVML 12
    load("nvmlDeviceGetMigMode", mig);
  }
  ~Functions() {
    if (library != nullptr) dlclose(library);
  }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;

  template <class Function>
  void load(const char* name, Function& function) const {
    function = reinterpret_cast<Function>(dlsym(library, name));
  }
  [[nodiscard]] bool is_complete() const { return init != nullptr && shutdown != nullptr && find != nullptr; }
};

std::unique_ptr<Nvml> Nvml::open(const std::string& bus) {
  auto functions = std::make_unique<Functions>();
  if (!functions->is_complete() || functions->init() != success) return nullptr;
  void* device = nullptr;
  if (functions->find(bus.c_str(), &device) != success) {
    functions->shutdown();
    return nullptr;
  }
  return std::unique_ptr<Nvml>{new Nvml{std::move(functions), device}};
}

Nvml::Nvml(std::unique_ptr<Functions> functions, void* device)
    : functions_{std::move(functions)}, device_{device} {}

Nvml::~Nvml() { functions_->shutdown(); }

std::optional<bool> Nvml::is_throttled() const {
  unsigned long long reasons = 0;
  if (functions_->reasons == nullptr || functions_->reasons(device_, &reasons) != success) return {};
  return (reasons & held_down) != 0;
}

std::optional<bool> Nvml::is_partitioned() const {
  unsigned now = 0;
  unsigned pending = 0;
  if (functions_->mig == nullptr || functions_->mig(device_, &now, &pending) != success) return {};
  return now != 0;
}

}  // namespace ns::cudnn
