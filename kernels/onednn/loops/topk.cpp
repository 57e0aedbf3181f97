// The largest elements of lines; see loops.cpp.
#include "kernels/onednn/loops/parts.hpp"

#include <string.h>

namespace ns::onednn::NS_LOOPS {
namespace {

constexpr Index lanes = 16;

/// Keys stand in the order of elements: above, the value as an integer of the same order, NaN beyond all
/// numbers; below, the index's complement, so that of equal elements the first is the larger.
using Key = std::uint64_t;

inline Key key_of(float value, float sign, Index index) {
  constexpr std::uint32_t top = 0x80000000U;
  constexpr std::uint32_t beyond = 0xFFFFFFFFU;
  const float directed = sign * value + 0.0F;  // -0 becomes 0
  std::uint32_t bits;
  memcpy(&bits, &directed, sizeof bits);
  std::uint32_t ordered = (bits & top) != 0 ? ~bits : bits | top;
  if (value != value) ordered = sign > 0.0F ? beyond : 0;
  return static_cast<Key>(ordered) << 32U | ~static_cast<std::uint32_t>(index);
}

inline Index index_of(Key key) {
  const std::uint32_t index = ~static_cast<std::uint32_t>(key);
  return Index{index};
}

/// Restores the heap, whose root is the smallest of `count` keys, below `place`.
void sift_down(Key* heap, Index count, Index place) {
  const Key key = heap[place];
  for (Index child = 2 * place + 1; child < count; child = 2 * place + 1) {
    if (child + 1 < count && heap[child + 1] < heap[child]) ++child;
    if (heap[child] >= key) break;
    heap[place] = heap[child];
    place = child;
  }
  heap[place] = key;
}

/// Whether one of `lanes` elements may be larger than `least`; always where either is NaN.
inline bool may_enter(const float* in, float sign, float least) {
  int any = 0;
  for (Index lane = 0; lane < lanes; ++lane) any |= sign * in[lane] <= least ? 0 : 1;
  return any != 0;
}

void enter(const float* line, Index first, Index last, float sign, Index count, Key* heap) {
  for (Index i = first; i < last; ++i) {
    const Key key = key_of(line[i], sign, i);
    if (key <= heap[0]) continue;
    heap[0] = key;
    sift_down(heap, count, 0);
  }
}

/// The keys of the `count` largest elements of a line, the largest first.
void select_largest(const float* line, Index extent, float sign, Index count, Key* heap) {
  for (Index i = 0; i < count; ++i) heap[i] = key_of(line[i], sign, i);
  for (Index place = count / 2; place-- > 0;) sift_down(heap, count, place);
  Index i = count;
  for (; i + lanes <= extent; i += lanes)
    if (may_enter(line + i, sign, sign * line[index_of(heap[0])]))
      enter(line, i, i + lanes, sign, count, heap);
  enter(line, i, extent, sign, count, heap);
  for (Index last = count - 1; last > 0; --last) {
    const Key smallest = heap[0];
    heap[0] = heap[last];
    heap[last] = smallest;
    sift_down(heap, last, 0);
  }
}

/// `lines` lines side by side, one after the other.
void gather_lines(const float* in, Index extent, Index inner, Index count, float* lines) {
  for (Index k = 0; k < extent; ++k)
    for (Index lane = 0; lane < count; ++lane) lines[lane * extent + k] = in[k * inner + lane];
}

void store(const float* line, const Key* keys, Index count, Index step, float* values, float* indices) {
  for (Index rank = 0; rank < count; ++rank) {
    const Index index = index_of(keys[rank]);
    if (values != nullptr) values[rank * step] = line[index];
    if (indices != nullptr) indices[rank * step] = static_cast<float>(index);
  }
}

inline float* moved(float* memory, Index elements) { return memory == nullptr ? nullptr : memory + elements; }

}  // namespace

void topk(const AxisWork& work, const float* in, float* values, float* indices, float* scratch) {
  Key* const heap = reinterpret_cast<Key*>(scratch);
  float* const lines = scratch + 2 * work.top;
  for (Index outer = 0; outer < work.outer; ++outer, in += work.extent * work.inner) {
    for (Index first = 0; first < work.inner; first += lanes) {
      const Index count = smaller(lanes, work.inner - first);
      if (work.inner > 1) gather_lines(in + first, work.extent, work.inner, count, lines);
      for (Index lane = 0; lane < count; ++lane) {
        const float* const line = work.inner > 1 ? lines + lane * work.extent : in;
        select_largest(line, work.extent, work.sign, work.top, heap);
        const Index place = outer * work.top * work.inner + first + lane;
        store(line, heap, work.top, work.inner, moved(values, place), moved(indices, place));
      }
    }
  }
}

}  // namespace ns::onednn::NS_LOOPS
