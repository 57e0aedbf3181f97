/// Which GPU, and how it computes: what stands behind the colon of "cudnn:0,math=tf32".
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "kernels/cudnn/form.hpp"

#include <string>
#include <string_view>

namespace ns::cudnn {

enum class Math {
  fp32,  // single precision throughout
  tf32,  // products of operands rounded to 10 bits of fraction, summed in single precision
  fp16,  // real numbers kept as float16, everything computed in single precision
  bf16,  // as bfloat16
};

/// What real numbers are kept as.
constexpr Element element_of_math(Math math) {
  if (math == Math::fp16) return Element::float16;
  return math == Math::bf16 ? Element::bfloat16 : Element::float32;
}

/// Where tensors stand on the host when they cross the border.
enum class HostMemory { pinned, pageable };

struct Selection {
  int index = 0;
  Math math = Math::fp32;
  Bytes workspace{64e6};  // the most that one convolution may ask for beside its tensors
  HostMemory host = HostMemory::pinned;
  Layout layout = Layout::nchw;  // what layers that may choose take

  /// "cudnn:0,math=fp32,workspace=64MB"; the host's memory and the layout only where they are not the
  /// default.
  [[nodiscard]] std::string canonical() const;
};

/// "0", "1,math=tf32", "math=tf32"; usage error naming what there is.
Result<Selection> parse_selection(std::string_view text);

}  // namespace ns::cudnn
