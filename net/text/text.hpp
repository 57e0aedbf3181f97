/// The native text form of a net, one layer a line:
///
///     net lenet
///     input data 1x1x28x28
///     conv1 = conv:filters=20,kernel=5 data
///     a b = slice:axis=1,sizes=2x2 conv1    # several outputs: the line names the tensors, the layer is the
///     first output prob
///
/// A line is `TENSORS = PARAMS INPUTS`; a layer is called like its first tensor unless `name: ` stands before
/// it. Names with blanks or one of `#=:"` are quoted. Empty lines and what follows # are skipped.
#pragma once

#include "net/net.hpp"

#include <string>
#include <string_view>

namespace ns {

Result<Net> parse_net_text(std::string_view text, const std::string& file);

/// Reads back as an equal net (file, format and warnings aside).
std::string print_net_text(const Net& net);

}  // namespace ns
