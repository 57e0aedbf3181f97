/// The door of files: tells the format of a net's file from its content and name, and reads it.
#pragma once

#include "net/net.hpp"

#include <string>

namespace ns {

/// Reads `path`, a Caffe prototxt or a native text ("-" is standard input). A bare name that is no file, such
/// as "alexnet", is looked up by the caller (apps/). Errors name file, line, column, fact and remedy.
Result<Net> read_net(const std::string& path);

}  // namespace ns
