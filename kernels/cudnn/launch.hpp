/// Our own kernels, loaded, and how they are launched.
#pragma once

#include "kernels/cudnn/driver.hpp"
#include "kernels/cudnn/element.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace ns::cudnn {

/// Of kernels/*.cu, each with an entry for each Element, but for those from touch on.
enum class Kernel : std::uint8_t {
  copy,
  pad,
  pointwise,
  prelu,
  eltwise,
  pool,
  affine,
  lines,
  lrn_within,
  argmax,
  hardmax,
  reduce,
  columns,
  cast,
  gather,
  resample,
  running,
  scan,
  topk,
  sort,
  weigh,
  touch,
  claim,
  scatter,
  byte_columns,
  extremes,
  scaling,
  finish,
  nothing
};
inline constexpr std::size_t kernel_count = 29;

/// How many threads, in blocks of how many.
struct Grid {
  unsigned blocks = 1;
  unsigned threads = 1;
};

/// A thread for each element, as far as a GPU has use for them.
Grid grid_for_each(std::int64_t elements);
/// A block for each line, with as many threads as a line of `extent` elements keeps busy.
Grid grid_of_lines(std::int64_t lines, std::int64_t extent);

class Kernels {
 public:
  /// Precondition: a context is current.
  static Result<Kernels> load();

  /// On memory that keeps real numbers as `element`. `arguments` are those of the kernel in kernels/*.cu, of
  /// the same types but for what pointers point to.
  template <class... Arguments>
  Result<void> launch(const Stream& stream, Kernel kernel, Element element, Grid grid,
                      Arguments... arguments) const {
    std::array<void*, sizeof...(Arguments)> addresses{&arguments...};
    return launch_with(stream, kernel, element, grid, addresses.data());
  }

 private:
  Result<void> launch_with(const Stream& stream, Kernel kernel, Element element, Grid grid,
                           void** arguments) const;

  std::vector<Module> modules_;
  std::array<std::array<CUfunction, element_count>, kernel_count> functions_{};
};

}  // namespace ns::cudnn
