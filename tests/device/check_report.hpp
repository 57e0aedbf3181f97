/// What a check found, in words and as ns.check/1.
#pragma once

#include "check.hpp"

namespace ns {

/// What was checked, beside the types.
struct CheckedDevice {
  std::string settings;
  std::string description;
};

/// A table, the reasons, the offenders with the command that repeats each, and a line that sums up.
std::string check_text(const CheckedDevice& device, const std::vector<TypeCheck>& checks);
std::string check_csv(const std::vector<TypeCheck>& checks);
std::string check_json(const CheckedDevice& device, const CheckRequest& request,
                       const std::vector<TypeCheck>& checks);

}  // namespace ns
