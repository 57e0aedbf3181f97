#include "apps/board_run.hpp"

#include "apps/profile_report.hpp"
#include "core/text.hpp"
#include "profiler/board/remote_profile.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {
namespace {

/// What is for this side of the connection, with its value behind it or after "=".
constexpr std::array here_alone{"--on", "--output", "-o", "--format"};

std::vector<std::string> arguments_there(std::span<char*> arguments) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view argument = arguments[i];
    if (std::ranges::find(here_alone, argument) != here_alone.end()) {
      ++i;
    } else if (!argument.starts_with("-o") && std::ranges::none_of(here_alone, [&](std::string_view name) {
                 return argument.starts_with(fmt::format("{}=", name));
               })) {
      kept.emplace_back(argument);
    }
  }
  return kept;
}

std::vector<std::string> files_here(const ProfileOptions& options) {
  std::vector<std::string> files{options.device};
  files.insert(files.end(), options.nets.begin(), options.nets.end());
  files.insert(files.end(), options.sweeps.begin(), options.sweeps.end());
  std::erase_if(files, [](const std::string& name) {
    std::error_code status;
    return !std::filesystem::is_regular_file(name, status);
  });
  return files;
}

}  // namespace

Result<int> run_on_board(const std::string& board, std::span<char*> arguments, const ProfileOptions& options,
                         const CommonOptions& common, const std::function<bool()>& stop) {
  if (options.profile.empty())
    return failure(Errc::usage, "nowhere to write to; name the profile with -o profile.jsonl");
  auto remote = parse_board(board);
  if (!remote) return tl::unexpected{std::move(remote.error())};
  remote->arguments = arguments_there(arguments);
  remote->files = files_here(options);
  remote->profile = options.profile;
  RowsLine line{common.quiet};
  const RemoteWatch watch{[&](std::string_view sentence) { inform(common, sentence); },
                          [&](std::size_t rows) { line.show(rows); }, stop};
  const auto status = profile_remotely(*remote, watch);
  if (!status) return tl::unexpected{status.error()};
  if (*status == status_interrupted)
    return failure(
        Errc::interrupted,
        fmt::format("stopped; {} holds what was measured, and the same command goes on", options.profile));
  return *status;
}

}  // namespace ns
