/// Our own kernels, loaded, and how they are launched.
#pragma once

#include "kernels/cudnn/driver.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace ns::cudnn {

/// One entry of kernels/*.cu each.
enum class Kernel : std::uint8_t {
  copy,
  pad,
  pointwise,
  prelu,
  touch,
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
  claim,
  scatter,
  topk,
  sort,
  weigh
};
inline constexpr std::size_t kernel_count = 24;

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

  /// `arguments` are those of the kernel in kernels/*.cu, of the same types.
  template <class... Arguments>
  Result<void> launch(const Stream& stream, Kernel kernel, Grid grid, Arguments... arguments) const {
    std::array<void*, sizeof...(Arguments)> addresses{&arguments...};
    return launch_with(stream, kernel, grid, addresses.data());
  }

 private:
  Result<void> launch_with(const Stream& stream, Kernel kernel, Grid grid, void** arguments) const;

  std::vector<Module> modules_;
  std::array<CUfunction, kernel_count> functions_{};
};

}  // namespace ns::cudnn
