/// Holds a stream until everything behind it has been enqueued, so that no launch's latency is timed.
#pragma once

#include "kernels/cudnn/driver.hpp"

#include <atomic>

namespace ns::cudnn {

class Gate {
 public:
  Gate() = default;
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  /// What is enqueued to `stream` from now on waits for open(). It must be few calls: a stream that is full
  /// makes its caller wait.
  Result<void> close(const Stream& stream);
  void open() { is_open_.store(true, std::memory_order_release); }
  /// Whether it was opened only by its time limit, so that what it held was timed with launches in between.
  [[nodiscard]] bool gave_up() const { return gave_up_.load(std::memory_order_acquire); }

 private:
  static void CUDA_CB wait(void* gate);
  std::atomic<bool> is_open_{false};
  std::atomic<bool> gave_up_{false};
};

/// Has `enqueue` give the stream its work while the stream is held, lets go and waits for the end. Whether
/// the stream was held as long as it took.
template <class Enqueue>
Result<bool> run_behind_gate(const Stream& stream, Enqueue&& enqueue) {
  Gate gate;
  auto done = gate.close(stream);
  if (done) done = enqueue();
  gate.open();
  auto ended = stream.synchronise();  // in any case, for the stream refers to the gate
  if (done) done = std::move(ended);
  if (!done) return tl::unexpected{std::move(done.error())};
  return !gate.gave_up();
}

}  // namespace ns::cudnn
