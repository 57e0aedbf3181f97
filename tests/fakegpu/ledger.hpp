/// What the fake libraries share: which calls were made, which of them is to fail, and what is not given back
/// yet.
#pragma once

#include <cstddef>
#include <string_view>

#define FAKEGPU_API __attribute__((visibility("default")))

namespace fakegpu {

/// Every call of the three libraries begins with it. False: this one is to fail.
FAKEGPU_API bool begin_call(std::string_view name);

/// An object of `kind` was handed out, or came back. Those that never come back are named at exit, whose
/// status is then 99.
FAKEGPU_API void hand_out(std::string_view kind, const void* object);
/// False if there is no such object.
FAKEGPU_API bool take_back(std::string_view kind, const void* object);
FAKEGPU_API bool is_alive(std::string_view kind, const void* object);

/// The number that an environment variable holds.
FAKEGPU_API long number(const char* variable, long otherwise);

}  // namespace fakegpu

// For tests in the same process.
extern "C" {
/// The call after the next `count` - 1 fails; 0: none does.
FAKEGPU_API void fakegpu_fail(long count);
/// Calls so far.
FAKEGPU_API long fakegpu_calls();
/// The name of the call that was made to fail last, or "".
FAKEGPU_API const char* fakegpu_failed();
/// Objects that are handed out.
FAKEGPU_API long fakegpu_alive();
/// From now on so much memory is left.
FAKEGPU_API void fakegpu_limit_memory(std::size_t bytes);
}
