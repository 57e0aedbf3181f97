/// A shell script that runs on another machine, with two pipes to it.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>

namespace ns {

/// What `ssh` says when it is the connection that failed, not the script.
inline constexpr int no_connection = 255;

/// In single quotes, for a POSIX shell.
std::string shell_quoted(std::string_view text);

/// One run of `ssh HOST SCRIPT`. What the script says on standard error appears here. Ctrl-C does not reach
/// it: who closes its input asks it to end.
class SshRun {
 public:
  /// The command is $NS_SSH where that is set ("ssh -p 2222"), else ssh. io if it cannot be started.
  static Result<SshRun> start(const std::string& host, const std::string& script);

  SshRun(SshRun&& other) noexcept;
  SshRun& operator=(SshRun&& other) noexcept;
  /// Closes the input and waits.
  ~SshRun();

  /// io if the script's input is closed on the other side.
  Result<void> write(std::string_view bytes);
  void close_input();
  /// What has come, after waiting for at most `patience`; empty if nothing came, or at the end.
  std::string read(Seconds patience);
  [[nodiscard]] bool is_at_end() const { return at_end_; }
  /// Waits for the end; the script's status, or no_connection.
  int wait();

 private:
  SshRun(pid_t process, int input, int output) : process_{process}, input_{input}, output_{output} {}

  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
  bool at_end_ = false;
};

}  // namespace ns
