/// What a GPU is: the numbers that a measurement depends on.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <cuda.h>
#include <string>

namespace ns::cudnn {

struct Facts {
  std::string name;
  std::string bus;  // "0000:3b:00.0"
  int capability_major = 0;
  int capability_minor = 0;
  int multiprocessors = 0;
  int clock_mhz = 0;         // the highest
  int memory_clock_mhz = 0;  // likewise
  int bus_bits = 0;          // width of the memory's bus
  Bytes memory;
  std::size_t l2_bytes = 0;
  int driver = 0;  // the newest CUDA that it knows: 13000

  /// Two transfers per clock over the whole bus; 0 if the driver does not say.
  [[nodiscard]] BytesPerSecond bandwidth() const;
  /// "NVIDIA H200, sm_90, 132 SMs at 1980 MHz, 150 GB at 4.8 TB/s, L2 62.9 MB, driver for CUDA 13.0".
  [[nodiscard]] std::string print() const;
};

/// Precondition: cuInit().
Result<Facts> facts_of(CUdevice device);

}  // namespace ns::cudnn
