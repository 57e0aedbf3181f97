#include "profiler/board/local_copy.hpp"

#include "core/file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace ns {
namespace {

tl::unexpected<Error> io_failure(const std::string& path, std::string_view what) {
  return failure(Errc::io, fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno)));
}

}  // namespace

Result<LocalCopy> LocalCopy::open(const std::string& path) {
  if (path.ends_with(".gz"))
    return failure(Errc::usage,
                   fmt::format("{}: a growing profile is plain text; compress it when it is whole", path));
  LocalCopy copy{path, ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
  if (copy.descriptor_ < 0) return io_failure(path, "open for writing");
  if (::flock(copy.descriptor_, LOCK_EX | LOCK_NB) != 0)
    return failure(Errc::io, fmt::format("{}: another ns-profile is writing it; wait or name another", path));
  const auto content = read_file(path);
  if (!content) return tl::unexpected{content.error()};
  const auto end = content->rfind('\n');
  const std::string_view whole = std::string_view{*content}.substr(0, end == std::string::npos ? 0 : end + 1);
  if (whole.size() < content->size() && ::ftruncate(copy.descriptor_, static_cast<off_t>(whole.size())) != 0)
    return io_failure(path, "write");
  copy.count(whole);
  return copy;
}

LocalCopy::LocalCopy(LocalCopy&& other) noexcept { *this = std::move(other); }

LocalCopy& LocalCopy::operator=(LocalCopy&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(rest_, other.rest_);
  std::swap(last_line_, other.last_line_);
  std::swap(size_, other.size_);
  std::swap(lines_, other.lines_);
  return *this;
}

LocalCopy::~LocalCopy() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void LocalCopy::count(std::string_view lines) {
  size_ += lines.size();
  lines_ += static_cast<std::size_t>(std::ranges::count(lines, '\n'));
  if (lines.empty()) return;
  lines.remove_suffix(1);
  last_line_ = lines.substr(lines.rfind('\n') + 1);
}

Result<void> LocalCopy::append(std::string_view bytes) {
  rest_ += bytes;
  const auto end = rest_.rfind('\n');
  if (end == std::string::npos) return {};
  std::string_view lines = std::string_view{rest_}.substr(0, end + 1);
  count(lines);
  while (!lines.empty()) {
    const auto written = ::write(descriptor_, lines.data(), lines.size());
    if (written < 0 && errno != EINTR) return io_failure(path_, "write");
    lines.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  rest_.erase(0, end + 1);
  return {};
}

}  // namespace ns
