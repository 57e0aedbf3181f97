#include "profiler/shell_process.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

extern char** environ;

namespace ns {
namespace {

struct Pipe {
  int read = -1;
  int write = -1;

  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read = ends[0];
    write = ends[1];
    return true;
  }
};

void close_if_open(int descriptor) {
  if (descriptor >= 0) ::close(descriptor);
}

}  // namespace

Result<ShellProcess> start_shell(const std::string& command, ShellInput input) {
  Pipe to;
  Pipe from;
  int status = (input == ShellInput::ours || to.open()) && from.open() ? 0 : errno;
  pid_t process = -1;
  if (status == 0) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&actions);
    if (to.read >= 0) ::posix_spawn_file_actions_adddup2(&actions, to.read, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, from.write, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    std::string shell = "/bin/sh";
    std::string option = "-c";
    std::string text = command;
    const std::array<char*, 4> arguments{shell.data(), option.data(), text.data(), nullptr};
    status = ::posix_spawn(&process, shell.c_str(), &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  close_if_open(to.read);
  close_if_open(from.write);
  if (status == 0) return ShellProcess{process, to.write, from.read};
  close_if_open(to.write);
  close_if_open(from.read);
  return failure(Errc::io, std::strerror(status));
}

}  // namespace ns
