/// What a command line says of a net beside its name: sizes that an ONNX model leaves open.
#pragma once

#include "net/onnx/infer.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace ns {

/// Adds --dim, --shape and --value, each as often as wanted, in the group "Net". What is given twice must say
/// the same twice. `bindings` must outlive the parsing.
void add_net_options(CLI::App& app, onnx::Bindings& bindings);

}  // namespace ns
