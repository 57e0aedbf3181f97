#include "profiler/profile_writer.hpp"

#include "core/file.hpp"
#include "core/text.hpp"

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace ns {
namespace {

tl::unexpected<Error> io_failure(const std::string& path, std::string_view what) {
  return failure(Errc::io, fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno)));
}

}  // namespace

std::string difference(const ProfileHeader& theirs, const ProfileHeader& mine) {
  struct Fact {
    std::string_view name;
    std::string theirs;
    std::string mine;
  };
  const auto& there = theirs.machine;
  const auto& here = mine.machine;
  const std::array facts{
      Fact{"device", theirs.device, mine.device},
      Fact{"backend", theirs.backend, mine.backend},
      Fact{"cpu", there.cpu, here.cpu},
      Fact{"cores", std::to_string(there.cores), std::to_string(here.cores)},
      Fact{"instructions", there.instructions, here.instructions},
      Fact{"caches", there.caches, here.caches},
      Fact{"memory", there.memory, here.memory},
      Fact{"operating system", there.kernel, here.kernel},
      Fact{"library", there.library, here.library},
      Fact{"fusion rules", fmt::format("{}", fmt::join(theirs.rules.texts(), " ")),
           fmt::format("{}", fmt::join(mine.rules.texts(), " "))},
  };
  for (const auto& fact : facts)
    if (fact.theirs != fact.mine)
      return fmt::format("{}: '{}' there, '{}' here", fact.name, fact.theirs, fact.mine);
  return {};
}

Result<ProfileWriter> ProfileWriter::open(const std::string& path, const ProfileHeader& header) {
  if (path.ends_with(".gz"))
    return failure(Errc::usage,
                   fmt::format("{}: a growing profile is plain text; compress it when it is whole", path));
  // Append mode: what others wrote meanwhile is never overwritten.
  ProfileWriter writer{path, ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)};
  if (writer.descriptor_ < 0) return io_failure(path, "open for writing");
  if (::flock(writer.descriptor_, LOCK_EX | LOCK_NB) != 0)
    return failure(Errc::io, fmt::format("{}: another ns-profile is writing it; wait or name another", path));
  const auto content = read_file(path);
  if (!content) return tl::unexpected{content.error()};
  if (auto resumed = writer.resume(*content, header); !resumed) return tl::unexpected{resumed.error()};
  return writer;
}

Result<void> ProfileWriter::resume(const std::string& content, const ProfileHeader& header) {
  const auto whole = content.rfind('\n') == std::string::npos ? std::size_t{0} : content.rfind('\n') + 1;
  if (whole == 0) {
    // Nothing, or a header that a crash cut off; anything else is somebody's file.
    if (!print(header).starts_with(content.substr(0, 12)))
      return bad_input(fmt::format("{}: holds something that is no profile; name another file", path_));
    if (::ftruncate(descriptor_, 0) != 0) return io_failure(path_, "write");
    return write_line(print(header));
  }
  if (parse_row(std::string_view{content}.substr(whole))) {
    if (auto ended = write_line(""); !ended) return ended;
  } else if (whole < content.size() && ::ftruncate(descriptor_, static_cast<off_t>(whole)) != 0) {
    return io_failure(path_, "write");
  }
  auto profile = read_profile(path_);
  if (!profile) return tl::unexpected{std::move(profile.error())};
  if (const auto differs = difference(profile->header, header); !differs.empty())
    return bad_input(
        fmt::format("{}: was measured elsewhere ({}); name another file with -o", path_, differs));
  earlier_ = std::move(profile->rows);
  for (const auto& row : earlier_) keys_.insert(key(row));
  return {};
}

Result<void> ProfileWriter::append(const ProfileRow& row) {
  [[maybe_unused]] const auto [place, is_new] = keys_.insert(key(row));
  assert(is_new);
  return write_line(print(row));
}

Result<void> ProfileWriter::write_line(std::string text) {
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) return io_failure(path_, "write");
    rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
  return {};
}

ProfileWriter::ProfileWriter(ProfileWriter&& other) noexcept
    : path_{std::move(other.path_)},
      descriptor_{std::exchange(other.descriptor_, -1)},
      earlier_{std::move(other.earlier_)},
      keys_{std::move(other.keys_)} {}

ProfileWriter& ProfileWriter::operator=(ProfileWriter&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  std::swap(earlier_, other.earlier_);
  std::swap(keys_, other.keys_);
  return *this;
}

ProfileWriter::~ProfileWriter() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace ns
