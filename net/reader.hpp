/// The door of files: tells the format of a net's file from its content and name, and reads it.
#pragma once

#include "net/listing.hpp"
#include "net/net.hpp"
#include "net/onnx/infer.hpp"
#include "net/onnx/onnx.hpp"

#include <string>
#include <variant>

namespace ns {

/// What ns-inspect shows of `path`: an ONNX model, a Caffe prototxt or a native text, told apart by the first
/// bytes, so that gigabytes of weights are not read ("-" is standard input; a pipe is read whole). usage for
/// `bindings` of a net that is no ONNX model, for its shapes are fixed.
Result<Listing> read_listing(const std::string& path, const onnx::Bindings& bindings);

/// The Net of `path`, told apart likewise. A bare name that is no file, such as "alexnet", is looked up by
/// the caller (apps/). Errors name file, line, column, fact and remedy.
Result<Net> read_net(const std::string& path, const onnx::Bindings& bindings = {});

/// What a file holds: a net, or an ONNX model before it becomes one.
using NetFile = std::variant<Net, onnx::ModelFile>;

/// For what works on the model itself.
Result<NetFile> read_net_file(const std::string& path, const onnx::Bindings& bindings = {});

}  // namespace ns
