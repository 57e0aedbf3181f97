/// Random access to the bytes of a model's file through small windows, so that gigabytes of weights are
/// neither read nor mapped.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ns::wire {

class Source {
 public:
  /// A regular file, or "-" for standard input and a pipe, which are read whole up to `max_piped_bytes`. io
  /// if it cannot be read, bad_input if it is neither.
  static Result<Source> open(const std::string& path);
  static Source of(std::string content);

  Source(Source&& other) noexcept;
  Source& operator=(Source&& other) noexcept;
  ~Source();

  static constexpr std::size_t max_piped_bytes = std::size_t{1} << 30;
  static constexpr std::size_t window_bytes = std::size_t{16} << 10;

  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// The bytes from `offset`, at least `wanted` (at most window_bytes) of them unless the file ends before;
  /// valid until the next call. Empty behind the end and where reading fails.
  std::string_view window(std::uint64_t offset, std::size_t wanted);

  /// Exactly these bytes; bad_input if the file ends before, and nothing is allocated then.
  Result<std::string> read(std::uint64_t offset, std::uint64_t size);

 private:
  Source() = default;

  std::string_view fill(std::uint64_t offset, std::size_t wanted);

  std::string buffer_;       // room for a window, or the whole content where there is no file
  std::uint64_t begin_ = 0;  // of the window
  std::size_t filled_ = 0;   // bytes of it
  std::uint64_t size_ = 0;
  int descriptor_ = -1;
};

}  // namespace ns::wire
