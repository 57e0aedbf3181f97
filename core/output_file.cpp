#include "core/output_file.hpp"

#include "core/file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

namespace ns {
namespace {

tl::unexpected<Error> write_failure(const std::filesystem::path& path) {
  return io_failure(path.string(), "write");
}

}  // namespace

Result<OutputFile> OutputFile::create(std::filesystem::path path) {
  auto aside = path.string() + fmt::format(".{}.part", ::getpid());
  constexpr mode_t for_all = 0666;  // what the user's mask leaves of it
  const int descriptor = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, for_all);
  if (descriptor < 0) return write_failure(path);
  return OutputFile{std::move(path), std::move(aside), descriptor};
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_{std::move(other.path_)},
      aside_{std::move(other.aside_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      size_{other.size_} {}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  if (this == &other) return *this;
  discard();
  path_ = std::move(other.path_);
  aside_ = std::move(other.aside_);
  descriptor_ = std::exchange(other.descriptor_, -1);
  size_ = other.size_;
  return *this;
}

OutputFile::~OutputFile() { discard(); }

void OutputFile::discard() {
  if (descriptor_ < 0) return;
  ::close(std::exchange(descriptor_, -1));
  ::unlink(aside_.c_str());
}

Result<void> OutputFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return write_failure(path_);
    bytes.remove_prefix(static_cast<std::size_t>(written));
    size_ += static_cast<std::uint64_t>(written);
  }
  return {};
}

Result<void> OutputFile::commit() {
  if (::close(std::exchange(descriptor_, -1)) != 0 || ::rename(aside_.c_str(), path_.c_str()) != 0) {
    auto failed = write_failure(path_);
    ::unlink(aside_.c_str());
    return failed;
  }
  return {};
}

}  // namespace ns
