#include "net/onnx/export/export.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <unistd.h>

namespace ns::fuzz {
namespace {

/// A folder in memory where there is one, for this process alone; gone with it.
class Folder {
 public:
  Folder() {
    std::error_code unknown;
    const std::filesystem::path memory{"/dev/shm"};
    const auto parent =
        std::filesystem::is_directory(memory, unknown) ? memory : std::filesystem::temp_directory_path();
    path_ = parent / fmt::format("ns-fuzz-export-{}", ::getpid());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The first nodes of the file's order, as many as the model's size picks: what runs before what follows it.
std::vector<bool> some_prefix(const onnx::ModelFile& file, std::size_t pick) {
  const auto nodes = file.model.graph.nodes.size();
  std::vector<bool> on_device(nodes, false);
  const auto first = nodes == 0 ? 0 : pick % (nodes + 1);
  for (std::size_t node = 0; node < first; ++node) on_device[node] = true;
  return on_device;
}

void read_back(const std::optional<onnx::ExportedHalf>& half) {
  if (!half || half->nodes == 0) return;  // a file without nodes is taken for a piece of one
  const auto file = onnx::read_model(half->path.string(), {});
  promise(file.has_value(),
          file ? "" : fmt::format("an exported half can be read, which is none: {}", file.error().message));
}

}  // namespace

bool read_export(std::string_view bytes) {
  static const Folder folder;
  auto file = onnx::read_model(onnx::Source::of(std::string{bytes}), "model.onnx", {});
  if (value_of(file) == nullptr) return false;
  onnx::ExportOptions options;
  options.folder = folder.path();
  options.force = true;
  options.format = bytes.size() % 3 == 0 ? onnx::ExportFormat::triton : onnx::ExportFormat::onnx;
  const auto report = onnx::export_halves(*file, some_prefix(*file, bytes.size()), options);
  if (value_of(report) == nullptr) return true;
  read_back(report->head);
  read_back(report->tail);
  return true;
}

}  // namespace ns::fuzz
