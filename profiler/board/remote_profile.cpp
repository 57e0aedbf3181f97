#include "profiler/board/remote_profile.hpp"

#include "core/file.hpp"
#include "core/hash.hpp"
#include "profiler/board/local_copy.hpp"
#include "profiler/board/ssh.hpp"
#include "profiler/clock.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <unistd.h>
#include <utility>

namespace ns {
namespace {

namespace fs = std::filesystem;

// Statuses of the scripts, beside those of ns-profile.
constexpr int not_there = 90;  // the profile
constexpr int differs = 91;    // likewise
constexpr int no_command = 92;
constexpr int no_such_program = 127;  // as a shell says, here of ssh

/// Where the toolkit keeps what it has to remember on a board.
constexpr std::string_view enter =
    R"sh(mkdir -p "$HOME/.cache/neurosurgeon" && cd "$HOME/.cache/neurosurgeon" || exit 6
)sh";

/// Sets $ns to the command.
constexpr std::string_view find_command =
    R"sh(if [ -z "$d" ]; then for d in "$HOME"/neurosurgeon*; do [ ! -x "$d/bin/ns-profile" ] || break; done; fi
case $d in /*) ;; *) d=$HOME/$d ;; esac
ns=$d/bin/ns-profile
[ -x "$ns" ] || ns=$(command -v ns-profile) || exit 92
)sh";

/// $f: the profile, $n: so many bytes of it have been seen elsewhere, $fresh: what is there is of an earlier
/// time. Its first line of input is the last line that was seen; then the input's end asks it to stop. One at
/// a time: after a connection broke, the former may still be measuring its row.
constexpr std::string_view measure = R"sh(echo "rows of $f"
IFS= read -r last || exit 255
exec 9>"$f.lock"
flock 9
[ -z "$fresh" ] || rm -f "$f"
if [ "$n" -gt 0 ]; then
  [ -s "$f" ] || exit 90
  [ "$(head -c "$n" "$f" | tail -n 1)" = "$last" ] || exit 91
fi
: >>"$f"
exec 3<&0
"$ns" "$@" -o "$f" </dev/null >/dev/null 3<&- & p=$!
tail -c +$((n + 1)) -f --pid=$p "$f" 9>&- 3<&- & t=$!
(cat <&3; kill -INT $p) >/dev/null 2>&1 9>&- &
exec 3<&-
wait $p
s=$?
wait $t
exit $s
)sh";

/// The profile's name on the board: of this machine and the path here.
std::string name_there(const std::string& profile) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::error_code status;
  const auto path = fs::absolute(profile, status).lexically_normal().string();
  return fmt::format("{}-{}", content_hash(fmt::format("{}:{}", host.data(), path)),
                     fs::path{profile}.filename().string());
}

/// One that a shell script reads as $NAME.
std::string assignment(std::string_view name, std::string_view value) {
  return fmt::format("{}={}\n", name, shell_quoted(value));
}

class Relay {
 public:
  Relay(const RemoteProfile& remote, const RemoteWatch& watch, LocalCopy copy)
      : remote_{remote}, watch_{watch}, copy_{std::move(copy)}, name_{name_there(remote.profile)} {}

  Result<int> run() {
    auto arguments = send_files();
    if (!arguments) return tl::unexpected{std::move(arguments.error())};
    for (;;) {
      const auto status = measure_once(*arguments);
      if (!status) return tl::unexpected{status.error()};
      if (*status == not_there) {
        if (auto sent = send(name_, read_file(remote_.profile)); !sent) return tl::unexpected{sent.error()};
        continue;
      }
      if (*status != no_connection) return judged(*status);
      if (auto waited = wait_for_connection(); !waited) return tl::unexpected{waited.error()};
    }
  }

 private:
  /// An error for the scripts' own statuses, and for what ends without having been on the board; others as
  /// they are.
  [[nodiscard]] Result<int> judged(int status) const {
    if (status == no_such_program && !is_known_)
      return failure(Errc::io, "ssh cannot be run; install openssh-client, or see $NS_SSH");
    if (status == differs)
      return failure(Errc::io,
                     fmt::format("{}: ~/.cache/neurosurgeon/{} on {} does not go on from it; name another "
                                 "file with -o, or remove that one",
                                 remote_.profile, name_, remote_.host));
    if (status == no_command)
      return failure(
          Errc::io,
          fmt::format("{} has no ns-profile {}; unpack the package there (docs/jetson.md), or name its "
                      "folder by --on {}:FOLDER",
                      remote_.host,
                      remote_.folder.empty() ? "in ~/neurosurgeon* or on its path" : "in " + remote_.folder,
                      remote_.host));
    if (!is_known_)
      return failure(Errc::io, fmt::format("{} ran nothing (status {}); see what ssh {} true does",
                                           remote_.host, status, remote_.host));
    return status;
  }

  Result<int> measure_once(const std::vector<std::string>& arguments) {
    std::string script = assignment("d", remote_.folder) + assignment("f", name_) +
                         assignment("n", std::to_string(copy_.size())) +
                         assignment("fresh", copy_.size() == 0 ? "yes" : "") + "set --";
    for (const auto& argument : arguments) script += ' ' + shell_quoted(argument);
    script += '\n';
    script += find_command;
    script += enter;
    script += measure;
    auto ssh = SshRun::start(remote_.host, script);
    if (!ssh) return tl::unexpected{std::move(ssh.error())};
    copy_.drop_rest();
    if (!ssh->write(copy_.last_line() + '\n')) return ssh->wait();
    std::string greeting;
    while (!ssh->is_at_end()) {
      constexpr Seconds glance{0.2};
      auto bytes = ssh->read(glance);
      if (!greeted(greeting, bytes)) continue;
      const auto before = copy_.rows();
      if (auto added = copy_.append(bytes); !added) return tl::unexpected{added.error()};
      if (copy_.rows() != before) watch_.came(copy_.rows());
      if (watch_.stop()) ssh->close_input();
    }
    return ssh->wait();
  }

  /// Whether the script has begun: behind its first line, and whatever a shell says before it, come rows.
  /// Takes them out of `bytes`.
  bool greeted(std::string& greeting, std::string& bytes) {
    const auto line = fmt::format("rows of {}\n", name_);
    if (greeting.ends_with(line)) return true;
    greeting += bytes;
    const auto found = greeting.find(line);
    if (found == std::string::npos) return false;
    bytes = greeting.substr(found + line.size());
    greeting.resize(found + line.size());
    is_known_ = true;
    failing_since_.reset();
    return true;
  }

  /// A pause that grows, until patience ends.
  Result<void> wait_for_connection() {
    if (!is_known_)
      return failure(Errc::io,
                     fmt::format("no connection to {}; what ssh says of it stands above", remote_.host));
    const auto clock = steady_clock();
    if (!failing_since_) {
      failing_since_ = clock.now();
      pause_ = Seconds{1.0};
    }
    if (watch_.stop() || clock.now() - *failing_since_ > watch_.patience)
      return failure(watch_.stop() ? Errc::interrupted : Errc::io,
                     fmt::format("no connection to {}; {} holds {}, and the same command goes on",
                                 remote_.host, remote_.profile, rows()));
    watch_.inform(fmt::format("no connection to {}; {} here; trying again in {:.0f} s", remote_.host,
                              copy_.rows() == 0 ? "no row is" : rows() + (copy_.rows() == 1 ? " is" : " are"),
                              pause_.count()));
    for (const auto end = clock.now() + pause_; clock.now() < end && !watch_.stop();)
      clock.pause(Seconds{0.1});
    constexpr Seconds longest{30.0};
    pause_ = std::min(2.0 * pause_, longest);
    return {};
  }

  [[nodiscard]] std::string rows() const {
    return fmt::format("{} row{}", copy_.rows(), copy_.rows() == 1 ? "" : "s");
  }

  /// Writes a file on the board, whole or not at all, however often the connection breaks.
  Result<void> send(const std::string& name, const Result<std::string>& content) {
    if (!content) return tl::unexpected{content.error()};
    for (;;) {
      const auto status = send_once(name, *content);
      if (!status) return tl::unexpected{status.error()};
      if (*status == 0) {
        is_known_ = true;
        failing_since_.reset();
        return {};
      }
      if (*status == no_such_program && !is_known_) return judged(*status).map([](int) {});
      if (*status != no_connection)
        return failure(Errc::io,
                       fmt::format("{} cannot be written on {} (status {})", name, remote_.host, *status));
      if (auto waited = wait_for_connection(); !waited) return waited;
    }
  }

  Result<int> send_once(const std::string& name, const std::string& content) {
    // A connection that breaks looks like the end of the file.
    constexpr std::string_view keep =
        R"sh(mkdir -p "$(dirname "$f")" && cat >"$f.part" && [ "$(wc -c <"$f.part")" -eq "$n" ] && mv "$f.part" "$f")sh";
    auto ssh =
        SshRun::start(remote_.host, assignment("f", name) + assignment("n", std::to_string(content.size())) +
                                        std::string{enter} + std::string{keep});
    if (!ssh) return tl::unexpected{std::move(ssh.error())};
    const auto written = ssh->write(content);
    const auto status = ssh->wait();
    return written || status == no_such_program ? status : no_connection;
  }

  /// The arguments as they are there: files that are here go to the board, under a name of their content's.
  Result<std::vector<std::string>> send_files() {
    auto arguments = remote_.arguments;
    for (const auto& file : remote_.files) {
      const auto content = read_file(file);
      if (!content) return tl::unexpected{content.error()};
      const auto name =
          fmt::format("files/{}/{}", content_hash(*content), fs::path{file}.filename().string());
      if (auto sent = send(name, content); !sent) return tl::unexpected{std::move(sent.error())};
      for (auto& argument : arguments) {
        if (argument == file) argument = name;
        if (argument.ends_with('=' + file))
          argument.replace(argument.size() - file.size(), file.size(), name);
      }
    }
    return arguments;
  }

  const RemoteProfile& remote_;
  const RemoteWatch& watch_;
  LocalCopy copy_;
  std::string name_;
  bool is_known_ = false;  // there was a connection
  std::optional<Seconds> failing_since_;
  Seconds pause_{1.0};
};

}  // namespace

Result<RemoteProfile> parse_board(std::string_view text) {
  const auto colon = text.find(':');
  RemoteProfile remote;
  remote.host = text.substr(0, colon);
  if (colon != std::string_view::npos) remote.folder = text.substr(colon + 1);
  if (remote.host.empty() || remote.host.front() == '-')
    return failure(Errc::usage,
                   fmt::format("--on {}: needs a host as ssh takes it, such as user@board, and behind a "
                               "colon perhaps the folder of the toolkit there",
                               text));
  return remote;
}

Result<int> profile_remotely(const RemoteProfile& remote, const RemoteWatch& watch) {
  auto copy = LocalCopy::open(remote.profile);
  if (!copy) return tl::unexpected{std::move(copy.error())};
  auto status = Relay{remote, watch, std::move(*copy)}.run();
  std::error_code ignored;
  if (!status && fs::is_empty(remote.profile, ignored)) fs::remove(remote.profile, ignored);  // nothing came
  return status;
}

}  // namespace ns
