/// What the settings of a device come to: an engine, an instruction set, a number of threads.
#pragma once

#include "kernels/onednn/loops/loops.hpp"

#include <dnnl.hpp>

namespace ns::onednn {

struct Device {
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  Isa isa = Isa::generic;
  int threads = 1;
  bool multiplies_bytes = false;  // has instructions for products of 8-bit whole numbers (VNNI)
  const Loops* loops = nullptr;
  void (*set_threads)(int) = nullptr;  // of oneDNN's threading library; null where it has none to set

  /// The number of threads belongs to the calling thread, so it is set before each run.
  void use_threads() const {
    if (set_threads != nullptr) set_threads(threads);
  }
};

}  // namespace ns::onednn
