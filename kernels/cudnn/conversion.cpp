#include "kernels/cudnn/conversion.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

CUdeviceptr pointer_of(const void* memory) { return reinterpret_cast<CUdeviceptr>(memory); }

}  // namespace

Result<void> convert(const Device& device, const void* from, Element from_element, void* to,
                     Element to_element, std::int64_t count) {
  CastTask task{};
  task.count = static_cast<unsigned>(count);
  task.from_whole = from_element == Element::float32 ? 1 : 0;
  task.to_whole = to_element == Element::float32 ? 1 : 0;
  task.conversion = Conversion::none;
  return device.kernels().launch(device.stream(), Kernel::cast, std::max(from_element, to_element),
                                 grid_for_each(count), task, from, to);
}

Result<void> send(void* to, std::span<const float> values, Element element, const Device& device) {
  if (element == Element::float32) return upload(pointer_of(to), values, device.stream());
  const auto whole = DeviceMemory::allocate(values.size_bytes());
  if (!whole) return tl::unexpected{whole.error()};
  auto done = upload(whole->address(), values, device.stream());
  if (done)
    done = convert(device, whole->data(), Element::float32, to, element,
                   static_cast<std::int64_t>(values.size()));
  auto ended = device.stream().synchronise();  // in any case, for the memory goes
  return done ? ended : done;
}

Result<void> fetch(std::span<float> values, const void* from, Element element, const Device& device) {
  if (element == Element::float32) return download(values, pointer_of(from), device.stream());
  const auto whole = DeviceMemory::allocate(values.size_bytes());
  if (!whole) return tl::unexpected{whole.error()};
  auto done = convert(device, from, element, whole->data(), Element::float32,
                      static_cast<std::int64_t>(values.size()));
  if (done) done = download(values, whole->address(), device.stream());
  auto ended = device.stream().synchronise();
  return done ? ended : done;
}

}  // namespace ns::cudnn
