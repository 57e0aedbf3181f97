/// The elements of a small tensor as far as inference knows them, row-major.
#pragma once

#include "net/onnx/extent.hpp"

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace ns::onnx {

/// Integers and booleans (0 and 1), of which some may be symbolic or unknown; real numbers; or strings.
using Value = std::variant<std::vector<Extent>, std::vector<double>, std::vector<std::string>>;

/// Larger tensors are never read for their values.
inline constexpr std::size_t max_value_elements = 4096;

std::size_t size(const Value& value);

}  // namespace ns::onnx
