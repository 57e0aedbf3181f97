// Indices that arrive as values of a tensor.
#pragma once

namespace ns {
namespace cudnn {

// As ns::place_of (kernels/index.hpp).
__device__ inline unsigned picked_place(float index, unsigned extent) {
  if (!(index > -9.0e15F && index < 9.0e15F)) return 0;
  const long long rest = static_cast<long long>(index) % static_cast<long long>(extent);
  return static_cast<unsigned>(rest < 0 ? rest + extent : rest);
}

}  // namespace cudnn
}  // namespace ns
