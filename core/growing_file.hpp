/// A text file that one process lets grow line by line, and that a kill at any moment leaves whole but for
/// its last line.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace ns {

class GrowingFile {
 public:
  /// Opens `path` for appending, or makes it. io if another process is writing it; usage error for a
  /// compressed one.
  static Result<GrowingFile> open(const std::string& path);

  GrowingFile(GrowingFile&& other) noexcept;
  GrowingFile& operator=(GrowingFile&& other) noexcept;
  ~GrowingFile();

  [[nodiscard]] const std::string& path() const { return path_; }
  /// All that it holds.
  [[nodiscard]] Result<std::string> content() const;
  /// Cuts it off behind `size` bytes.
  Result<void> cut(std::size_t size);
  Result<void> append(std::string_view bytes);

 private:
  GrowingFile(std::string path, int descriptor) : path_{std::move(path)}, descriptor_{descriptor} {}

  std::string path_;
  int descriptor_ = -1;
};

}  // namespace ns
