/// One thing that a plan enqueues, and the memory that it names.
#pragma once

#include "core/error.hpp"
#include "kernels/cudnn/form.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

namespace ns::cudnn {

using BufferId = std::uint32_t;

/// Enqueues work on the memory of its operands, in the order they were given. Always the same work, for it is
/// captured once and replayed.
using Enqueue = std::function<Result<void>(std::span<void* const> operands)>;

struct Step {
  std::size_t group = 0;
  std::string implementation;
  std::vector<BufferId> operands;
  Enqueue enqueue;
};

enum class Storage : std::uint8_t { activation, weight, scratch };

struct Buffer {
  Storage storage = Storage::activation;
  Form form;
  std::size_t bytes = 0;
  void* memory = nullptr;      // weights: where they stand on the device
  std::size_t first_step = 0;  // activations: when they are written first and read last
  std::size_t last_step = 0;
  bool persistent = false;  // inputs and outputs of the net: alive from first to last step
};

}  // namespace ns::cudnn
