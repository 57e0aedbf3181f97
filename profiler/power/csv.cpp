// The log of a wall or bench meter, as it grows: its clock is another one, which a marker is found on.
#include "core/text.hpp"
#include "profiler/power/openers.hpp"
#include "profiler/power/text_lines.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fmt/format.h>

namespace ns {
namespace {

constexpr Seconds asked{0.02};
constexpr Seconds patience{10.0};  // for a log that grows
constexpr std::size_t first_readings = 3;

class CsvMeter final : public Meter {
 public:
  CsvMeter(MeterFacts facts, std::FILE* file, Clock clock)
      : facts_{std::move(facts)}, file_{file, &std::fclose}, clock_{std::move(clock)} {}

  [[nodiscard]] const MeterFacts& facts() const override { return facts_; }
  [[nodiscard]] Clock clock() const override { return clock_; }
  void set_offset(Seconds offset) override { offset_ = offset; }

  void read(std::span<Trace> traces) override {
    const auto now = clock_.now();
    for (const auto& [stamp, power] : collect())
      traces[0].add(Reading{stamp ? *stamp + offset_ : now, power});
  }

  /// Reads past what is there, then waits for the log to grow, which tells the period.
  Result<void> begin() {
    std::size_t old = 0;
    while (const auto count = collect().size()) old += count;
    std::vector<Seconds> times;
    const auto deadline = clock_.now() + patience;
    bool stamped = false;
    while (times.size() < first_readings && clock_.now() < deadline) {
      for (const auto& [stamp, power] : collect()) {
        stamped = stamp.has_value();
        times.push_back(stamp.value_or(clock_.now()));
      }
      clock_.pause(asked);
    }
    if (old + times.size() == 0 && lines_.unread() > 0)
      return bad_input(
          fmt::format("csv: {}: none of {} is a reading; name columns in its first line (power_w "
                      "or power_mw, and time_s), or write watts alone or behind their seconds",
                      facts_.total, counted(lines_.unread(), "line")));
    if (times.size() < first_readings)
      return failure(
          Errc::no_device,
          fmt::format("csv: {} does not grow ({} readings, {} lines that are none, and {} new ones in "
                      "{:.0f} s); let the meter's logger append to it while the device is profiled",
                      facts_.total, old, lines_.unread(), times.size(), patience.count()));
    facts_.period = (times.back() - times.front()) / static_cast<double>(times.size() - 1);
    facts_.window = facts_.period;
    facts_.rails.front().period = facts_.period;
    facts_.own_clock = stamped;
    facts_.note = fmt::format("{}, of whatever the meter measures", lines_.source());
    return {};
  }

 private:
  std::vector<StampedPower> collect() {
    constexpr std::size_t most = std::size_t{1} << 20;  // at once
    std::vector<StampedPower> readings;
    std::array<char, 4096> piece{};
    std::clearerr(file_.get());
    for (std::size_t bytes = 0; bytes < most;) {
      const auto got = std::fread(piece.data(), 1, piece.size(), file_.get());
      if (got == 0) break;
      bytes += got;
      for (auto& reading : lines_.take({piece.data(), got})) readings.push_back(reading);
    }
    return readings;
  }

  MeterFacts facts_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  Clock clock_;
  TextLines lines_;
  Seconds offset_{0};
};

}  // namespace

OpenedMeter open_csv(std::string_view argument, const MeterDoors& doors) {
  const std::string path{argument};
  if (path.empty()) return failure(Errc::usage, "--meter csv: no file; write it like --meter csv:wall.csv");
  auto* const file = std::fopen(path.c_str(), "re");
  if (file == nullptr) return failure(Errc::io, fmt::format("csv: {}: {}", path, std::strerror(errno)));
  MeterFacts facts{
      .name = "csv",
      .total = path,
  };
  facts.ask_every = asked;
  facts.rails.push_back(Rail{.label = "csv", .repeats = false});
  auto meter = std::make_unique<CsvMeter>(std::move(facts), file, doors.clock);
  if (auto begun = meter->begin(); !begun) return tl::unexpected{std::move(begun.error())};
  return meter;
}

}  // namespace ns
