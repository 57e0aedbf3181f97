#include "apps/power_request.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {
namespace {

constexpr std::string_view fake = "fake";

bool is_of(std::string_view text, std::string_view name) { return text.substr(0, text.find(':')) == name; }

/// "nvml:1" of "cudnn:1,math=tf32".
std::string meter_of_gpu(std::string_view backend) {
  const auto settings = backend.substr(std::min(backend.find(':') + 1, backend.size()));
  const auto index = settings.substr(0, settings.find(','));
  return parse_integer(index) ? fmt::format("nvml:{}", index) : "nvml";
}

/// What is tried where nobody names a meter.
std::vector<std::string> candidates(std::string_view backend) {
  if (is_of(backend, "cudnn")) return {meter_of_gpu(backend), "ina238", "ina3221"};
  if (is_of(backend, fake)) return {std::string{fake}};
  return {"ina238", "ina3221", "powercap", "perf", "battery"};
}

Result<std::vector<std::unique_ptr<Meter>>> open_first(std::string_view backend, const MeterDoors& doors) {
  std::vector<std::string> reasons;
  std::vector<std::unique_ptr<Meter>> meters;
  for (const auto& name : candidates(backend)) {
    auto meter = open_meter(name, doors);
    if (!meter) {
      reasons.push_back(meter.error().message);
      continue;
    }
    meters.push_back(std::move(*meter));
    return meters;
  }
  return failure(
      Errc::no_device,
      fmt::format("no power meter can be read here; name one with --meter (such as exec:COMMAND or csv:FILE "
                  "for one on the bench). {}",
                  fmt::join(reasons, "; ")));
}

/// The fake world has a time of its own, in which only the fake device runs.
Result<void> check_worlds(const std::vector<std::string>& names, std::string_view backend) {
  const auto fakes = std::ranges::count_if(names, [](const std::string& name) { return is_of(name, fake); });
  if (fakes == 0) return {};
  if (!is_of(backend, fake))
    return failure(Errc::usage,
                   "--meter fake measures the fake device alone; name --device fake:... or another meter");
  if (static_cast<std::size_t>(fakes) != names.size())
    return failure(Errc::usage, "--meter: fake and real meters do not have the same time; name one kind");
  return {};
}

}  // namespace

Result<std::vector<std::unique_ptr<Meter>>> open_meters(const std::vector<std::string>& names,
                                                        std::string_view backend, const SystemFiles& files) {
  const MeterDoors doors{.files = files};
  if (names.empty()) return open_first(backend, doors);
  std::vector<std::string> wanted;
  for (const auto& name : names)
    for (auto& one : split_meters(name)) wanted.push_back(std::move(one));
  if (auto same = check_worlds(wanted, backend); !same) return tl::unexpected{std::move(same.error())};
  std::vector<std::unique_ptr<Meter>> meters;
  for (const auto& name : wanted) {
    auto meter = open_meter(name, doors);
    if (!meter) return tl::unexpected{std::move(meter.error())};
    meters.push_back(std::move(*meter));
  }
  return meters;
}

}  // namespace ns
