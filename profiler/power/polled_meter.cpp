#include "profiler/power/polled_meter.hpp"

#include <fmt/format.h>

namespace ns {

void PolledMeter::read(std::span<Trace> traces) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const auto value = sources_[i]();
    const auto now = clock_.now();
    if (value)
      traces[i].add(Reading{now, *value});
    else
      traces[i].fail(now, value.error().message);
  }
}

Result<double> read_scaled(const SystemFiles& files, const std::string& path, double unit) {
  if (const auto number = files.number(path)) return *number * unit;
  const auto place = files.place(path);
  switch (files.access(path)) {
    case Access::absent:
      return failure(Errc::no_device, fmt::format("{} is not there", place));
    case Access::denied:
      return failure(Errc::io, fmt::format("{}: permission denied", place));
    case Access::failing:
      return failure(Errc::io, fmt::format("{} cannot be read: the sensor does not answer", place));
    case Access::readable:
      break;
  }
  return failure(Errc::io, fmt::format("{} holds no number", place));
}

}  // namespace ns
