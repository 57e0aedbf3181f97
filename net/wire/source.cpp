#include "net/wire/source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace ns::wire {
namespace {

/// What is read behind a jump over weights: most often the next tensor's name and dims alone.
constexpr std::size_t bytes_behind_jump = std::size_t{2} << 10;

tl::unexpected<Error> io_failure(std::string_view name, std::string_view what) {
  return failure(Errc::io, fmt::format("{}: cannot {}: {}", name, what, std::strerror(errno)));
}

/// Up to `room` bytes from `offset`; fewer where the file ends or fails.
std::size_t read_at(int descriptor, std::uint64_t offset, char* into, std::size_t room) {
  std::size_t got = 0;
  while (got < room) {
    const auto count = ::pread(descriptor, into + got, room - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    got += static_cast<std::size_t>(count);
  }
  return got;
}

/// All that a pipe brings.
Result<std::string> read_pipe(int descriptor, std::string_view name) {
  constexpr std::size_t step = std::size_t{1} << 16;
  std::string content;
  while (true) {
    const auto used = content.size();
    if (used > Source::max_piped_bytes)
      return bad_input(fmt::format("{}: brings more than {} MiB; save it and name the file", name,
                                   Source::max_piped_bytes >> 20U));
    content.resize(used + step);
    const auto got = ::read(descriptor, content.data() + used, step);
    content.resize(used + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR) return io_failure(name, "read");
    if (got == 0) return content;
  }
}

}  // namespace

Result<Source> Source::open(const std::string& path) {
  const bool is_stdin = path == "-";
  const std::string_view name = is_stdin ? "standard input" : std::string_view{path};
  Source source;
  source.descriptor_ = is_stdin ? ::dup(STDIN_FILENO) : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (source.descriptor_ < 0) return io_failure(name, "open");
  struct stat facts {};
  if (::fstat(source.descriptor_, &facts) != 0) return io_failure(name, "open");
  if (S_ISREG(facts.st_mode) && (!is_stdin || ::lseek(STDIN_FILENO, 0, SEEK_CUR) == 0)) {
    source.size_ = static_cast<std::uint64_t>(facts.st_size);
    return source;
  }
  if (S_ISDIR(facts.st_mode)) return bad_input(fmt::format("{}: is a directory; name a file", name));
  if (!is_stdin && !S_ISFIFO(facts.st_mode) && !S_ISSOCK(facts.st_mode))
    return bad_input(fmt::format("{}: is neither a file nor a pipe", name));
  auto content = read_pipe(source.descriptor_, name);
  if (!content) return tl::unexpected{std::move(content.error())};
  return of(std::move(*content));
}

Source Source::of(std::string content) {
  Source source;
  source.buffer_ = std::move(content);
  source.size_ = source.buffer_.size();
  return source;
}

Source::Source(Source&& other) noexcept
    : buffer_{std::move(other.buffer_)},
      begin_{other.begin_},
      filled_{std::exchange(other.filled_, 0)},
      size_{std::exchange(other.size_, 0)},
      descriptor_{std::exchange(other.descriptor_, -1)} {}

Source& Source::operator=(Source&& other) noexcept {
  if (this == &other) return *this;
  if (descriptor_ >= 0) ::close(descriptor_);
  buffer_ = std::move(other.buffer_);
  begin_ = other.begin_;
  filled_ = std::exchange(other.filled_, 0);
  size_ = std::exchange(other.size_, 0);
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

Source::~Source() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string_view Source::window(std::uint64_t offset, std::size_t wanted) {
  if (offset >= size_) return {};
  if (descriptor_ < 0) return std::string_view{buffer_}.substr(offset);
  const auto end = begin_ + filled_;
  if (offset >= begin_ && offset < end && (end - offset >= wanted || end == size_))
    return std::string_view{buffer_}.substr(offset - begin_, end - offset);
  return fill(offset, std::min(wanted, window_bytes));
}

std::string_view Source::fill(std::uint64_t offset, std::size_t wanted) {
  const bool goes_on = offset >= begin_ && offset <= begin_ + filled_;
  const auto room = goes_on ? window_bytes : std::max(wanted, bytes_behind_jump);
  buffer_.resize(window_bytes);
  begin_ = offset;
  filled_ = read_at(descriptor_, offset, buffer_.data(), std::min<std::uint64_t>(room, size_ - offset));
  return std::string_view{buffer_}.substr(0, filled_);
}

Result<std::string> Source::read(std::uint64_t offset, std::uint64_t size) {
  if (offset > size_ || size > size_ - offset)
    return bad_input(
        fmt::format("bytes {} to {} are wanted, but the file has only {}", offset, offset + size, size_));
  if (descriptor_ < 0) return buffer_.substr(offset, size);
  // Small tensors stand side by side; one read into the window serves many.
  constexpr std::size_t small = 512;
  if (size <= small)
    if (const auto bytes = window(offset, size).substr(0, size); bytes.size() == size)
      return std::string{bytes};
  std::string bytes(size, '\0');
  const auto got = read_at(descriptor_, offset, bytes.data(), size);
  if (got == size) return bytes;
  return failure(Errc::io, fmt::format("bytes {} to {} cannot be read: the file shrank or the disk failed",
                                       offset + got, offset + size));
}

}  // namespace ns::wire
