#include "kernels/arena.hpp"

#include <algorithm>

namespace ns {
namespace {

bool alive_together(const Lifetime& a, const Lifetime& b) {
  if (a.persistent || b.persistent) return true;
  return a.first_step <= b.last_step && b.first_step <= a.last_step;
}

}  // namespace

Arena arrange(std::span<const Lifetime> lifetimes, std::size_t alignment) {
  const auto size_of = [&](std::size_t id) {
    return (lifetimes[id].bytes + alignment - 1) / alignment * alignment;
  };
  std::vector<std::size_t> order;
  for (std::size_t id = 0; id < lifetimes.size(); ++id)
    if (lifetimes[id].bytes > 0) order.push_back(id);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return lifetimes[a].bytes > lifetimes[b].bytes; });

  Arena arena;
  arena.offsets.resize(lifetimes.size(), 0);
  std::vector<std::size_t> placed;  // by ascending offset
  for (const std::size_t id : order) {
    std::size_t offset = 0;
    for (const std::size_t other : placed) {
      if (!alive_together(lifetimes[id], lifetimes[other])) continue;
      if (arena.offsets[other] >= offset + size_of(id)) break;
      offset = std::max(offset, arena.offsets[other] + size_of(other));
    }
    arena.offsets[id] = offset;
    arena.bytes = std::max(arena.bytes, offset + size_of(id));
    placed.insert(
        std::upper_bound(placed.begin(), placed.end(), offset,
                         [&](std::size_t at, std::size_t other) { return at < arena.offsets[other]; }),
        id);
  }
  return arena;
}

}  // namespace ns
