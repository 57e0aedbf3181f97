/// What a layer or a net drew while it ran: the rows of kind "power" in a profile.
#pragma once

#include "core/units.hpp"
#include "profiler/row_status.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// One meter's word on it. Low and high bound the power with a probability of 90 %, as far as its readings
/// scatter; what a sensor always tells wrongly is not in it.
struct MeterPower {
  std::string meter{};           // "ina3221"
  std::string rail{};            // "VDD_IN"
  std::vector<Watts> blocks{};   // raw: mean power of each block while the kernel ran
  std::optional<Watts> power{};  // their mean; of the whole rail, idle power included
  std::optional<Watts> low{};
  std::optional<Watts> high{};
  std::optional<Watts> idle{};  // of the rail before and after
  std::size_t distinct = 0;     // new readings while the kernel ran
  std::vector<std::string> faults{};

  friend bool operator==(const MeterPower&, const MeterPower&) = default;
};

struct PowerRow {
  std::string layer{};  // the text form of the LayerConfig; empty for a net's row
  std::string net{};    // its name
  std::string hash{};   // of its structure
  Seconds pause{};      // before each run
  RowStatus status = RowStatus::ok;
  std::string reason{};
  std::string origin{};
  std::size_t runs = 0;
  std::optional<Seconds> time{};     // of one run, back to back
  std::vector<MeterPower> meters{};  // the first is the one that fits learn from
  bool settled = false;
  bool throttled = false;  // heat or a power limit held the clocks down meanwhile
  std::vector<std::string> notes{};

  /// Of the first meter, or nothing.
  [[nodiscard]] std::optional<Watts> power() const {
    return meters.empty() ? std::nullopt : meters.front().power;
  }
  [[nodiscard]] std::optional<Watts> idle() const {
    return meters.empty() ? std::nullopt : meters.front().idle;
  }

  friend bool operator==(const PowerRow&, const PowerRow&) = default;
};

}  // namespace ns
