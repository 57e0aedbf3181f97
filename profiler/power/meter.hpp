/// A source of power or energy readings: a sensor of the board, a library, a program or a log. One file and
/// one row of meters() each.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "profiler/clock.hpp"
#include "profiler/power/perf_door.hpp"
#include "profiler/power/rail.hpp"
#include "profiler/power/trace.hpp"
#include "profiler/system_files.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// What a meter measures. Its power is the sum of its rails.
struct MeterFacts {
  std::string name{};   // "ina3221"
  std::string total{};  // what the sum stands for: "VDD_IN", "package-0 + dram"
  std::string note{};   // why these rails, what is not in it
  std::vector<Rail> rails{};
  Seconds period{};                    // between two new values
  Seconds window{};                    // over which a power is averaged
  std::optional<Seconds> ask_every{};  // how often to ask; none: all readings are there afterwards
  bool own_clock = false;              // time stamps are of a clock that a marker must be found on
};

class Meter {
 public:
  virtual ~Meter() = default;
  [[nodiscard]] virtual const MeterFacts& facts() const = 0;
  /// Adds what came since the last call to the traces, one of each rail in their order. A rail that cannot be
  /// read is said in its trace.
  virtual void read(std::span<Trace> traces) = 0;
  /// Whether heat or power hold the clocks of what it measures down; nothing if it does not say.
  [[nodiscard]] virtual std::optional<bool> is_throttled() { return std::nullopt; }
  /// What to add to the time stamps of a meter with a clock of its own.
  virtual void set_offset(Seconds /*offset*/) {}
  /// Whose time the stamps are.
  [[nodiscard]] virtual Clock clock() const { return steady_clock(); }
};

/// What meters stand on; tests put their own in.
struct MeterDoors {
  SystemFiles files{};
  Clock clock = steady_clock();
  PerfDoor perf = perf_events();
  std::string nvml = "libnvidia-ml.so.1";
};

using OpenedMeter = Result<std::unique_ptr<Meter>>;

/// A row of the table behind `--meter NAME:ARGUMENT`. Opening fails with no_device where the meter is not
/// there, and with io where it may not be read; the sentence ends with the remedy.
struct MeterEntry {
  std::string_view name;
  std::string_view argument;  // what stands behind the colon: "RAIL", "" if nothing does
  std::string_view measures;
  OpenedMeter (*open)(std::string_view argument, const MeterDoors& doors);
};
std::span<const MeterEntry> meters();

/// Opens "ina3221" or "csv:bench.csv"; usage error naming the choices for an unknown meter.
OpenedMeter open_meter(std::string_view text, const MeterDoors& doors);

/// The meters of "nvml,exec:cat -A,ina3221": a comma parts them where the name of a meter follows.
std::vector<std::string> split_meters(std::string_view text);

}  // namespace ns
