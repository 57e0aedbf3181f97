/// A layer's text form with holes, and how they are filled.
#pragma once

#include "core/error.hpp"
#include "net/layer.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {

/// Names and the texts that stand for them.
using Bindings = std::vector<std::pair<std::string_view, std::string>>;

/// "conv:filters={channels*2}@1x{channels}x7x7" with {channels} = 8. bad_input for an unknown name, an
/// operand that is no number or an unclosed brace.
Result<std::string> fill(std::string_view text, const Bindings& bindings);

/// The layer of a filled template; an input called `output` takes the type of the head's output. bad_input if
/// it is malformed or its shapes do not fit.
Result<LayerConfig> layer_of(std::string_view text);

}  // namespace ns
