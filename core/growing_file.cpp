#include "core/growing_file.hpp"

#include "core/file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace ns {

Result<GrowingFile> GrowingFile::open(const std::string& path) {
  if (path.ends_with(".gz"))
    return failure(Errc::usage,
                   fmt::format("{}: a growing file is plain text; compress it when it is whole", path));
  // Append mode: what others wrote meanwhile is never overwritten.
  GrowingFile file{path, ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
  if (file.descriptor_ < 0) return io_failure(path, "open for writing");
  if (::flock(file.descriptor_, LOCK_EX | LOCK_NB) != 0)
    return failure(Errc::io, fmt::format("{}: another process is writing it; wait or name another", path));
  return file;
}

GrowingFile::GrowingFile(GrowingFile&& other) noexcept
    : path_{std::move(other.path_)}, descriptor_{std::exchange(other.descriptor_, -1)} {}

GrowingFile& GrowingFile::operator=(GrowingFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

GrowingFile::~GrowingFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::string> GrowingFile::content() const { return read_file(path_); }

Result<void> GrowingFile::cut(std::size_t size) {
  if (::ftruncate(descriptor_, static_cast<off_t>(size)) != 0) return io_failure(path_, "write");
  return {};
}

Result<void> GrowingFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) return io_failure(path_, "write");
    bytes.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return {};
}

}  // namespace ns
