/// The fake device: memory, streams that run when somebody waits for them, and a clock that only its work
/// moves.
#pragma once

#include "ledger.hpp"

#include <cuda.h>
#include <functional>
#include <vector>

namespace fakegpu {

/// Something a stream does, and how long it takes by the scripted clock.
struct Work {
  double seconds = 0.0;
  std::function<void()> run;
};

/// Appends it to the stream, or to the graph into which the stream is captured.
FAKEGPU_API void enqueue(CUstream stream, Work work);
/// Whether [address, address + bytes) lies in one allocation of the device.
FAKEGPU_API bool is_device_memory(const void* address, std::size_t bytes);
/// From now on every wait fails with CUDA_ERROR_ILLEGAL_ADDRESS, as behind a kernel that left its memory.
FAKEGPU_API void fault();

// What the clock says of work.
constexpr double launch_seconds = 2e-6;
inline double time_of_bytes(double bytes) { return bytes / 1e12; }
inline double time_of_flops(double flops) { return flops / 10e12; }
inline double time_of_transfer(double bytes) { return 5e-6 + bytes / 20e9; }

}  // namespace fakegpu
