/// One quantity that a meter measures, and one value that it told of it.
#pragma once

#include "core/units.hpp"

#include <optional>
#include <string>
#include <variant>

namespace ns {

struct Rail {
  std::string label{};            // "VDD_IN", "package-0"
  Seconds period{};               // between two new values; 0 if nobody knows
  std::optional<Joules> range{};  // of a counter: where it starts again from 0
  std::optional<Watts> most{};    // what it could carry; tells when a counter may have wrapped twice
  bool repeats = true;            // asked again it tells the old value until there is a new one
};

/// Mean power at `time`, or a counter of energy.
struct Reading {
  Seconds time{};
  std::variant<Watts, Joules> value{};
};

}  // namespace ns
