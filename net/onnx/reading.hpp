/// Which operators need the elements of which tensors: what nobody needs is never read.
#pragma once

#include "net/onnx/fact.hpp"
#include "net/onnx/model.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace ns::onnx {

/// Whether an input's elements are worth reading. `others_known`: those of all other inputs are, so that the
/// outputs' may follow.
bool is_worth_reading(const Node& node, const Fact& input, bool others_known);

/// The first of an operator's inputs without whose elements no shape follows; nothing for those that need
/// none.
std::optional<std::size_t> first_needed(std::string_view op);

}  // namespace ns::onnx
