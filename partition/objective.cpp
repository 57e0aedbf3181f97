#include "partition/objective.hpp"

#include "core/text.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

/// "0.7*latency", "latency" or "latency*0.7" added to `objective`.
Result<void> add_term(std::string_view term, Objective& objective) {
  auto name = trim(term);
  double weight = 1.0;
  if (const auto star = name.find('*'); star != std::string_view::npos) {
    const auto number = parse_number(trim(name.substr(0, star)));
    if (!number) return bad_input(fmt::format("'{}' is no weight", trim(name.substr(0, star))));
    weight = *number;
    name = trim(name.substr(star + 1));
  }
  if (weight < 0.0) return bad_input(fmt::format("the weight {} is negative", weight));
  const std::array<std::string, 2> names{"latency", "energy"};
  const std::array targets{&objective.latency, &objective.energy};
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (name != names[i]) continue;
    *targets[i] += weight;
    return {};
  }
  return bad_input(fmt::format("'{}' is neither latency nor energy{}", name, suggestion(name, names)));
}

/// Without the plus sign of an exponent, which would begin another term.
std::string print_weight(double weight) {
  auto text = print_number(weight);
  std::erase(text, '+');
  return text;
}

}  // namespace

std::string_view to_string(Place place) { return place == Place::device ? "device" : "server"; }

Result<Objective> parse_objective(std::string_view text) {
  Objective objective{0.0, 0.0};
  Result<void> status;
  for (const auto term : split(text, '+'))
    if (status) status = add_term(term, objective);
  if (status && objective.latency + objective.energy <= 0.0) status = bad_input("all weights are 0");
  if (status && !std::isfinite(objective.latency + objective.energy))
    status = bad_input("the weights are too large");
  if (!status)
    return failure(Errc::usage, fmt::format("objective '{}': {}; write latency, energy or "
                                            "0.7*latency+0.3*energy",
                                            text, status.error().message));
  if (!objective.is_sum()) return objective.latency > 0.0 ? Objective{1.0, 0.0} : Objective{0.0, 1.0};
  return objective;
}

std::string print(const Objective& objective) {
  if (objective.is_sum())
    return fmt::format("{}*latency+{}*energy", print_weight(objective.latency),
                       print_weight(objective.energy));
  return objective.latency > 0.0 ? "latency" : "energy";
}

Result<Pin> parse_pin(std::string_view text) {
  const auto equals = text.rfind('=');
  if (equals != std::string_view::npos && equals > 0)
    for (const auto place : {Place::device, Place::server})
      if (text.substr(equals + 1) == to_string(place)) return Pin{std::string{text.substr(0, equals)}, place};
  return failure(Errc::usage, fmt::format("pin '{}': write LAYER=device or LAYER=server", text));
}

}  // namespace ns
