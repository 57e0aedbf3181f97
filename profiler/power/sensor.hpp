/// A power sensor of the board as the kernel shows it in files, and the meter made of some of its rails.
#pragma once

#include "profiler/power/meter.hpp"
#include "profiler/power/polled_meter.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// One labelled channel of a sensor.
struct SensorRail {
  std::string label;
  std::vector<std::string> files;  // that its value is the product of
  double unit = 1.0;               // of that product, in watts
};

/// The present power of a rail; io or no_device if one of its files cannot be read.
Result<Watts> power_of(const SystemFiles& files, const SensorRail& rail);

/// The meter of `wanted`, or, if that is empty, of the rails that stand for the whole board. `facts` has its
/// name, period and window. no_device if there are no rails, usage if `wanted` is none of them or nobody
/// knows which stand for the board, io if one of them cannot be read.
OpenedMeter open_rails(MeterFacts facts, const std::vector<SensorRail>& rails, std::string_view wanted,
                       const MeterDoors& doors);

/// How a file that must not be read is opened to users: behind "; " in a sentence.
std::string reading_remedy(const std::string& place);

}  // namespace ns
