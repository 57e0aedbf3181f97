/// Whether somebody else computes on this core: a busy twin hardware thread takes up to half of the units,
/// and neither context switches nor processor time show it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace ns {

/// Compares the core with its own past; one per thread.
class CorePace {
 public:
  /// Runs for about 6 microseconds. True if the arithmetic units gave clearly less than they mostly did: the
  /// time of a loop that keeps them all full, over the time of one that waits for every result. A change of
  /// the clock moves both alike, so it does not count.
  bool crowded();

  /// The same for a ratio measured elsewhere. Usual is what a tenth of all ratios so far did not exceed:
  /// neither a few that interrupts spoiled nor a core that is crowded most of the time move it. Never true
  /// for the first ten.
  bool crowded(double ratio);

 private:
  static constexpr std::size_t bins = 1024;  // 1 % wide, around 1
  std::array<std::uint32_t, bins> seen_{};
  std::uint32_t count_ = 0;

  [[nodiscard]] double usual() const;
};

}  // namespace ns
