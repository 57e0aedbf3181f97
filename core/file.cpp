#include "core/file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

namespace ns {
namespace {

/// A descriptor that closes itself; standard input is left open.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_{number} {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ > STDIN_FILENO) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

/// Reads up to the limit, at once what is expected and what follows in small steps: a pipe has no size and a
/// file may lie about its own.
Result<std::string> read_all(int descriptor, const std::string& name, std::size_t expected,
                             std::size_t padding) {
  constexpr std::size_t step = std::size_t{1} << 16;
  std::string content;
  content.reserve(std::min(expected, max_text_bytes) + 1 + padding);
  while (true) {
    const auto used = content.size();
    if (used > max_text_bytes)
      return bad_input(fmt::format("{}: larger than 64 MB, which no text or JSON file here needs", name));
    content.resize(used == 0 ? content.capacity() - padding
                             : std::max(used + 1, std::min(used + step, content.capacity() - padding)));
    const auto got = ::read(descriptor, content.data() + used, content.size() - used);
    content.resize(used + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    if (got < 0 && errno != EINTR) return io_failure(name, "read");
    if (got == 0) break;
  }
  if (content.capacity() < content.size() + padding) content.reserve(content.size() + padding);
  return content;
}

}  // namespace

tl::unexpected<Error> io_failure(const std::string& path, std::string_view what) {
  return failure(Errc::io, fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno)));
}

Result<std::string> read_file(const std::string& path, std::size_t padding) {
  if (path == "-") return read_all(STDIN_FILENO, "standard input", 0, padding);
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return io_failure(path, "open");
  if (S_ISDIR(facts.st_mode)) return bad_input(fmt::format("{}: is a directory; name a file", path));
  if (!S_ISREG(facts.st_mode))
    return bad_input(fmt::format("{}: is no regular file; use - for a pipe", path));
  if (static_cast<std::uintmax_t>(facts.st_size) > max_text_bytes)
    return bad_input(fmt::format("{}: larger than 64 MB, which no text or JSON file here needs", path));
  const Descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number() < 0) return io_failure(path, "open");
  return read_all(file.number(), path, static_cast<std::size_t>(facts.st_size), padding);
}

namespace {

/// A device or pipe (/dev/null, /dev/stderr) is written to; a rename would put a file in its place.
Result<void> write_device(const std::filesystem::path& path, std::string_view content) {
  std::ofstream file{path, std::ios::binary};
  file.write(content.data(), static_cast<std::streamsize>(content.size()));
  file.close();
  if (!file) return io_failure(path.string(), "write");
  return {};
}

}  // namespace

Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code unknown;
  const auto kind = std::filesystem::status(path, unknown).type();
  using Kind = std::filesystem::file_type;
  if (kind == Kind::character || kind == Kind::fifo || kind == Kind::block || kind == Kind::socket)
    return write_device(path, content);
  const auto aside = path.string() + fmt::format(".{}.part", ::getpid());
  {
    std::ofstream file{aside, std::ios::binary};
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    file.close();
    if (!file) {
      auto failed = io_failure(path.string(), "write");
      std::error_code ignored;
      std::filesystem::remove(aside, ignored);
      return failed;
    }
  }
  std::error_code status;
  std::filesystem::rename(aside, path, status);
  if (!status) return {};
  std::error_code ignored;
  std::filesystem::remove(aside, ignored);
  return failure(Errc::io, fmt::format("{}: cannot write: {}", path.string(), status.message()));
}

}  // namespace ns
