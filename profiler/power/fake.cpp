// The fake meter: what a sensor would tell of the fake device's world, whose true power is known.
#include "core/random.hpp"
#include "kernels/fake/timeline.hpp"
#include "kernels/settings.hpp"
#include "profiler/power/openers.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

struct FakeSensor {
  Seconds period{};
  Seconds window{};
  double noise = 0.0;  // relative standard deviation of a power
  bool counts = false;
  Joules range{262144.0};
  std::string fault;  // "", stuck, lost, dies
};

class FakeMeter final : public Meter {
 public:
  FakeMeter(FakeSensor sensor, std::uint64_t seed)
      : sensor_{std::move(sensor)}, random_{seed, "meter"}, next_{fake::timeline().now()} {
    facts_.name = "fake";
    facts_.total = "everything";
    facts_.note = "the fake device";
    facts_.period = sensor_.period;
    facts_.window = sensor_.window;
    facts_.rails.push_back(Rail{.label = facts_.total, .period = sensor_.period, .repeats = false});
    if (sensor_.counts) facts_.rails.front().range = sensor_.range;
  }

  [[nodiscard]] const MeterFacts& facts() const override { return facts_; }
  [[nodiscard]] Clock clock() const override {
    return Clock{[] { return fake::timeline().now(); }, [](Seconds time) { fake::timeline().wait(time); }};
  }

  /// All readings that a sensor would have had since the last call.
  void read(std::span<Trace> traces) override {
    for (const auto now = fake::timeline().now(); next_ <= now; next_ += sensor_.period) {
      ++count_;
      if (sensor_.fault == "lost" && count_ % 3 != 0) continue;
      if (sensor_.fault == "dies" && count_ % 2 == 0)
        traces[0].fail(next_, "NVML status 3");
      else if (sensor_.counts)
        traces[0].add(Reading{next_, counter()});
      else
        traces[0].add(Reading{next_, power()});
    }
  }

 private:
  Watts power() {
    const auto& world = fake::timeline();
    const auto energy = world.energy_until(next_) - world.energy_until(next_ - sensor_.window);
    constexpr double milli = 1e-3;  // what it resolves
    const auto exact = energy.value() / sensor_.window.count() * (1.0 + sensor_.noise * normal());
    const Watts told{milli * std::round(exact / milli)};
    if (sensor_.fault != "stuck") stuck_ = told;
    if (!stuck_) stuck_ = told;
    return *stuck_;
  }

  Joules counter() {
    const auto total = fake::timeline().energy_until(next_).value();
    if (sensor_.fault == "stuck") return Joules{};
    return Joules{std::fmod(std::floor(total * 1e6) * 1e-6, sensor_.range.value())};
  }

  /// Twelve uniform draws: near enough to a normal distribution.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += random_.fraction();
    return sum;
  }

  FakeSensor sensor_;
  MeterFacts facts_;
  Random random_;
  Seconds next_;
  std::size_t count_ = 0;
  std::optional<Watts> stuck_;
};

Result<FakeSensor> parse_sensor(const Settings& settings) {
  constexpr double milli = 1e-3;
  FakeSensor sensor;
  const auto period = settings.number("period_ms", 20.0, 0.1);
  if (!period) return tl::unexpected{period.error()};
  const auto window = settings.number("window_ms", *period, 0.1);
  if (!window) return tl::unexpected{window.error()};
  const auto noise = settings.number("noise", 0.01, 0.0);
  if (!noise) return tl::unexpected{noise.error()};
  const auto range = settings.number("range_j", 262144.0, 1e-3);
  if (!range) return tl::unexpected{range.error()};
  sensor.period = milli * Seconds{*period};
  sensor.window = milli * Seconds{*window};
  sensor.noise = *noise;
  sensor.range = Joules{*range};
  const auto kind = settings.find("kind").value_or("power");
  if (kind != "power" && kind != "counter")
    return failure(Errc::usage, fmt::format("fake meter: kind '{}' is neither power nor counter", kind));
  sensor.counts = kind == "counter";
  if (sensor.counts) sensor.window = Seconds{0};
  sensor.fault = settings.find("fault").value_or("");
  static constexpr std::array<std::string_view, 5> faults{"", "stuck", "lost", "dies", "missing"};
  if (std::ranges::find(faults, sensor.fault) == faults.end())
    return failure(Errc::usage, fmt::format("fake meter: fault '{}' is none of stuck, lost, dies and missing",
                                            sensor.fault));
  return sensor;
}

}  // namespace

OpenedMeter open_fake_meter(std::string_view argument, const MeterDoors& /*doors*/) {
  static const std::array<std::string, 7> known{"period_ms", "window_ms", "noise", "range_j",
                                                "kind",      "seed",      "fault"};
  const auto settings = Settings::parse(argument, "fake meter", known);
  if (!settings) return tl::unexpected{settings.error()};
  auto sensor = parse_sensor(*settings);
  if (!sensor) return tl::unexpected{std::move(sensor.error())};
  const auto seed = settings->integer("seed", 1, 0, 1'000'000);
  if (!seed) return tl::unexpected{seed.error()};
  if (sensor->fault == "missing") return failure(Errc::no_device, "fake: told to be missing");
  return std::make_unique<FakeMeter>(std::move(*sensor), static_cast<std::uint64_t>(*seed));
}

}  // namespace ns
