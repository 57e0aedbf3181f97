/// Pushing memory out of the processor's caches.
#pragma once

#include <cstddef>
#include <span>

namespace ns {

/// Whether this machine's instructions can do it (x86, aarch64).
bool can_evict();

/// Writes the lines of `memory` back and drops them from all levels, ordered before what follows. Does
/// nothing where can_evict() is false.
void evict(std::span<const std::byte> memory);

}  // namespace ns
