#include "net/onnx/name_ids.hpp"

#include <functional>
#include <utility>

namespace ns::onnx {
namespace {

std::uint32_t hash_of(std::string_view name) {
  return static_cast<std::uint32_t>(std::hash<std::string_view>{}(name));
}

}  // namespace

void NameIds::add(TensorId id) {
  if (2 * (taken_ + 1) > slots_.size()) grow();
  place({hash_of(tensors_[id].name), id + 1});
  ++taken_;
}

std::optional<TensorId> NameIds::find(std::string_view name) const {
  if (slots_.empty()) return std::nullopt;
  const auto hash = hash_of(name);
  const auto mask = slots_.size() - 1;
  for (auto at = hash & mask; slots_[at].number != 0; at = (at + 1) & mask)
    if (slots_[at].hash == hash && tensors_[slots_[at].number - 1].name == name) return slots_[at].number - 1;
  return std::nullopt;
}

void NameIds::grow() {
  constexpr std::size_t least = 64;
  const auto before = std::exchange(slots_, std::vector<Slot>(slots_.empty() ? least : 2 * slots_.size()));
  for (const auto& slot : before)
    if (slot.number != 0) place(slot);
}

void NameIds::place(Slot slot) {
  const auto mask = slots_.size() - 1;
  auto at = slot.hash & mask;
  while (slots_[at].number != 0) at = (at + 1) & mask;
  slots_[at] = slot;
}

}  // namespace ns::onnx
