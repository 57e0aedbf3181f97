/// A meter that tells the present value whenever it is asked.
#pragma once

#include "profiler/power/meter.hpp"

#include <functional>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace ns {

class PolledMeter final : public Meter {
 public:
  using Value = std::variant<Watts, Joules>;
  using Source = std::function<Result<Value>()>;

  /// Precondition: one source for each of `facts.rails`.
  PolledMeter(MeterFacts facts, std::vector<Source> sources, Clock clock,
              std::function<std::optional<bool>()> throttled = {})
      : facts_{std::move(facts)},
        sources_{std::move(sources)},
        clock_{std::move(clock)},
        throttled_{std::move(throttled)} {}

  [[nodiscard]] const MeterFacts& facts() const override { return facts_; }
  void read(std::span<Trace> traces) override;
  [[nodiscard]] std::optional<bool> is_throttled() override {
    return throttled_ ? throttled_() : std::nullopt;
  }
  [[nodiscard]] Clock clock() const override { return clock_; }

 private:
  MeterFacts facts_;
  std::vector<Source> sources_;
  Clock clock_;
  std::function<std::optional<bool>()> throttled_;
};

/// The number in `path` times `unit`; io if it cannot be read, saying why.
Result<double> read_scaled(const SystemFiles& files, const std::string& path, double unit);

}  // namespace ns
