/// Why there is no value. Libraries return it; only apps/ turns it into text and an exit status.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace ns {

/// What kind of trouble; the command line maps each to one exit status (apps/command.hpp).
enum class Errc {
  usage,        // an option or argument is wrong: 2
  bad_input,    // a file's content is wrong: 3
  unsupported,  // well formed, but no backend or reader can do it: 4
  no_device,    // the device or its library is not there: 4
  no_model,     // no predictor covers it: 5
  infeasible,   // no cut satisfies the constraints: 5
  io,           // a file or the network failed: 6
  interrupted,  // the user stopped it; what was measured is kept: 130
};

struct Error {
  Errc code{};
  std::string message;  // a sentence: place, fact, remedy

  /// The same error seen from one level up: "alexnet.prototxt:41:3: layer conv3: stride must be positive".
  [[nodiscard]] Error within(std::string_view place) && {
    return {code, std::string{place} + ": " + std::move(message)};
  }
};

template <class T>
using Result = tl::expected<T, Error>;

/// The one way to fail: `return failure(Errc::io, "...")`.
inline tl::unexpected<Error> failure(Errc code, std::string message) {
  return tl::unexpected{Error{code, std::move(message)}};
}

inline tl::unexpected<Error> bad_input(std::string message) {
  return failure(Errc::bad_input, std::move(message));
}

/// Passes a failed result on, seen from one level up.
template <class T>
tl::unexpected<Error> failure_within(Result<T>&& failed, std::string_view place) {
  return tl::unexpected{std::move(failed.error()).within(place)};
}

/// Moves a made value to its place, or says why there is none.
template <class Value>
Result<void> keep(Result<Value> made, Value& place) {
  if (!made) return tl::unexpected{std::move(made.error())};
  place = std::move(*made);
  return {};
}

}  // namespace ns
