/// Files that appear together: each is written aside, and all are renamed when the last one is whole.
#pragma once

#include "core/error.hpp"
#include "core/output_file.hpp"
#include "net/onnx/export/external_files.hpp"
#include "net/onnx/export/rope.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

class Placement {
 public:
  /// What is there already is replaced only with `force`.
  explicit Placement(bool force) : force_{force} {}
  Placement(const Placement&) = delete;
  Placement& operator=(const Placement&) = delete;
  /// Removes what was not committed, and the folders that were made for it.
  ~Placement();

  /// Says before any work whether `path` may be written: usage if it is there already.
  [[nodiscard]] Result<void> check(const std::filesystem::path& path) const;

  /// Writes aside, making the folder. io naming the file.
  Result<void> add(const std::filesystem::path& path, const Rope& content, ExternalFiles& files);
  Result<void> add(const std::filesystem::path& path, std::string_view content);

  /// Puts every file in its place.
  Result<void> commit();

 private:
  Result<void> make_folder(const std::filesystem::path& folder);

  bool force_;
  std::vector<OutputFile> files_;                    // written, not yet in their places
  std::vector<std::filesystem::path> made_folders_;  // outermost first
};

}  // namespace ns::onnx
