/// A file in memory, for the doors that take a path.
#pragma once

#include <string>
#include <string_view>

namespace ns::fuzz {

class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  /// A regular file as long as this lives.
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

}  // namespace ns::fuzz
