/// A product of matrices that a loop runs again and again, each time on other memory.
#pragma once

#include "kernels/onednn/device.hpp"
#include "kernels/onednn/primitives.hpp"

#include <array>
#include <cstddef>

namespace ns::onednn {

class Product {
 public:
  /// Precondition: `recipe` multiplies `left` by `right`.
  Product(const Device& device, const Recipe& recipe, const Desc& left, const Desc& right);

  /// Room for scratchpad_bytes() at `scratchpad`. Throws dnnl::error where oneDNN refuses to run.
  void run(float* left, float* right, float* result, std::byte* scratchpad);
  [[nodiscard]] std::size_t scratchpad_bytes() const { return scratchpad_bytes_; }

 private:
  dnnl::primitive primitive_;
  dnnl::stream stream_;
  std::size_t scratchpad_bytes_;
  std::array<dnnl::memory, 4> memories_;  // left, right, result, scratchpad
  std::array<dnnl_exec_arg_t, 4> arguments_{};
};

}  // namespace ns::onednn
