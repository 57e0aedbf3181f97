/// A counter of the kernel's perf events: the one system call behind the perf meter, so that tests can play
/// it.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <functional>

namespace ns {

/// Tells the counter's value.
using PerfCounter = std::function<Result<std::uint64_t>()>;
/// Opens event `config` of the event source `type` on processor `cpu`, of all processes. io where the kernel
/// does not allow it, no_device where there is none.
using PerfDoor = std::function<Result<PerfCounter>(std::uint32_t type, std::uint64_t config, int cpu)>;

/// The kernel's own.
PerfDoor perf_events();

}  // namespace ns
