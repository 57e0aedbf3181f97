/// ns-profile --on: the same command on a board.
#pragma once

#include "apps/command.hpp"
#include "apps/profile_request.hpp"

#include <functional>
#include <span>
#include <string>

namespace ns {

/// Runs what `arguments` (of this command, without its name) ask for on `board` ("user@board",
/// "user@board:FOLDER"); the rows come into options.profile. Returns the status there; errors as of
/// profile_remotely().
Result<int> run_on_board(const std::string& board, std::span<char*> arguments, const ProfileOptions& options,
                         const CommonOptions& common, const std::function<bool()>& stop);

}  // namespace ns
