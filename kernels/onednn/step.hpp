/// One thing that a plan executes, and the memory that it names.
#pragma once

#include "kernels/onednn/primitives.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace ns::onednn {

using BufferId = std::uint32_t;

/// A tensor in a plan: which buffer, in which layout.
struct View {
  BufferId buffer = 0;
  Desc desc;
};

/// A loop of ours on the memory of its operands, in the order they were given.
using Loop = std::function<void(float* const* operands)>;

struct Argument {
  int index = 0;  // DNNL_ARG_...
  View view;
};

/// Either a primitive with arguments or a loop with operands.
struct Step {
  std::size_t group = 0;
  std::string implementation;
  dnnl::primitive primitive;
  std::vector<Argument> arguments;
  Loop loop;
  std::vector<View> operands;
};

enum class Storage : std::uint8_t { activation, weight, scratch };

struct Buffer {
  Storage storage = Storage::activation;
  std::size_t bytes = 0;
  std::byte* memory = nullptr;  // weights: where they stand
  std::size_t first_step = 0;   // activations: when they are written first and read last
  std::size_t last_step = 0;
  bool persistent = false;   // inputs and outputs of the net: alive from first to last step
  bool overwritten = false;  // holds an output where an input stood
};

}  // namespace ns::onednn
