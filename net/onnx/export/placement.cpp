#include "net/onnx/export/placement.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <system_error>
#include <unistd.h>

namespace ns::onnx {
namespace {

namespace fs = std::filesystem;

/// Bytes in memory at once, whatever the size of a weight.
constexpr std::size_t chunk_bytes = std::size_t{64} << 10;

tl::unexpected<Error> cannot_write(const fs::path& path, std::string_view why) {
  return failure(Errc::io, fmt::format("{}: cannot write: {}", path.string(), why));
}

/// A file that is being written, `path` being what messages call it.
class Writer {
 public:
  Writer(const fs::path& aside, const fs::path& path)
      : path_{path},
        descriptor_{::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)},
        error_{descriptor_ < 0 ? errno : 0} {
    buffer_.reserve(2 * chunk_bytes);
  }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  [[nodiscard]] bool failed() const { return error_ != 0; }

  void write(std::string_view bytes) {
    buffer_ += bytes;
    if (buffer_.size() >= chunk_bytes) flush();
  }

  Result<void> finish() {
    flush();
    if (descriptor_ >= 0 && ::close(descriptor_) != 0 && !failed()) error_ = errno;
    descriptor_ = -1;
    if (failed()) return cannot_write(path_, std::strerror(error_));
    return {};
  }

 private:
  void flush() {
    std::string_view rest = buffer_;
    while (!rest.empty() && !failed()) {
      const auto count = ::write(descriptor_, rest.data(), rest.size());
      if (count < 0 && errno != EINTR) error_ = errno;
      rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    }
    buffer_.clear();
  }

  const fs::path& path_;
  int descriptor_;
  int error_;  // errno of the first failure
  std::string buffer_;
};

Result<void> write_piece(Writer& writer, const Rope& content, const Rope::Piece& piece,
                         ExternalFiles& files) {
  static const std::string zeros(chunk_bytes, '\0');
  auto [offset, rest] = piece.range;
  while (rest > 0 && !writer.failed()) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(rest, chunk_bytes));
    if (piece.file == own_bytes) {
      writer.write(std::string_view{content.text()}.substr(offset, size));
    } else if (piece.file == zero_bytes) {
      writer.write(std::string_view{zeros}.substr(0, size));
    } else {
      const auto bytes = files.source(piece.file).read(offset, size);
      if (!bytes) return tl::unexpected{bytes.error()};
      writer.write(*bytes);
    }
    offset += size;
    rest -= size;
  }
  return {};
}

}  // namespace

Placement::~Placement() {
  std::error_code ignored;
  for (const auto& file : asides_) fs::remove(file.aside, ignored);
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
  const auto& aside =
      asides_.emplace_back(Aside{path.string() + fmt::format(".{}.part", ::getpid()), path}).aside;
  Writer writer{aside, path};
  for (const auto& piece : content.pieces())
    if (auto done = write_piece(writer, content, piece, files); !done)
      return failure_within(std::move(done), path.string());
  return writer.finish();
}

Result<void> Placement::add(const fs::path& path, std::string_view content) {
  ExternalFiles none{{}};
  return add(path, Rope{}.add(content), none);
}

Result<void> Placement::commit() {
  for (auto& file : asides_) {
    std::error_code status;
    fs::rename(file.aside, file.path, status);
    if (status) return cannot_write(file.path, status.message());
  }
  asides_.clear();
  made_folders_.clear();
  return {};
}

}  // namespace ns::onnx
