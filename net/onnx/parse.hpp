/// Reads a model's file into a Model.
#pragma once

#include "core/error.hpp"
#include "net/onnx/model.hpp"
#include "net/wire/source.hpp"

namespace ns::onnx {

using wire::Source;

/// Bytes of weights are skipped by their length. bad_input, with the byte's offset, for what is no ONNX model
/// (named where it is something else: a git-lfs pointer, HTML, gzip, prototxt), an empty graph, a truncated
/// file, messages nested deeper than 64, or more than 2^22 of any one thing.
Result<Model> parse(Source& source);

/// Replaces every call of a model-local function by its body, recursively: inner nodes and tensors are called
/// "CALL/inner" after the call's name, attributes by reference filled in. Then sorts the nodes so that each
/// stands behind what it reads (keeping the file's order where it does), and gives every node of the main
/// graph a unique name: its own, else its first output's; a second "relu" becomes "relu#2". bad_input for
/// cycles, tensors that nobody makes, two makers of one tensor, functions that call themselves.
Result<void> flatten(Model& model);

}  // namespace ns::onnx
