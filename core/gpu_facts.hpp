/// What a GPU says of itself, as far as times depend on it.
#pragma once

#include "core/units.hpp"

#include <cstdint>
#include <string>

namespace ns {

struct GpuFacts {
  std::string name;             // "NVIDIA H200"
  std::int64_t capability = 0;  // 90: sm_90
  std::int64_t multiprocessors = 0;
  std::int64_t clock_mhz = 0;  // the highest of the multiprocessors
  Bytes memory;
  BytesPerSecond bandwidth;  // of that memory; 0 where the driver does not say
  Bytes l2;
  std::string driver;  // the newest CUDA that it knows: "13.0"
  std::string cudnn;   // "9.19.0"
  std::string cublas;
  bool is_partition = false;  // a part of the GPU (MIG)

  friend bool operator==(const GpuFacts&, const GpuFacts&) = default;
};

}  // namespace ns
