/// The clock of a CPU: wall time around a run, and whether something else had the processor meanwhile.
#pragma once

#include "kernels/backend.hpp"

#include <functional>

namespace ns {

/// Times one run of `work` on `threads` threads. Disturbed: an involuntary context switch, wall time
/// above 1.05 times the processor time plus 2 microseconds (of this thread, or of the process if there are
/// several), or a core that somebody else used just before or after (CorePace).
Sample time_on_cpu(const std::function<void()>& work, int threads);

}  // namespace ns
