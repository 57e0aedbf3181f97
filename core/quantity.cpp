#include "core/quantity.hpp"

#include "core/text.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <span>

namespace ns {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

constexpr std::array durations{Unit{"s", 1.0}, Unit{"ms", 1e-3}, Unit{"us", 1e-6}, Unit{"ns", 1e-9},
                               Unit{"min", 60.0}};
constexpr std::array rates{
    Unit{"bit/s", 0.125}, Unit{"kbit/s", 125.0}, Unit{"Mbit/s", 125e3}, Unit{"Gbit/s", 125e6},
    Unit{"B/s", 1.0},     Unit{"kB/s", 1e3},     Unit{"MB/s", 1e6},     Unit{"GB/s", 1e9},
    Unit{"kbps", 125.0},  Unit{"Mbps", 125e3},   Unit{"Gbps", 125e6},
};
constexpr std::array sizes{Unit{"B", 1.0},      Unit{"kB", 1e3},     Unit{"MB", 1e6},     Unit{"GB", 1e9},
                           Unit{"KiB", 0x1p10}, Unit{"MiB", 0x1p20}, Unit{"GiB", 0x1p30}, Unit{"", 1.0}};

std::string names(std::span<const Unit> units) {
  std::vector<std::string> list;
  for (const auto& unit : units)
    if (!unit.name.empty()) list.emplace_back(unit.name);
  return list_of(list);
}

/// The number at the front of `text` times the factor of the unit that follows it.
Result<double> parse(std::string_view text, std::span<const Unit> units, std::string_view example) {
  const auto end = text.find_first_not_of("+-.0123456789eE");
  auto digits = trim(text.substr(0, end));
  auto unit_name = end == std::string_view::npos ? std::string_view{} : trim(text.substr(end));
  const auto value = parse_number(digits);
  if (!value) return bad_input(fmt::format("'{}' is no number with a unit; write it like {}", text, example));
  for (const auto& unit : units) {
    if (unit.name != unit_name) continue;
    if (std::isfinite(*value * unit.factor)) return *value * unit.factor;
    return bad_input(fmt::format("'{}' is larger than any number; write it like {}", text, example));
  }
  if (unit_name.empty()) return bad_input(fmt::format("'{}' has no unit; write it like {}", text, example));
  return bad_input(fmt::format("'{}': unknown unit '{}'; use {}", text, unit_name, names(units)));
}

/// `value` with three significant digits and an SI prefix.
std::string scaled(double value, std::string_view unit) {
  constexpr std::array prefixes{Unit{"T", 1e12}, Unit{"G", 1e9},  Unit{"M", 1e6},  Unit{"k", 1e3},
                                Unit{"", 1.0},   Unit{"m", 1e-3}, Unit{"u", 1e-6}, Unit{"n", 1e-9}};
  if (value == 0.0) return fmt::format("0 {}", unit);
  const auto magnitude = std::abs(value);
  const auto* chosen = &prefixes.back();
  for (const auto& prefix : prefixes) {
    if (magnitude >= prefix.factor * 0.9995) {
      chosen = &prefix;
      break;
    }
  }
  const auto shown = value / chosen->factor;
  const auto size = std::abs(shown);
  const int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return fmt::format("{:.{}f} {}{}", shown, decimals, chosen->name, unit);
}

std::string whole_or_scaled(double value, std::string_view unit) {
  if (std::abs(value) < 1000.0 && value == std::floor(value)) return fmt::format("{:.0f} {}", value, unit);
  return scaled(value, unit);
}

}  // namespace

Result<Seconds> parse_duration(std::string_view text) {
  const auto value = parse(text, durations, "35ms");
  if (!value) return tl::unexpected{value.error()};
  if (*value < 0.0) return bad_input(fmt::format("'{}' is negative; a time is at least 0", text));
  return Seconds{*value};
}

Result<BytesPerSecond> parse_rate(std::string_view text) {
  const auto value = parse(text, rates, "20Mbit/s or 2.5MB/s");
  if (!value) return tl::unexpected{value.error()};
  if (*value <= 0.0) return bad_input(fmt::format("'{}': a rate must be above 0", text));
  return BytesPerSecond{*value};
}

Result<Bytes> parse_size(std::string_view text) {
  const auto value = parse(text, sizes, "154587 or 150kB");
  if (!value) return tl::unexpected{value.error()};
  if (*value < 0.0) return bad_input(fmt::format("'{}' is negative; a size is at least 0", text));
  return Bytes{*value};
}

std::string print(Seconds time) { return scaled(time.count(), "s"); }
std::string print(Bytes size) { return whole_or_scaled(size.value(), "B"); }
std::string print(BytesPerSecond rate) { return scaled(rate.value() * 8.0, "bit/s"); }
std::string print(Joules energy) { return scaled(energy.value(), "J"); }
std::string print(Watts power) { return scaled(power.value(), "W"); }
std::string print(Macs count) { return print_count(count.value()); }
std::string print(Flops count) { return print_count(count.value()); }

std::string print_count(double count) {
  auto text = whole_or_scaled(count, "");
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace ns
