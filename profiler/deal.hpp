/// Which layers a sweep measures, in which order: seeded, and dealt so that any beginning of the order has
/// the shares of the whole.
#pragma once

#include "core/random.hpp"
#include "profiler/sweep.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

namespace ns {

/// Whether a drawn layer is worth measuring; a backend that fuses nothing has no use for epilogues.
using Admission = std::function<bool(const LayerConfig&)>;

/// Gives turns to players by their shares: after any number of turns each had its share, less than two turns
/// off.
class Turns {
 public:
  Turns(std::vector<double> shares, Random& random);
  /// Whose turn it is; nothing when all have left.
  std::optional<std::size_t> next();
  void leave(std::size_t player) { shares_[player] = 0.0; }

 private:
  std::vector<double> shares_;
  std::vector<double> credits_;
};

/// The layers of one sweep, one after another, none twice.
class SweepStream {
 public:
  /// Precondition: `sweep` outlives the stream.
  SweepStream(const Sweep& sweep, std::uint64_t seed, Admission admits);
  /// Nothing when the ranges are exhausted or nothing in them is possible.
  std::optional<LayerConfig> next();

 private:
  std::optional<LayerConfig> draw(std::size_t section);

  const Sweep* sweep_;
  Admission admits_;
  Random random_;
  std::vector<Random> sections_;
  Turns turns_;
  std::vector<LayerConfig> listed_;  // what is left of the list, last first
  std::unordered_set<std::string> seen_;
};

/// `count` layers of `sweeps`, each by its share of rows; fewer if they are exhausted. The beginning of a
/// longer deal is the shorter one.
std::vector<LayerConfig> deal(std::span<const Sweep> sweeps, std::size_t count, std::uint64_t seed,
                              const Admission& admits);

}  // namespace ns
