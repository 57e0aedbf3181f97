/// ns-profile on another machine: the packaged tool runs there, its rows come here.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// Who measures what, and where the rows go.
struct RemoteProfile {
  std::string host;                    // as ssh takes it: "user@board"
  std::string folder{};                // of the package there; empty: ~/neurosurgeon*, or the path
  std::vector<std::string> arguments;  // of ns-profile there, without --on and -o
  std::vector<std::string> files;      // those among them, or behind a "=", that name files here
  std::string profile;                 // here
};

/// "HOST" or "HOST:FOLDER"; usage error without a host, or for one that ssh would take for an option.
Result<RemoteProfile> parse_board(std::string_view text);

/// What is told while it runs, and what it is asked.
struct RemoteWatch {
  std::function<void(std::string_view sentence)> inform;
  std::function<void(std::size_t rows)> came;  // after each row: how many the profile holds now
  std::function<bool()> stop;                  // asked some times a second
  Seconds patience{600.0};                     // without a connection, after which it gives up
};

/// Runs it to the end and returns the status of ns-profile there. The file there is the original, which grows
/// under
/// ~/.cache/neurosurgeon; the profile here is what has come of it, whole lines only. A connection that breaks
/// is made anew, and both go on where they were, so that no row is lost or doubled; what is asked to stop
/// ends after the row that is being measured. A profile that is here already, and not there, goes there
/// first.
///
/// io if there is no connection for so long, if the file there does not go on from the profile here, or if
/// there is no ns-profile.
Result<int> profile_remotely(const RemoteProfile& remote, const RemoteWatch& watch);

}  // namespace ns
