#include "net/onnx/export/placement.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace ns::onnx {
namespace {

namespace fs = std::filesystem;

/// Bytes in memory at once, whatever the size of a weight.
constexpr std::size_t chunk_bytes = std::size_t{64} << 10;

tl::unexpected<Error> cannot_write(const fs::path& path, std::string_view why) {
  return failure(Errc::io, fmt::format("{}: cannot write: {}", path.string(), why));
}

/// Small pieces are gathered, so that a half of ten thousand nodes is not as many writes.
class Writer {
 public:
  explicit Writer(OutputFile& file) : file_{file} { buffer_.reserve(2 * chunk_bytes); }

  Result<void> write(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < chunk_bytes ? Result<void>{} : flush();
  }

  Result<void> flush() {
    auto done = file_.append(buffer_);
    buffer_.clear();
    return done;
  }

 private:
  OutputFile& file_;
  std::string buffer_;
};

Result<void> write_piece(Writer& writer, const Rope& content, const Rope::Piece& piece, ExternalFiles& files,
                         const fs::path& path) {
  static const std::string zeros(chunk_bytes, '\0');
  auto [offset, rest] = piece.range;
  while (rest > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(rest, chunk_bytes));
    Result<void> done;
    if (piece.file == own_bytes) {
      done = writer.write(std::string_view{content.text()}.substr(offset, size));
    } else if (piece.file == zero_bytes) {
      done = writer.write(std::string_view{zeros}.substr(0, size));
    } else {
      auto bytes = files.source(piece.file).read(offset, size);
      if (!bytes) return failure_within(std::move(bytes), path.string());
      done = writer.write(*bytes);
    }
    if (!done) return done;
    offset += size;
    rest -= size;
  }
  return {};
}

}  // namespace

Placement::~Placement() {
  files_.clear();
  // Only those that are empty go: none after a commit.
  for (auto folder = made_folders_.rbegin(); folder != made_folders_.rend(); ++folder)
    ::rmdir(folder->c_str());
}

Result<void> Placement::check(const fs::path& path) const {
  std::error_code status;
  const auto kind = fs::symlink_status(path, status).type();
  if (kind == fs::file_type::not_found) return {};
  if (status) return cannot_write(path, status.message());
  if (kind == fs::file_type::directory) return cannot_write(path, "it is a directory");
  if (force_) return {};
  return failure(Errc::usage, fmt::format("{}: is there already; --force replaces it", path.string()));
}

Result<void> Placement::make_folder(const fs::path& folder) {
  if (folder.empty()) return {};
  std::error_code status;
  if (fs::is_directory(folder, status)) return {};
  if (auto made = make_folder(folder.parent_path()); !made) return made;
  if (fs::create_directory(folder, status)) made_folders_.push_back(folder);
  if (status)
    return failure(Errc::io,
                   fmt::format("{}: cannot make the folder: {}", folder.string(), status.message()));
  return {};
}

Result<void> Placement::add(const fs::path& path, const Rope& content, ExternalFiles& files) {
  if (auto made = make_folder(path.parent_path()); !made) return made;
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected{std::move(file.error())};
  files_.push_back(std::move(*file));
  Writer writer{files_.back()};
  for (const auto& piece : content.pieces())
    if (auto done = write_piece(writer, content, piece, files, path); !done) return done;
  return writer.flush();
}

Result<void> Placement::add(const fs::path& path, std::string_view content) {
  ExternalFiles none{{}};
  return add(path, Rope{}.add(content), none);
}

Result<void> Placement::commit() {
  for (auto& file : files_)
    if (auto done = file.commit(); !done) return done;
  files_.clear();
  made_folders_.clear();
  return {};
}

}  // namespace ns::onnx
