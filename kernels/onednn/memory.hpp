/// Memory of its own pages: huge ones where the system grants them, so that a plan's time does not depend on
/// how its memory happens to be scattered.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace ns::onednn {

class Memory {
 public:
  Memory() = default;
  /// Zeroed, and touched already: page faults belong to no measurement. Throws std::bad_alloc if the system
  /// refuses.
  explicit Memory(std::size_t bytes);
  /// The same untouched: pages are there once somebody writes to them.
  static Memory reserved(std::size_t bytes);
  Memory(Memory&& other) noexcept { swap(other); }
  Memory& operator=(Memory&& other) noexcept {
    swap(other);
    return *this;
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, bytes_}; }

 private:
  void map(std::size_t bytes);
  void swap(Memory& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    std::swap(mapping_, other.mapping_);
    std::swap(mapped_bytes_, other.mapped_bytes_);
  }

  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  void* mapping_ = nullptr;
  std::size_t mapped_bytes_ = 0;
};

}  // namespace ns::onednn
