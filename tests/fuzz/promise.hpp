/// What a reader promises of whatever it lets through.
#pragma once

#include "core/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <string_view>

namespace ns::fuzz {

/// Ends the process where a promise is broken, for the fuzzer takes nothing else for a finding.
inline void promise(bool kept, std::string_view sentence) {
  if (kept) return;
  fmt::print(stderr, "broken promise: {}\n", sentence);
  std::abort();
}

/// The value of a result, as long as that lives; nothing where there is an error, which must say something.
template <class T>
const T* value_of(const Result<T>& result) {
  if (result) return &*result;
  promise(!result.error().message.empty(), "an error is a sentence");
  return nullptr;
}

}  // namespace ns::fuzz
