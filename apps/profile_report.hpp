/// What ns-profile tells: its plan, its progress, and what the profile holds at the end.
#pragma once

#include "apps/command.hpp"
#include "profiler/session.hpp"

#include <span>
#include <string>
#include <vector>

namespace ns {

/// Rows per type and the time that they are guessed to take.
std::string plan_text(std::span<const Job> jobs, Format format);

/// Rows per type by what became of them.
std::string summary_text(std::span<const ProfileRow> rows, Format format);

/// Sentences about what should be looked at: rows that failed, drifting and bimodal kernels, nets that their
/// groups do not add up to. At most ten of a kind.
std::vector<std::string> findings(const Tally& tally, std::span<const ProfileRow> rows);

/// "   12/1560  conv  1 min 40 s left", rewritten in place on a terminal; nothing elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();
  void show(const Job& job, std::size_t number, std::size_t count, Seconds left);

 private:
  bool shown_;
  double last_s_ = -1.0;  // when it was written, on the steady clock
};

/// "   12 rows", likewise, of a device elsewhere, whose plan is not known here.
class RowsLine {
 public:
  explicit RowsLine(bool quiet);
  RowsLine(const RowsLine&) = delete;
  RowsLine& operator=(const RowsLine&) = delete;
  ~RowsLine();
  void show(std::size_t rows);

 private:
  bool shown_;
};

}  // namespace ns
