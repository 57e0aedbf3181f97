#include "profiler/power/sensor.hpp"

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "profiler/power/rails.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

std::vector<std::string> labels_of(const std::vector<SensorRail>& rails) {
  std::vector<std::string> labels;
  for (const auto& rail : rails) labels.push_back(rail.label);
  return labels;
}

/// What is summed up, or why that is not known.
Result<RailSum> choose(const std::string& meter, const std::vector<SensorRail>& rails,
                       std::string_view wanted) {
  const auto labels = labels_of(rails);
  if (!wanted.empty()) {
    if (std::ranges::find(labels, wanted) != labels.end())
      return RailSum{{std::string{wanted}}, "this rail alone"};
    return failure(Errc::usage, fmt::format("--meter {}:{}: no such rail; there is {}{}", meter, wanted,
                                            list_of(labels), suggestion(wanted, labels)));
  }
  if (auto sum = whole_board(labels)) return std::move(*sum);
  if (labels.size() == 1) return RailSum{labels, "the only rail"};
  return failure(
      Errc::usage,
      fmt::format("{}: nobody here knows which of its rails stand for the whole board ({}); name one, "
                  "such as --meter {}:{}",
                  meter, fmt::join(labels, ", "), meter, labels.front()));
}

/// "; beside it VDD_GPU 1.20 W, VDD_CPU 900 mW": what is not summed, as it was when the meter was opened.
std::string beside(const SystemFiles& files, const std::vector<SensorRail>& rails, const RailSum& sum) {
  std::vector<std::string> others;
  for (const auto& rail : rails) {
    if (std::ranges::find(sum.labels, rail.label) != sum.labels.end()) continue;
    const auto power = power_of(files, rail);
    others.push_back(power ? fmt::format("{} {:.2f} W", rail.label, power->value())
                           : fmt::format("{} unreadable", rail.label));
  }
  return others.empty() ? "" : fmt::format("; beside {}", fmt::join(others, ", "));
}

}  // namespace

std::string reading_remedy(const std::string& place) {
  return fmt::format("; allow it with: sudo chmod a+r {}, or for good by the udev rule in docs/power.md",
                     place);
}

Result<Watts> power_of(const SystemFiles& files, const SensorRail& rail) {
  double product = rail.unit;
  for (const auto& file : rail.files) {
    const auto value = read_scaled(files, file, 1.0);
    if (!value) return tl::unexpected{value.error()};
    product *= *value;
  }
  return Watts{product};
}

OpenedMeter open_rails(MeterFacts facts, const std::vector<SensorRail>& rails, std::string_view wanted,
                       const MeterDoors& doors) {
  if (rails.empty())
    return failure(Errc::no_device, fmt::format("{}: no such sensor on this machine", facts.name));
  const auto sum = choose(facts.name, rails, wanted);
  if (!sum) return tl::unexpected{sum.error()};
  std::vector<PolledMeter::Source> sources;
  for (const auto& label : sum->labels) {
    const auto& rail = *std::ranges::find(rails, label, &SensorRail::label);
    if (const auto power = power_of(doors.files, rail); !power) {
      auto error = power.error();
      for (const auto& file : rail.files)
        if (doors.files.access(file) == Access::denied)
          error.message += reading_remedy(doors.files.place(file));
      return tl::unexpected{std::move(error).within(fmt::format("{}: rail {}", facts.name, label))};
    }
    facts.rails.push_back(Rail{.label = label, .period = facts.period});
    sources.emplace_back([files = doors.files, rail]() -> Result<PolledMeter::Value> {
      return power_of(files, rail).map([](Watts power) { return PolledMeter::Value{power}; });
    });
  }
  facts.total = fmt::format("{}", fmt::join(sum->labels, " + "));
  facts.note = sum->note + beside(doors.files, rails, *sum);
  return std::make_unique<PolledMeter>(std::move(facts), std::move(sources), doors.clock);
}

}  // namespace ns
