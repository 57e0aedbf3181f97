/// The profile here, of rows that are measured elsewhere.
#pragma once

#include "core/error.hpp"
#include "core/growing_file.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace ns {

class LocalCopy {
 public:
  /// Opens it for appending; a last line that was cut off is removed. Errors of GrowingFile::open().
  static Result<LocalCopy> open(const std::string& path);

  /// Bytes as they come; whole lines are written, the rest is kept for later.
  Result<void> append(std::string_view bytes);
  /// Forgets the beginning of a line whose rest will not come.
  void drop_rest() { rest_.clear(); }

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t rows() const { return lines_ == 0 ? 0 : lines_ - 1; }  // behind the header
  [[nodiscard]] const std::string& last_line() const { return last_line_; }

 private:
  explicit LocalCopy(GrowingFile file) : file_{std::move(file)} {}
  void count(std::string_view lines);

  GrowingFile file_;
  std::string rest_;
  std::string last_line_;
  std::size_t size_ = 0;
  std::size_t lines_ = 0;
};

}  // namespace ns
