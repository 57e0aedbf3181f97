#include "profiler/board/ssh.hpp"

#include "profiler/shell_process.hpp"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace ns {
namespace {

/// A link that is dead is noticed within a quarter of a minute.
constexpr std::string_view watchful = "-o ServerAliveInterval=5 -o ServerAliveCountMax=3";

std::string ssh_command() {
  const char* const named = std::getenv("NS_SSH");
  return named == nullptr || *named == '\0' ? "ssh" : named;
}

void close_if_open(int& descriptor) {
  if (descriptor >= 0) ::close(descriptor);
  descriptor = -1;
}

}  // namespace

std::string shell_quoted(std::string_view text) {
  std::string made = "'";
  for (const char letter : text) made += letter == '\'' ? std::string{"'\\''"} : std::string{letter};
  return made + "'";
}

Result<SshRun> SshRun::start(const std::string& host, const std::string& script) {
  // $NS_SSH may hold options, so a shell takes it apart.
  const auto started = start_shell(fmt::format("exec {} {} -T -- {} {}", ssh_command(), watchful,
                                               shell_quoted(host), shell_quoted(script)),
                                   ShellInput::piped);
  if (!started) return failure(Errc::io, fmt::format("ssh cannot be started: {}", started.error().message));
  return SshRun{started->process, started->input, started->output};
}

SshRun::SshRun(SshRun&& other) noexcept { *this = std::move(other); }

SshRun& SshRun::operator=(SshRun&& other) noexcept {
  std::swap(process_, other.process_);
  std::swap(input_, other.input_);
  std::swap(output_, other.output_);
  std::swap(at_end_, other.at_end_);
  return *this;
}

SshRun::~SshRun() {
  wait();
  close_if_open(output_);
}

Result<void> SshRun::write(std::string_view bytes) {
  // What the other side has closed is an error to report, not a signal to die of.
  auto* const before = std::signal(SIGPIPE, SIG_IGN);
  Result<void> done;
  while (!bytes.empty() && done) {
    const auto written = ::write(input_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR)
      done = failure(Errc::io, fmt::format("the connection broke: {}", std::strerror(errno)));
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  std::signal(SIGPIPE, before);
  return done;
}

void SshRun::close_input() { close_if_open(input_); }

std::string SshRun::read(Seconds patience) {
  pollfd waiting{output_, POLLIN, 0};
  if (::poll(&waiting, 1, static_cast<int>(patience.count() * 1e3)) <= 0) return {};
  std::string bytes(std::size_t{1} << 16U, '\0');
  const auto got = ::read(output_, bytes.data(), bytes.size());
  if (got == 0) at_end_ = true;
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

int SshRun::wait() {
  close_input();
  if (process_ < 0) return no_connection;
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : no_connection;
}

}  // namespace ns
