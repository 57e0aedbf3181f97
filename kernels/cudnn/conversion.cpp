#include "kernels/cudnn/conversion.hpp"

#include "kernels/cudnn/kernels/parameters.hpp"

#include <algorithm>

namespace ns::cudnn {
namespace {

CUdeviceptr pointer_of(const void* memory) { return reinterpret_cast<CUdeviceptr>(memory); }

}  // namespace

Result<void> convert(const Device& device, const void* from, const Kept& kept, void* to, Form form) {
  CastTask task{};
  task.count = static_cast<unsigned>(kept.shape.elements());
  task.from_whole = kept.form.element == Element::float32 ? 1 : 0;
  task.to_whole = form.element == Element::float32 ? 1 : 0;
  task.rows = 1;
  task.columns = 1;
  task.conversion = Conversion::none;
  if (kept.form.layout != form.layout && has_layouts(kept.shape)) {
    task.rows = static_cast<unsigned>(kept.shape[1]);
    task.columns = static_cast<unsigned>(kept.shape.elements(2, kept.shape.rank()));
    if (form.layout == Layout::nchw) std::swap(task.rows, task.columns);
  }
  return device.kernels().launch(device.stream(), Kernel::cast, std::max(kept.form.element, form.element),
                                 grid_for_each(kept.shape.elements()), task, from, to);
}

Result<void> send(void* to, std::span<const float> values, const Kept& kept, const Device& device) {
  if (kept.is_as_outside()) return upload(pointer_of(to), values, device.stream());
  const auto outside = DeviceMemory::allocate(values.size_bytes());
  if (!outside) return tl::unexpected{outside.error()};
  auto done = upload(outside->address(), values, device.stream());
  if (done) done = convert(device, outside->data(), {Form{}, kept.shape}, to, kept.form);
  auto ended = device.stream().synchronise();  // in any case, for the memory goes
  return done ? ended : done;
}

Result<void> fetch(std::span<float> values, const void* from, const Kept& kept, const Device& device) {
  if (kept.is_as_outside()) return download(values, pointer_of(from), device.stream());
  const auto outside = DeviceMemory::allocate(values.size_bytes());
  if (!outside) return tl::unexpected{outside.error()};
  auto done = convert(device, from, kept, outside->data(), Form{});
  if (done) done = download(values, outside->address(), device.stream());
  auto ended = device.stream().synchronise();
  return done ? ended : done;
}

}  // namespace ns::cudnn
