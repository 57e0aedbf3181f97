/// A device's layers held against the reference: random ones of each type.
#pragma once

#include "core/units.hpp"
#include "kernels/backend.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

struct CheckRequest {
  std::vector<std::string> types;  // names that random_layer() knows
  std::uint64_t seed = 1;          // layer i of a type follows from seed + i alone
  std::uint64_t per_type = 0;
  Seconds time_limit{};  // of which each type has its share
};

/// A layer that the device ran otherwise than the reference, or could not run though it said that it can.
struct Offender {
  std::uint64_t seed = 0;
  std::string layer;
  std::string what;
};

enum class Verdict { agrees, wrong, failed, unsupported, cut_short };
/// "agrees", "wrong", "failed", "unsupported", "cut short".
std::string_view to_string(Verdict verdict);

struct TypeCheck {
  std::string type;
  std::vector<double> errors{};  // of the layers that ran: largest difference by largest expected value
  double tolerance = 0.0;        // the largest of those layers
  std::map<std::string, std::uint64_t> unsupported{};  // the reason, and of how many layers
  std::vector<Offender> wrong{};
  std::vector<Offender> failed{};
  std::uint64_t left_out = 0;  // for want of time

  [[nodiscard]] Verdict verdict() const;
};

/// Every type of layer that can be checked.
std::vector<std::string> checked_types();

/// The reference runs on all cores meanwhile. `watch` is called before each type.
std::vector<TypeCheck> check(Backend& device, const CheckRequest& request,
                             const std::function<void(std::string_view type)>& watch);

}  // namespace ns
