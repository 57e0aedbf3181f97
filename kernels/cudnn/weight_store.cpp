#include "kernels/cudnn/weight_store.hpp"

namespace ns::cudnn {

Result<float*> WeightStore::keep(std::span<const float> values, const Stream& stream) {
  auto memory = DeviceMemory::allocate(values.size_bytes());
  if (!memory) return tl::unexpected{std::move(memory.error())};
  if (auto sent = upload(memory->address(), values, stream); !sent)
    return tl::unexpected{std::move(sent.error())};
  bytes_ += values.size_bytes();
  parts_.push_back(std::move(*memory));
  return parts_.back().data();
}

}  // namespace ns::cudnn
