#include "profiler/power/nvml_library.hpp"

#include <array>
#include <cstdint>
#include <dlfcn.h>
#include <fmt/format.h>
#include <string_view>

namespace ns {
namespace {

// As nvml.h declares them; it is in no package of the toolkit that is always there.
constexpr int success = 0;
constexpr int not_supported = 3;
constexpr unsigned field_average = 185;  // NVML_FI_DEV_POWER_AVERAGE
constexpr unsigned field_instant = 186;  // NVML_FI_DEV_POWER_INSTANT
constexpr unsigned scope_gpu = 0;
constexpr unsigned scope_module = 1;  // CPU and GPU of a superchip, which may tell nothing else
constexpr unsigned ampere = 7;        // NVML_DEVICE_ARCH_AMPERE
// Power cap, slowdowns and power brake of hardware, and heat; not idling and not the application's clocks.
constexpr std::uint64_t held_down = 0x04 | 0x08 | 0x20 | 0x40 | 0x80;

struct FieldValue {
  unsigned field = 0;
  unsigned scope = 0;
  long long time = 0;
  long long latency = 0;
  int type = 0;
  int status = 0;
  union {
    double real;
    unsigned whole;
    unsigned long long large;
  } value{};
};
static_assert(sizeof(FieldValue) == 40, "nvmlFieldValue_t");

/// Why a call did not work.
Error refused(std::string_view call, int status) {
  if (status == not_supported)
    return {Errc::unsupported, fmt::format("{}: this GPU does not support it", call)};
  return {Errc::io, fmt::format("{}: NVML status {}", call, status)};
}

}  // namespace

struct NvmlGpu::Functions {
  void* library = nullptr;
  bool initialised = false;
  int (*init)() = nullptr;
  int (*shutdown)() = nullptr;
  int (*count)(unsigned* count) = nullptr;
  int (*find)(unsigned index, void** device) = nullptr;
  int (*energy)(void* device, unsigned long long* millijoules) = nullptr;
  int (*power)(void* device, unsigned* milliwatts) = nullptr;
  int (*fields)(void* device, int count, FieldValue* values) = nullptr;
  int (*reasons)(void* device, unsigned long long* reasons) = nullptr;
  int (*architecture)(void* device, unsigned* architecture) = nullptr;
  int (*name)(void* device, char* name, unsigned length) = nullptr;
  int (*driver)(char* version, unsigned length) = nullptr;

  explicit Functions(const std::string& file) : library{dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL)} {
    if (library == nullptr) return;
    load("nvmlInit_v2", init);
    load("nvmlShutdown", shutdown);
    load("nvmlDeviceGetCount_v2", count);
    load("nvmlDeviceGetHandleByIndex_v2", find);
    load("nvmlDeviceGetTotalEnergyConsumption", energy);
    load("nvmlDeviceGetPowerUsage", power);
    load("nvmlDeviceGetFieldValues", fields);
    load("nvmlDeviceGetCurrentClocksEventReasons", reasons);
    if (reasons == nullptr) load("nvmlDeviceGetCurrentClocksThrottleReasons", reasons);  // until NVML 12
    load("nvmlDeviceGetArchitecture", architecture);
    load("nvmlDeviceGetName", name);
    load("nvmlSystemGetDriverVersion", driver);
  }
  ~Functions() {
    if (initialised) shutdown();
    if (library != nullptr) dlclose(library);
  }
  Functions(const Functions&) = delete;
  Functions& operator=(const Functions&) = delete;

  template <class Function>
  void load(const char* symbol, Function& function) const {
    function = reinterpret_cast<Function>(dlsym(library, symbol));
  }
  [[nodiscard]] bool is_complete() const {
    return init != nullptr && shutdown != nullptr && count != nullptr && find != nullptr;
  }
};

Result<std::unique_ptr<NvmlGpu>> NvmlGpu::open(const std::string& name, unsigned index) {
  auto functions = std::make_unique<Functions>(name);
  if (functions->library == nullptr)
    return failure(Errc::no_device,
                   fmt::format("nvml: {} is not here (it comes with NVIDIA's driver)", name));
  if (!functions->is_complete())
    return failure(Errc::no_device, fmt::format("nvml: {} lacks functions; update NVIDIA's driver", name));
  if (const auto status = functions->init(); status != success)
    return failure(
        Errc::no_device,
        fmt::format("nvml: the library does not start (status {}); is NVIDIA's driver loaded? see nvidia-smi",
                    status));
  functions->initialised = true;
  unsigned count = 0;
  void* device = nullptr;
  if (functions->count(&count) != success || index >= count)
    return failure(count == 0 ? Errc::no_device : Errc::usage,
                   fmt::format("nvml: there is no GPU {}; NVML counts {}, from 0", index, count));
  if (const auto status = functions->find(index, &device); status != success)
    return failure(Errc::no_device, fmt::format("nvml: GPU {} does not answer (status {})", index, status));
  return std::unique_ptr<NvmlGpu>{new NvmlGpu{std::move(functions), device}};
}

NvmlGpu::NvmlGpu(std::unique_ptr<Functions> functions, void* device)
    : functions_{std::move(functions)}, device_{device} {}

NvmlGpu::~NvmlGpu() = default;

Result<Joules> NvmlGpu::energy() const {
  constexpr double milli = 1e-3;
  unsigned long long millijoules = 0;
  const auto status =
      functions_->energy == nullptr ? not_supported : functions_->energy(device_, &millijoules);
  if (status != success) return tl::unexpected{refused("energy counter", status)};
  return Joules{milli * static_cast<double>(millijoules)};
}

Result<Watts> NvmlGpu::power(NvmlPower way) const {
  constexpr double milli = 1e-3;
  if (way == NvmlPower::plain) {
    unsigned milliwatts = 0;
    const auto status =
        functions_->power == nullptr ? not_supported : functions_->power(device_, &milliwatts);
    if (status != success) return tl::unexpected{refused("power", status)};
    return Watts{milli * milliwatts};
  }
  if (functions_->fields == nullptr) return tl::unexpected{refused("power field", not_supported)};
  int status = not_supported;
  for (const auto scope : {scope_gpu, scope_module}) {
    FieldValue value;
    value.field = way == NvmlPower::instant ? field_instant : field_average;
    value.scope = scope;
    status = functions_->fields(device_, 1, &value);
    if (status == success) status = value.status;
    if (status == success) return Watts{milli * value.value.whole};
  }
  return tl::unexpected{refused("power field", status)};
}

std::optional<bool> NvmlGpu::is_throttled() const {
  unsigned long long reasons = 0;
  if (functions_->reasons == nullptr || functions_->reasons(device_, &reasons) != success) return {};
  return (reasons & held_down) != 0;
}

bool NvmlGpu::averages_a_second() const {
  unsigned architecture = 0;
  if (functions_->architecture == nullptr || functions_->architecture(device_, &architecture) != success)
    return true;
  if (architecture != ampere) return architecture > ampere;
  return description().find("A100") == std::string::npos && description().find("A30") == std::string::npos;
}

std::string NvmlGpu::description() const {
  std::array<char, 96> text{};
  std::string name = "a GPU without a name";
  if (functions_->name != nullptr && functions_->name(device_, text.data(), text.size() - 1) == success)
    name = text.data();
  text = {};
  if (functions_->driver == nullptr || functions_->driver(text.data(), text.size() - 1) != success)
    return name;
  return fmt::format("{}, driver {}", name, text.data());
}

}  // namespace ns
