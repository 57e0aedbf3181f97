#include "profiler/power_pass.hpp"

#include "core/quantity.hpp"
#include "kernels/runnable.hpp"
#include "profiler/power/marker.hpp"
#include "profiler/power/recording.hpp"
#include "profiler/power_estimate.hpp"
#include "profiler/verify.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <span>

namespace ns {
namespace {

using Meters = std::vector<std::unique_ptr<Meter>>;

template <class Row>
Row with(Row row, const Error& error) {
  row.status = error.code == Errc::unsupported ? RowStatus::skipped : RowStatus::failed;
  row.reason = error.message;
  return row;
}

/// The slowest meter's.
template <class Fact>
Seconds most(const Meters& meters, Fact fact) {
  Seconds found{0};
  for (const auto& meter : meters) found = std::max(found, fact(meter->facts()));
  return found;
}

Seconds period_of(const Meters& meters) {
  return most(meters, [](const MeterFacts& facts) { return facts.period; });
}

/// Idling between blocks: what the one behind and the one before need, before phases shift it.
Seconds rest_of(const Meters& meters) { return most(meters, lead_of) + most(meters, tail_of); }

Seconds block_time(const PowerPolicy& policy, const Meters& meters) {
  // A block that begins between two readings has one less than it is periods long.
  const auto enough = static_cast<double>(policy.distinct + policy.blocks) * period_of(meters);
  return std::max(policy.busy, enough) / static_cast<double>(policy.blocks);
}

Seconds idle_time(const PowerPolicy& policy, const Meters& meters) {
  constexpr double periods = 10.0;
  return std::max(policy.idle, periods * period_of(meters));
}

/// Runs a plan and notes when.
class Runner {
 public:
  Runner(Plan& plan, const Clock& clock, Seconds pause) : plan_{plan}, clock_{clock}, pause_{pause} {}

  /// Until `time` has passed; at least once.
  RunBlock run(Seconds time) {
    RunBlock block{.begin = clock_.now()};
    block.end = block.begin;
    while (block.end - block.begin < time) {
      if (pause_ > Seconds{0}) clock_.pause(pause_);
      const auto begin = clock_.now();
      plan_.run();
      block.end = clock_.now();
      block.busy += block.end - begin;
      ++runs;
      // A device that failed does not pass its time.
      if (!plan_.health()) break;
    }
    return block;
  }
  RunBlock idle(Seconds time) {
    RunBlock block{.begin = clock_.now()};
    clock_.pause(time);
    block.end = clock_.now();
    return block;
  }

  std::size_t runs = 0;

 private:
  Plan& plan_;
  const Clock& clock_;
  Seconds pause_;
};

/// Until two stretches in a row draw the same to 2 %, as the first meter tells it; at most four.
void warm_up(Runner& runner, Meter& meter, Seconds time) {
  constexpr int most_stretches = 4;
  constexpr double same = 0.02;
  std::optional<Watts> before;
  for (int i = 0; i < most_stretches; ++i) {
    Recording recording{meter};
    const auto block = runner.run(time);
    runner.idle(tail_of(meter.facts()));
    // A slow sensor has the tail of the stretch before in it as well, alike in each.
    const auto traces = recording.finish();
    const auto begin = block.begin + 2.0 * meter.facts().period;
    const auto span = total_energy(traces, begin, block.end, LoadIn::steady);
    if (!span.energy) continue;
    const Watts power{span.energy->value() / (block.end - begin).count()};
    if (before && std::abs(power / *before - 1.0) <= same) return;
    before = power;
  }
}

/// "drift +7 %": a line through the blocks' powers, from the first to the last, where they are not mostly
/// noise.
std::optional<std::string> drift_of(const MeterPower& power) {
  constexpr double notable = 0.05;
  constexpr double noisy = 0.2;
  const auto& blocks = power.blocks;
  if (!power.power || blocks.size() < 4) return std::nullopt;
  if (0.5 * (*power.high - *power.low).value() > noisy * power.power->value()) return std::nullopt;
  const auto count = static_cast<double>(blocks.size());
  double products = 0.0;
  double squares = 0.0;
  double sum = 0.0;
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    const auto place = static_cast<double>(i) - 0.5 * (count - 1.0);
    products += place * blocks[i].value();
    squares += place * place;
    sum += blocks[i].value();
  }
  const auto drift = products / squares * (count - 1.0) / (sum / count);
  if (std::abs(drift) < notable) return std::nullopt;
  return fmt::format("drift {:+.0f} %", 100.0 * drift);
}

/// Two meters of one device that differ by over a fifth measure different things, or one is wrong.
void compare(PowerRow& row) {
  constexpr double much = 0.2;
  for (const auto& other : row.meters) {
    const auto& first = row.meters.front();
    if (!first.power || !other.power || std::abs(*other.power / *first.power - 1.0) <= much) continue;
    row.notes.push_back(fmt::format("{} says {}, {} says {}", first.meter, print(*first.power), other.meter,
                                    print(*other.power)));
  }
}

/// Why there is no power: the first three things that were wrong.
std::string reason_of(const MeterPower& power) {
  constexpr std::size_t most_faults = 3;
  if (power.faults.empty()) return fmt::format("{} told no power", power.meter);
  const std::span faults{power.faults};
  return fmt::format("{}", fmt::join(faults.first(std::min(most_faults, faults.size())), "; "));
}

void judge(PowerRow& row, const PowerPolicy& policy) {
  for (const auto& meter : row.meters)
    if (meter.power && meter.distinct < policy.distinct)
      row.notes.push_back(fmt::format("{}: only {} new readings under load, {} are needed", meter.meter,
                                      meter.distinct, policy.distinct));
  if (row.throttled) row.notes.emplace_back("throttled: heat or a power limit held the clocks down");
  if (auto drift = drift_of(row.meters.front())) row.notes.push_back(std::move(*drift));
  compare(row);
  const auto& first = row.meters.front();
  if (!first.power) {
    row.status = RowStatus::failed;
    row.reason = reason_of(first);
    return;
  }
  row.settled = !row.throttled && first.distinct >= policy.distinct &&
                0.5 * (*first.high - *first.low).value() <= policy.target * first.power->value();
}

}  // namespace

