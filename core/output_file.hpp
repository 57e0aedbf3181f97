/// A file that is written piece by piece and appears whole: beside its place first, renamed when all is
/// there.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace ns {

class OutputFile {
 public:
  /// io if no file can be made beside `path`.
  static Result<OutputFile> create(std::filesystem::path path);

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&& other) noexcept;
  /// Without commit() nothing is left.
  ~OutputFile();

  /// io if the disk is full or failed.
  Result<void> append(std::string_view bytes);
  [[nodiscard]] std::uint64_t size() const { return size_; }

  /// Puts the file in its place, over what is there.
  Result<void> commit();

 private:
  OutputFile(std::filesystem::path path, std::string aside, int descriptor)
      : path_{std::move(path)}, aside_{std::move(aside)}, descriptor_{descriptor} {}
  void discard();

  std::filesystem::path path_;
  std::string aside_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
};

}  // namespace ns
