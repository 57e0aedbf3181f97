/// A device whose times are a formula, for tests of everything that measures; it computes like the reference.
///
/// time of a group = launch_us + max(FLOPs / gflops, bytes / gbps)
///
/// with all bytes of inputs, outputs and weights; the weights count only on the first run after
/// evict_weights(). A net takes the sum of its groups plus overhead_us, a boundary launch_us + bytes / gbps.
/// Sample number i of one Timed is multiplied by 1 + noise * (2 f - 1), f being the fractional part of
/// i * 0.618034; every `disturb`-th sample is disturbed and takes three times as long. Nothing waits: the
/// times are only stated, and pass on the fake timeline.
///
/// energy of a group = idle_w x time + compute_w x FLOPs / gflops + memory_w x bytes / gbps
///
/// Settings: gflops=10, gbps=10, launch_us=1, overhead_us=0, idle_w=0.5, compute_w=3, memory_w=1, noise=0,
/// disturb=0 (never), fuse=1
/// (conv+act:relu, conv+add, conv+add+act:relu, fc+act:relu) or 0, absent=TYPE and wrong=TYPE (a layer type
/// that it cannot run, or whose outputs are 1 too large).
#pragma once

#include "kernels/backend.hpp"

namespace ns {

Result<std::unique_ptr<Backend>> open_fake(std::string_view settings);

}  // namespace ns
