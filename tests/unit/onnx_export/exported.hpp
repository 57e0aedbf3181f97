/// Models that are cut and read again.
#pragma once

#include "net/onnx/export/export.hpp"
#include "net/onnx/export/sides.hpp"
#include "net/onnx/onnx.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <string>
#include <vector>

namespace ns::onnx {

/// A folder that goes with the test.
class Scratch {
 public:
  Scratch() {
    auto name = testing::TempDir() + "export-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() { std::filesystem::remove_all(path_); }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] std::string path() const { return path_.string(); }

  /// Names of the files in it, below folders too.
  [[nodiscard]] std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{path_})
      if (entry.is_regular_file()) names.push_back(entry.path().lexically_relative(path_).string());
    std::sort(names.begin(), names.end());
    return names;
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline ModelFile opened(const std::filesystem::path& path) {
  auto file = read_model(path.string(), {});
  EXPECT_TRUE(file) << file.error().message;
  return std::move(file.value());
}

inline ModelFile opened_bytes(std::string content) {
  auto file = read_model(Source::of(std::move(content)), "model.onnx", {});
  EXPECT_TRUE(file) << file.error().message;
  return std::move(file.value());
}

inline ExportOptions into(const std::filesystem::path& folder) {
  ExportOptions options;
  options.folder = folder;
  return options;
}

inline Result<ExportReport> cut(ModelFile& file, const std::vector<std::string>& after,
                                const ExportOptions& options) {
  const auto on_device = device_side(file, after);
  if (!on_device) return tl::unexpected{on_device.error()};
  return export_halves(file, *on_device, options);
}

inline std::string cut_error(ModelFile& file, const std::vector<std::string>& after,
                             const ExportOptions& options) {
  const auto report = cut(file, after, options);
  return report ? std::string{} : report.error().message;
}

inline std::vector<std::string> names_of(const std::vector<Port>& ports) {
  std::vector<std::string> names;
  for (const auto& port : ports) names.push_back(port.name);
  return names;
}

}  // namespace ns::onnx
