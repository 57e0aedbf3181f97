/// A block of memory of its own pages: huge ones where the system grants them, touched before first use.
#pragma once

#include <cstddef>
#include <span>
#include <utility>

namespace ns::onednn {

class Memory {
 public:
  Memory() = default;
  /// Zeroed. Throws std::bad_alloc if the system refuses.
  explicit Memory(std::size_t bytes);
  Memory(Memory&& other) noexcept
      : data_{std::exchange(other.data_, nullptr)}, bytes_{std::exchange(other.bytes_, 0)} {}
  Memory& operator=(Memory&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  ~Memory();

  [[nodiscard]] std::byte* data() const { return data_; }
  [[nodiscard]] std::span<const std::byte> bytes() const { return {data_, bytes_}; }

 private:
  std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace ns::onednn
