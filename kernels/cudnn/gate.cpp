#include "kernels/cudnn/gate.hpp"

#include <chrono>
#include <thread>

namespace ns::cudnn {
namespace {

constexpr std::chrono::seconds limit{1};  // nothing else may hang on a call that waits for the stream

}  // namespace

Result<void> Gate::close(const Stream& stream) {
  return check(cuLaunchHostFunc(stream.get(), &Gate::wait, this), "cuLaunchHostFunc");
}

void CUDA_CB Gate::wait(void* gate) {
  auto& self = *static_cast<Gate*>(gate);
  const auto end = std::chrono::steady_clock::now() + limit;
  while (!self.is_open_.load(std::memory_order_acquire)) {
    if (std::chrono::steady_clock::now() > end) {
      self.gave_up_.store(true, std::memory_order_release);
      return;
    }
    std::this_thread::yield();
  }
}

}  // namespace ns::cudnn
