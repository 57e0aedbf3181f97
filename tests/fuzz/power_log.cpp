#include "profiler/power/text_lines.hpp"
#include "profiler/power/trace.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <cmath>

namespace ns::fuzz {

bool read_power_log(std::string_view bytes) {
  TextLines lines;
  Trace trace{Rail{.label = "log", .repeats = false}};
  Seconds now{0};
  // A meter's program prints in pieces as it likes; 7 bytes part most lines.
  constexpr std::size_t piece = 7;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    for (const auto& [stamp, power] : lines.take(bytes.substr(0, piece))) {
      promise(std::isfinite(power.value()), "a power is finite");
      now += Seconds{1};
      trace.add(Reading{stamp.value_or(now), power});
    }
  }
  const auto& readings = trace.readings();
  if (readings.size() < 2) return !readings.empty();
  const auto begin = readings.front().time;
  const auto span = trace.energy(begin, readings.back().time);
  promise(span.distinct <= readings.size(), "new values are readings");
  return true;
}

}  // namespace ns::fuzz
