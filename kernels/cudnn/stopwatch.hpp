/// How long work takes on a stream.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/cudnn/gate.hpp"

#include <chrono>
#include <utility>

namespace ns::cudnn {

/// By events around it, on the device's own clock.
class Stopwatch {
 public:
  static Result<Stopwatch> create() {
    Stopwatch made;
    for (auto* const event : {&made.begin_, &made.end_}) {
      auto created = Event::create();
      if (!created) return tl::unexpected{std::move(created.error())};
      *event = std::move(*created);
    }
    return made;
  }

  /// What `enqueue` gives the stream, which is held meanwhile (run_behind_gate()); disturbed if it was not
  /// held as long as that took.
  template <class Enqueue>
  [[nodiscard]] Result<Sample> time(const Stream& stream, Enqueue&& enqueue) const {
    const auto held = run_behind_gate(stream, [&]() -> Result<void> {
      auto done = begin_.record(stream);
      if (done) done = enqueue();
      return done ? end_.record(stream) : done;
    });
    if (!held) return tl::unexpected{held.error()};
    const auto passed = time_between(begin_, end_);
    if (!passed) return tl::unexpected{passed.error()};
    return Sample{*passed, !*held};
  }

 private:
  Event begin_;
  Event end_;
};

/// The same by the host's clock, from the first call to the end of waiting.
template <class Enqueue>
Result<Sample> time_on_host(const Stream& stream, Enqueue&& enqueue) {
  const auto before = std::chrono::steady_clock::now();
  Result<void> done = enqueue();
  if (done) done = stream.synchronise();
  const Seconds passed = std::chrono::steady_clock::now() - before;
  if (!done) return tl::unexpected{std::move(done.error())};
  return Sample{passed, false};
}

}  // namespace ns::cudnn
