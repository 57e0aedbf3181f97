/// A profile that grows row by row and survives a kill at any moment: at most the row being measured is lost.
#pragma once

#include "core/error.hpp"
#include "core/growing_file.hpp"
#include "profiler/profile.hpp"

#include <string>
#include <unordered_set>

namespace ns {

class ProfileWriter {
 public:
  /// Opens `path` for appending. A new or empty file gets `header`; one that is there must hold a profile of
  /// the same device, settings, rules and machine, else bad_input saying what differs. A last line cut off by
  /// a crash is removed. io if another process is writing it.
  static Result<ProfileWriter> open(const std::string& path, const ProfileHeader& header);

  /// Whether a row with this key (ns::key) is there already.
  [[nodiscard]] bool has(const std::string& key) const { return keys_.contains(key); }
  /// The rows that were there when the file was opened.
  [[nodiscard]] const std::vector<ProfileRow>& earlier() const { return earlier_; }

  /// One write of one line. Precondition: no row with its key is there.
  Result<void> append(const ProfileRow& row);

 private:
  explicit ProfileWriter(GrowingFile file) : file_{std::move(file)} {}
  Result<void> resume(const std::string& content, const ProfileHeader& header);

  GrowingFile file_;
  std::vector<ProfileRow> earlier_;
  std::unordered_set<std::string> keys_;
};

/// Empty if rows of `mine` may be appended to `theirs`; else what differs: "cpu: 'A' there, 'B' here".
std::string difference(const ProfileHeader& theirs, const ProfileHeader& mine);

}  // namespace ns
