#include "profiler/profile_writer.hpp"

#include "core/text.hpp"

#include <array>
#include <cassert>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace ns {

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
  auto file = GrowingFile::open(path);
  if (!file) return tl::unexpected{std::move(file.error())};
  const auto content = file->content();
  if (!content) return tl::unexpected{content.error()};
  ProfileWriter writer{std::move(*file)};
  if (auto resumed = writer.resume(*content, header); !resumed) return tl::unexpected{resumed.error()};
  return writer;
}

Result<void> ProfileWriter::resume(const std::string& content, const ProfileHeader& header) {
  const auto whole = content.rfind('\n') == std::string::npos ? std::size_t{0} : content.rfind('\n') + 1;
  if (whole == 0) {
    // Nothing, or a header that a crash cut off; anything else is somebody's file.
    if (!print(header).starts_with(content.substr(0, 12)))
      return bad_input(
          fmt::format("{}: holds something that is no profile; name another file", file_.path()));
    if (auto emptied = file_.cut(0); !emptied) return emptied;
    return file_.append(print(header) + '\n');
  }
  if (parse_row(std::string_view{content}.substr(whole))) {
    if (auto ended = file_.append("\n"); !ended) return ended;
  } else if (whole < content.size()) {
    if (auto mended = file_.cut(whole); !mended) return mended;
  }
  auto profile = read_profile(file_.path());
  if (!profile) return tl::unexpected{std::move(profile.error())};
  if (const auto differs = difference(profile->header, header); !differs.empty())
    return bad_input(
        fmt::format("{}: was measured elsewhere ({}); name another file with -o", file_.path(), differs));
  earlier_ = std::move(profile->rows);
  for (const auto& row : earlier_) keys_.insert(key(row));
  return {};
}

Result<void> ProfileWriter::append(const ProfileRow& row) {
  [[maybe_unused]] const auto [place, is_new] = keys_.insert(key(row));
  assert(is_new);
  return file_.append(print(row) + '\n');
}

}  // namespace ns
