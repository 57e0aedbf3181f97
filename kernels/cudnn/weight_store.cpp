#include "kernels/cudnn/weight_store.hpp"

#include "kernels/cudnn/conversion.hpp"

namespace ns::cudnn {

Result<void*> WeightStore::keep(std::span<const float> values, Element element, const Device& device) {
  auto memory = DeviceMemory::allocate(values.size() * size_of(element));
  if (!memory) return tl::unexpected{std::move(memory.error())};
  if (auto sent =
          send(memory->data(), values, {{element}, Shape{static_cast<std::int64_t>(values.size())}}, device);
      !sent)
    return tl::unexpected{std::move(sent.error())};
  bytes_ += memory->bytes();
  parts_.push_back(std::move(*memory));
  return parts_.back().data();
}

}  // namespace ns::cudnn
