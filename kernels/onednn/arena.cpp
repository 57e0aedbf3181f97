#include "kernels/onednn/arena.hpp"

#include <algorithm>
#include <numeric>

namespace ns::onednn {
namespace {

constexpr std::size_t alignment = 64;  // a cache line, and the widest vector

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

bool alive_together(const Buffer& a, const Buffer& b) {
  if (a.persistent || b.persistent) return true;
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

}  // namespace

Arena arrange(std::span<const Buffer> buffers) {
  std::vector<BufferId> order;
  for (BufferId id = 0; id < buffers.size(); ++id)
    if (buffers[id].storage == Storage::activation) order.push_back(id);
  std::stable_sort(order.begin(), order.end(),
                   [&](BufferId a, BufferId b) { return buffers[a].bytes > buffers[b].bytes; });

  Arena arena;
  arena.offsets.resize(buffers.size(), 0);
  std::vector<BufferId> placed;  // by ascending offset
  for (const BufferId id : order) {
    std::size_t offset = 0;
    for (const BufferId other : placed) {
      if (!alive_together(buffers[id], buffers[other])) continue;
      if (arena.offsets[other] >= offset + aligned(buffers[id].bytes)) break;
      offset = std::max(offset, arena.offsets[other] + aligned(buffers[other].bytes));
    }
    arena.offsets[id] = offset;
    arena.bytes = std::max(arena.bytes, offset + aligned(buffers[id].bytes));
    placed.insert(std::upper_bound(placed.begin(), placed.end(), offset,
                                   [&](std::size_t at, BufferId other) { return at < arena.offsets[other]; }),
                  id);
  }
  return arena;
}

}  // namespace ns::onednn
