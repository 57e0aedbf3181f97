/// What a file declares of a tensor, held against what its operators make of it.
#pragma once

#include "net/onnx/fact.hpp"

#include <optional>
#include <string>

namespace ns::onnx {

/// Completes `made` from `declared`, extent by extent. Where both know and differ, `made` stays and the
/// contradiction is returned ("1x64x56x56 is declared, 1x64x28x28 follows from the operators"); with
/// `one_off`, extents that differ by 1 are taken as declared instead: Resize's scales are rounded by
/// everybody in their own way.
std::optional<std::string> complete(Fact& made, const Fact& declared, bool one_off);

}  // namespace ns::onnx
