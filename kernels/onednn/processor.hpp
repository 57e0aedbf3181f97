/// The instruction sets of this machine and of oneDNN, by the names that `isa=` takes.
#pragma once

#include "core/error.hpp"
#include "kernels/onednn/loops/loops.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace ns::onednn {

/// "sse41", ...; usage error naming the choices.
Result<Isa> parse_isa(std::string_view name);
std::string_view to_string(Isa isa);

/// The best set this processor has.
Isa best_isa();

/// Whether a device held to `isa` has instructions for sums of products of bytes (AVX-512 VNNI): part of
/// avx512 where the processor has them.
bool multiplies_bytes(Isa isa);

/// Holds oneDNN to `isa` for the rest of the process; no_device if it is already held to another.
Result<void> hold_to(Isa isa);

/// What sets the number of threads of oneDNN's threading library, or null where it has one thread alone.
void (*thread_setter())(int);

}  // namespace ns::onednn
