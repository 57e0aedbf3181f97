/// The native text form of a net, one layer a line:
///
// clang-format off
///     net lenet
///     input data 1x1x28x28
///     conv1 = conv:filters=20,kernel=5 data
///     a b = slice:axis=1,sizes=10x10 conv1
///     sum: c = eltwise:add a b
///     output c
// clang-format on
///
/// A line `TENSORS = PARAMETERS INPUTS` is a layer; the = stands by itself. It is called like its first
/// tensor unless `NAME:` stands before it. Parameters are the text form of net/layer.hpp, an input's type is
/// "1x3x224x224" or "1x3x224x224:float16". Names that are empty or hold a blank, a control character, a
/// backslash or one of `#=:"` stand in quotes, with the escapes \" \\ \n \t \r and \xNN. Empty lines and
/// what follows # are skipped. Without `output` lines every tensor that no layer reads is an output; without
/// `net` the net is called like its file.
#pragma once

#include "net/net.hpp"

#include <string>
#include <string_view>

namespace ns {

/// A tensor name that stands before as well is made anew, as in NetBuilder. Errors name file, line and
/// column.
Result<Net> parse_net_text(std::string_view text, const std::string& file);

/// Reads back as the same net: names, parameters, tensors, inputs and outputs. Not kept: file, format,
/// warnings, sources, and Layer::op, which becomes the type's name.
std::string print_net_text(const Net& net);

}  // namespace ns
