/// Numbers of the tensors of a listing by their names: one flat table, because a model has thousands and
/// every look-up that leaves the cache costs as much as a hundred instructions.
#pragma once

#include "net/listing.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace ns::onnx {

class NameIds {
 public:
  /// Names are those of `tensors`, which must outlive it.
  explicit NameIds(const std::deque<ListedTensor>& tensors) : tensors_{tensors} {}

  /// Adds the tensor `id`, whose name must not be there yet.
  void add(TensorId id);
  [[nodiscard]] std::optional<TensorId> find(std::string_view name) const;

 private:
  struct Slot {
    std::uint32_t hash = 0;
    std::uint32_t number = 0;  // the tensor's id + 1; 0 where the slot is free
  };
  void grow();
  void place(Slot slot);

  const std::deque<ListedTensor>& tensors_;
  std::vector<Slot> slots_;  // a power of two of them, at most half taken
  std::size_t taken_ = 0;
};

}  // namespace ns::onnx
