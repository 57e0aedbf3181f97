/// A list of measurements carried out one after another, each appended to the profile as soon as it is done.
#pragma once

#include "profiler/bench.hpp"
#include "profiler/power_pass.hpp"
#include "profiler/profile_writer.hpp"
#include "profiler/sweep.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ns {

/// One row to be measured.
struct Job {
  std::string key;   // of the row it makes
  std::string type;  // "conv", "net", "boundary", "idle": what plans and progress count
  Seconds estimate;  // a guess that only progress and plans use
  std::function<ProfileRow(Bench&)> measure;
};

Job layer_job(const LayerConfig& layer, const std::string& origin, const MeasurePolicy& policy,
              bool verified);

/// The net as a whole, then each of its groups alone; `net` is folded.
std::vector<Job> net_jobs(std::shared_ptr<const Net> net, const FusionRules& rules,
                          const MeasurePolicy& policy, bool verified);
/// The net after pauses of 0, 10, 100 and 1000 ms.
std::vector<Job> idle_jobs(std::shared_ptr<const Net> net, const MeasurePolicy& policy);
/// Export and import of tensors from 1 kB to 16 MB.
std::vector<Job> boundary_jobs(const MeasurePolicy& policy);
/// Work that does nothing, by both clocks; for a GPU.
std::vector<Job> launch_jobs(const MeasurePolicy& policy);

/// What a layer draws, and a net, after pauses of 0, 10, 100 and 1000 ms if `pauses`, else back to back.
Job power_job(const LayerConfig& layer, const std::string& origin, std::shared_ptr<PowerPass> pass);
std::vector<Job> power_jobs(std::shared_ptr<const Net> net, bool pauses,
                            const std::shared_ptr<PowerPass>& pass);

/// Drops jobs whose key stood before.
void drop_repeated(std::vector<Job>& jobs);

/// How a session went.
struct Tally {
  std::size_t measured = 0;                // rows appended
  std::size_t kept = 0;                    // jobs whose row was there already
  std::size_t left = 0;                    // jobs that the time limit or the user cut
  std::array<std::size_t, 4> by_status{};  // of the appended, by RowStatus
  std::size_t unsettled = 0;
  std::vector<std::string> notes;  // "layer conv:...: drift +30 %"
  bool interrupted = false;
};

struct SessionLimits {
  std::optional<Seconds> time;  // no job begins after it
  std::function<bool()> stop;   // asked before each job
};

/// Called before each job with its number, their count and the estimated time left.
using Progress = std::function<void(const Job& job, std::size_t number, std::size_t count, Seconds left)>;

Result<Tally> run_session(Bench& bench, std::span<const Job> jobs, ProfileWriter& profile,
                          const SessionLimits& limits, const Progress& progress);

/// How far a net is from the sum of its groups measured alone.
struct NetGap {
  std::string net{};
  Seconds whole{};
  Seconds sum{};
  std::string worst{};  // config of the group whose two times differ most
  Seconds alone{};      // of that group
  Seconds in_place{};
};
/// The nets of `rows` whose gap is above 5 % and 5 microseconds, among those whose groups were all measured.
std::vector<NetGap> net_gaps(std::span<const ProfileRow> rows);

}  // namespace ns
