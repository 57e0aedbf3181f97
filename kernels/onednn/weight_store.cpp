#include "kernels/onednn/weight_store.hpp"

#include <algorithm>

namespace ns::onednn {
namespace {

constexpr std::size_t line_bytes = 64;
constexpr std::size_t page_bytes = std::size_t{2} << 20;  // a huge one

/// How much to ask for when there is no room for `bytes`: whole pages, and an eighth of what there is, so
/// that little is left over where weights are a bit larger than a page.
std::size_t chunk_for(std::size_t bytes, std::size_t held) {
  return (std::max(bytes, held / 8) + page_bytes - 1) / page_bytes * page_bytes;
}

}  // namespace

std::byte* WeightStore::allocate(std::size_t bytes) {
  const std::size_t room = (std::max<std::size_t>(bytes, 1) + line_bytes - 1) / line_bytes * line_bytes;
  if (chunks_.empty() || chunks_.back().memory.bytes().size() - chunks_.back().used < room)
    chunks_.push_back({Memory{chunk_for(room, bytes_)}, 0});
  Chunk& chunk = chunks_.back();
  std::byte* const place = chunk.memory.data() + chunk.used;
  chunk.used += room;
  bytes_ += bytes;
  return place;
}

std::vector<std::span<const std::byte>> WeightStore::used() const {
  std::vector<std::span<const std::byte>> spans;
  for (const Chunk& chunk : chunks_) spans.push_back(chunk.memory.bytes().first(chunk.used));
  return spans;
}

}  // namespace ns::onednn
