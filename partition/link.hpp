/// The way between device and server: rates, delays and what the device's radio draws (ns.link/1).
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <optional>
#include <span>
#include <string>

namespace ns {

/// Power of the radio above the device's idle power: base + slope x rate while sending, likewise receiving
/// (Huang et al., MobiSys 2012). Promotion and tail are paid once per request under `--radio cold`.
struct Radio {
  double uplink_w_per_mbit_s = 0.0;
  double downlink_w_per_mbit_s = 0.0;
  Watts base;
  Seconds promotion{};
  Watts promotion_power;
  Seconds tail{};
  Watts tail_power;
};

struct Link {
  std::string name;
  BytesPerSecond uplink;
  BytesPerSecond downlink;
  Seconds rtt{};
  Seconds message{};  // per message, once per request
  std::optional<Radio> radio;
  std::string source;

  /// Radio power above idle while sending at the uplink's rate; nothing without a radio model.
  [[nodiscard]] std::optional<Watts> sending_power() const;
  [[nodiscard]] std::optional<Watts> receiving_power() const;
};

Result<Link> read_link(const std::string& path);

/// What `--link X` says: "20Mbit/s,rtt=35ms", "up=5.85Mbit/s,down=13.76Mbit/s,rtt=40ms", a file, or a name
/// looked up in `folders`. usage error with suggestion for anything else; a rate without a unit, or bits
/// taken for bytes, is refused.
Result<Link> find_link(const std::string& text, std::span<const std::string> folders);

}  // namespace ns
