#include "threads.hpp"

#include <csetjmp>
#include <memory>
#include <ucontext.h>
#include <vector>

Place threadIdx;
Place blockIdx;
Place blockDim;
Place gridDim;

namespace {

constexpr std::size_t stack_bytes = std::size_t{64} << 10U;

/// The threads of one block, of which one runs at a time, up to where it waits. Each has a stack, made once;
/// from then on jumps change between them, because swapcontext() asks the kernel each time.
class Block {
 public:
  Block(unsigned threads, const std::function<void()>& thread) : threads_(threads), thread_{&thread} {
    running_ = this;
    for (Fiber& fiber : threads_) {
      getcontext(&fiber.start);
      fiber.start.uc_stack.ss_sp = fiber.stack.get();
      fiber.start.uc_stack.ss_size = stack_bytes;
      makecontext(&fiber.start, &Block::body, 0);
    }
  }

  /// All threads once.
  void run() {
    for (Fiber& fiber : threads_) fiber.is_done = false;
    for (left_ = threads_.size(); left_ > 0;)
      for (current_ = 0; current_ < threads_.size(); ++current_) resume(threads_[current_]);
  }

  static void wait() {
    Fiber& self = running_->threads_[running_->current_];
    if (_setjmp(self.place) == 0) _longjmp(running_->scheduler_, 1);
  }

 private:
  struct Fiber {
    ucontext_t start{};
    jmp_buf place{};
    std::unique_ptr<char[]> stack = std::make_unique_for_overwrite<char[]>(stack_bytes);
    bool is_started = false;
    bool is_done = false;
  };

  /// Until it waits or is done.
  void resume(Fiber& fiber) {
    if (fiber.is_done) return;
    threadIdx.x = current_;
    if (_setjmp(scheduler_) != 0) return;
    if (fiber.is_started) _longjmp(fiber.place, 1);
    fiber.is_started = true;
    setcontext(&fiber.start);
  }

  /// Of a fiber: the thread of each block, one after the other.
  static void body() {
    for (;;) {
      (*running_->thread_)();
      Fiber& self = running_->threads_[running_->current_];
      self.is_done = true;
      --running_->left_;
      if (_setjmp(self.place) == 0) _longjmp(running_->scheduler_, 1);
    }
  }

  static inline Block* running_ = nullptr;
  std::vector<Fiber> threads_;
  const std::function<void()>* thread_;
  jmp_buf scheduler_{};
  unsigned current_ = 0;
  std::size_t left_ = 0;
};

}  // namespace

void __syncthreads() { Block::wait(); }

void fakegpu::run_grid(unsigned blocks, unsigned threads, bool wait_for_each_other,
                       const std::function<void()>& thread) {
  gridDim.x = blocks;
  blockDim.x = threads;
  if (!wait_for_each_other) {
    for (blockIdx.x = 0; blockIdx.x < blocks; ++blockIdx.x)
      for (threadIdx.x = 0; threadIdx.x < threads; ++threadIdx.x) thread();
    return;
  }
  Block block{threads, thread};
  for (blockIdx.x = 0; blockIdx.x < blocks; ++blockIdx.x) block.run();
}
