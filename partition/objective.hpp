/// What a cut is to minimise, and under which circumstances.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {

enum class Place { device, server };

/// "device" or "server".
std::string_view to_string(Place place);

/// full: idle and busy power over the whole query, radio both ways. paper: the formula of Algorithm 1 in
/// Neurosurgeon (ASPLOS 2017), busy power while the device computes and the radio's while it sends.
enum class EnergyModel { full, paper };

/// Weights of latency and energy. One of them alone is that quantity; in a sum each is divided by its value
/// when the device does all.
struct Objective {
  double latency = 1.0;
  double energy = 0.0;

  [[nodiscard]] bool is_sum() const { return latency > 0.0 && energy > 0.0; }
};

/// "latency", "energy", "0.7*latency+0.3*energy", and the inverse; usage error for anything else, for
/// negative weights or none.
Result<Objective> parse_objective(std::string_view text);
std::string print(const Objective& objective);

/// A layer that must run on one side.
struct Pin {
  std::string layer;
  Place place = Place::device;
};

/// "conv1=device"; usage error for anything else.
Result<Pin> parse_pin(std::string_view text);

struct Question {
  Objective objective;
  EnergyModel energy = EnergyModel::full;
  // device: outputs that the server makes are sent back. server: outputs stay where they are made.
  Place result = Place::device;
  double load = 1.0;        // factor on the server's times, at least 1
  Seconds queue_wait{};     // of one request at the server
  bool cold_radio = false;  // promotion and tail are paid
  std::vector<Pin> pins;
  bool critical = false;                                   // all on the device
  bool keep_input = false;                                 // no input of the net leaves the device
  std::vector<std::pair<std::string, Bytes>> input_sizes;  // what an input costs to send, where it is not its
                                                           // tensor's size
};

}  // namespace ns