Seconds row_time(const PowerPolicy& policy, const Meters& meters) {
  const auto blocks = static_cast<double>(policy.blocks);
  return 2.0 * idle_time(policy, meters) + (blocks + 2.0) * (block_time(policy, meters) + rest_of(meters));
}

PowerPass::PowerPass(Backend& backend, Meters meters, ThrottleCounters throttling, std::uint64_t seed,
                     PowerPolicy policy)
    : backend_{&backend},
      meters_{std::move(meters)},
      throttling_{std::move(throttling)},
      seed_{seed},
      policy_{policy},
      clock_{meters_.front()->clock()} {
  assert(policy_.blocks >= 2 && policy_.blocks <= 8);
}

PowerRow PowerPass::layer(const LayerConfig& layer, const std::string& origin) {
  PowerRow row{.layer = print(layer), .origin = origin};
  if (const auto supported = backend_->supports(layer); !supported)
    return with(std::move(row), Error{Errc::unsupported, supported.error().message});
  const auto net = net_of(layer);
  if (!net) return with(std::move(row), net.error());
  const std::vector<Group> groups{whole_group(*net, layer)};
  const auto plan = backend_->prepare(*net, groups, RandomWeights{seed_}, true);
  if (!plan) return with(std::move(row), plan.error());
  write_random_inputs(**plan, *net, seed_);
  measure(**plan, row);
  return row;
}

PowerRow PowerPass::net(const Net& net, Seconds pause) {
  PowerRow row{.net = net.name, .hash = hash(net), .pause = pause};
  const auto groups = group(net, backend_->rules());
  const auto plan = backend_->prepare(net, groups, RandomWeights{seed_}, false);
  if (!plan) return with(std::move(row), plan.error());
  write_random_inputs(**plan, net, seed_);
  measure(**plan, row);
  return row;
}

void PowerPass::measure(Plan& plan, PowerRow& row) {
  if (auto found = synchronise(plan); !found) {
    row = with(std::move(row), found.error());
    return;
  }
  Runner runner{plan, clock_, row.pause};
  warm_up(runner, *meters_.front(), block_time(policy_, meters_));
  runner.idle(rest_of(meters_));
  runner.runs = 0;

  const auto events = throttling_.events();
  std::vector<std::unique_ptr<Recording>> recordings;
  for (const auto& meter : meters_) recordings.push_back(std::make_unique<Recording>(*meter));
  PowerSchedule schedule;
  runner.idle(2.0 * period_of(meters_));  // until each sensor was heard
  schedule.idle_before = runner.idle(idle_time(policy_, meters_));
  for (std::size_t i = 0; i < policy_.blocks; ++i) {
    // A kernel in step with a sensor that sees only a part of the time would be seen at the same place.
    const auto phase = static_cast<double>(i) / static_cast<double>(policy_.blocks);
    runner.idle(rest_of(meters_) + phase * period_of(meters_));
    schedule.blocks.push_back(runner.run(block_time(policy_, meters_)));
    for (const auto& meter : meters_) row.throttled = row.throttled || meter->is_throttled().value_or(false);
  }
  runner.idle(rest_of(meters_));
  schedule.idle_after = runner.idle(idle_time(policy_, meters_));
  runner.idle(2.0 * period_of(meters_));
  row.throttled = row.throttled || throttling_.events() > events;

  Seconds busy{0};
  for (const auto& block : schedule.blocks) busy += block.busy;
  row.runs = runner.runs;
  row.time = busy / static_cast<double>(runner.runs);
  for (std::size_t i = 0; i < meters_.size(); ++i)
    row.meters.push_back(estimate_power(meters_[i]->facts(), recordings[i]->finish(), schedule));
  judge(row, policy_);
  if (const auto health = plan.health(); !health) row = with(std::move(row), health.error());
}

Result<void> PowerPass::synchronise(Plan& plan) {
  if (synchronised_) return {};
  for (const auto& meter : meters_) {
    if (!meter->facts().own_clock) continue;
    constexpr Seconds shortest{0.25};
    const auto unit = std::max(meter->facts().period, shortest);
    Runner runner{plan, clock_, Seconds{0}};
    std::vector<Busy> load;
    meter->set_offset(Seconds{0});
    Recording recording{*meter};
    runner.idle(4.0 * unit);
    for (std::size_t i = 0; i < marker_pattern.size(); ++i) {
      const auto length = marker_pattern.at(i) * unit;
      if (i % 2 == 1) {
        runner.idle(length);
        continue;
      }
      const auto block = runner.run(length);
      load.push_back(Busy{block.begin, block.end});
    }
    runner.idle(4.0 * unit);
    const auto traces = recording.finish();
    const auto offset = find_offset(traces.front().readings(), load);
    if (!offset) return failure_within(Result<void>{tl::unexpected{offset.error()}}, meter->facts().total);
    meter->set_offset(*offset);
  }
  synchronised_ = true;
  return {};
}

}  // namespace ns
