/// A result on its way to --output: what goes to standard output leaves in pieces, so that a large one is
/// never whole in memory; what goes to a file is written at the end, whole or not at all.
#pragma once

#include "apps/command.hpp"

#include <string>

namespace ns {

class ResultStream {
 public:
  /// `common` must outlive it.
  explicit ResultStream(const CommonOptions& common) : common_{common} {}

  /// Append to it, and call `pass` from time to time.
  std::string& text() { return text_; }
  void pass();

  /// Writes the rest. The first error of all writes.
  Result<void> finish();

 private:
  const CommonOptions& common_;
  std::string text_;
  Result<void> status_;
};

}  // namespace ns
