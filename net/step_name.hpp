/// What layers are called that are steps inside one node of the file. The last has the node's name; those
/// before it stay on the node's side of every cut.
#pragma once

#include "core/error.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ns {

/// "NODE/dequantised_0": operand `i` made real.
std::string operand_step(std::string_view node, std::size_t i);
/// "NODE/real": the operation on real numbers.
std::string operation_step(std::string_view node);

/// NODE of a name like these; nothing for others.
std::optional<std::string_view> node_of_step(std::string_view name);

/// usage: what to name instead of the step behind `option`.
tl::unexpected<Error> step_error(std::string_view option, std::string_view step);

}  // namespace ns
