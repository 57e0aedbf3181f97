/// A shell command that runs beside us.
#pragma once

#include "core/error.hpp"

#include <string>
#include <sys/types.h>

namespace ns {

/// In a process group of its own, so that Ctrl-C ends us in order and what the shell starts can be ended with
/// it. The caller closes the pipes and waits for the process.
struct ShellProcess {
  pid_t process = -1;
  int input = -1;   // where its standard input is written to; none if it has ours
  int output = -1;  // where its standard output is read from
};

enum class ShellInput { ours, piped };

/// Starts `/bin/sh -c COMMAND`; io if the system cannot.
Result<ShellProcess> start_shell(const std::string& command, ShellInput input);

}  // namespace ns
