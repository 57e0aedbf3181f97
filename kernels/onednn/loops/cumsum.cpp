// Running sums and products; see loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

namespace ns::onednn::NS_LOOPS {
namespace {

constexpr Index strip = 256;  // elements side by side that are worked on at a time, on the stack
constexpr Index group = 4;    // lines at a time: each waits for its last sum

/// `count` lines that stand `apart`, elements of a line `step` apart. In double precision, because a float
/// loses what long lines add up to.
template <class Combine>
inline void run_lines(const CumulateWork& work, const float* in, Index count, Index apart, Index step,
                      double* all, float* out, Combine&& combine) {
  for (Index lane = 0; lane < count; ++lane) all[lane] = work.kind == Cumulation::sum ? 0.0 : 1.0;
  for (Index k = 0; k < work.extent; ++k) {
    const Index place = (work.reverse ? work.extent - 1 - k : k) * step;
    for (Index lane = 0; lane < count; ++lane) {
      const double before = all[lane];
      all[lane] = combine(before, static_cast<double>(in[place + lane * apart]));
      out[place + lane * apart] = static_cast<float>(work.exclusive ? before : all[lane]);
    }
  }
}

template <class Combine>
void run(const CumulateWork& work, const float* in, float* out, Combine&& combine) {
  double all[strip];
  if (work.inner == 1) {
    for (Index line = 0; line < work.outer; line += group) {
      const Index count = smaller(group, work.outer - line);
      run_lines(work, in + line * work.extent, count, work.extent, 1, all, out + line * work.extent, combine);
    }
    return;
  }
  for (Index outer = 0; outer < work.outer; ++outer) {
    for (Index first = 0; first < work.inner; first += strip) {
      const Index place = outer * work.extent * work.inner + first;
      run_lines(work, in + place, smaller(strip, work.inner - first), 1, work.inner, all, out + place,
                combine);
    }
  }
}

}  // namespace

void cumulate(const CumulateWork& work, const float* in, float* out) {
  if (work.kind == Cumulation::sum) return run(work, in, out, [](double a, double b) { return a + b; });
  run(work, in, out, [](double a, double b) { return a * b; });
}

}  // namespace ns::onednn::NS_LOOPS
