#include "kernels/cudnn/facts.hpp"

#include "core/quantity.hpp"
#include "kernels/cudnn/driver.hpp"

#include <array>
#include <fmt/format.h>

namespace ns::cudnn {
namespace {

constexpr int kilo = 1000;

/// Attributes one after the other, until one fails.
class Reader {
 public:
  explicit Reader(CUdevice device) : device_{device} {}
  int operator()(CUdevice_attribute attribute) {
    int value = 0;
    if (read_) read_ = check(cuDeviceGetAttribute(&value, attribute, device_), "cuDeviceGetAttribute");
    return value;
  }
  Result<void> finish() { return std::move(read_); }

 private:
  CUdevice device_;
  Result<void> read_;
};

}  // namespace

BytesPerSecond Facts::bandwidth() const {
  constexpr double bits_of_byte = 8.0;
  return BytesPerSecond{2.0 * memory_clock_mhz * 1e6 * bus_bits / bits_of_byte};
}

std::string Facts::print() const {
  const std::string rate =
      bandwidth().value() > 0.0 ? fmt::format(" at {}/s", ns::print(Bytes{bandwidth().value()})) : "";
  return fmt::format("{}, sm_{}{}, {} SMs at {} MHz, {}{}, L2 {}, driver for CUDA {}.{}", name,
                     capability_major, capability_minor, multiprocessors, clock_mhz, ns::print(memory), rate,
                     ns::print(Bytes{static_cast<double>(l2_bytes)}), driver / kilo, driver % kilo / 10);
}

Result<Facts> facts_of(CUdevice device) {
  Facts facts;
  std::array<char, 256> text{};
  auto read = check(cuDeviceGetName(text.data(), static_cast<int>(text.size()), device), "cuDeviceGetName");
  facts.name = text.data();
  if (read)
    read =
        check(cuDeviceGetPCIBusId(text.data(), static_cast<int>(text.size()), device), "cuDeviceGetPCIBusId");
  facts.bus = text.data();
  std::size_t bytes = 0;
  if (read) read = check(cuDeviceTotalMem(&bytes, device), "cuDeviceTotalMem");
  if (read) read = check(cuDriverGetVersion(&facts.driver), "cuDriverGetVersion");
  if (!read) return tl::unexpected{std::move(read.error())};
  facts.memory = Bytes{static_cast<double>(bytes)};
  Reader attribute{device};
  facts.capability_major = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
  facts.capability_minor = attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
  facts.multiprocessors = attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
  facts.clock_mhz = attribute(CU_DEVICE_ATTRIBUTE_CLOCK_RATE) / kilo;
  facts.memory_clock_mhz = attribute(CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE) / kilo;
  facts.bus_bits = attribute(CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH);
  facts.l2_bytes = static_cast<std::size_t>(attribute(CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE));
  if (auto done = attribute.finish(); !done) return tl::unexpected{std::move(done.error())};
  return facts;
}

}  // namespace ns::cudnn
