/// Where in a model's file its parts stand, so that they can be copied as they are.
#pragma once

#include "core/error.hpp"
#include "net/onnx/export/rope.hpp"
#include "net/onnx/model.hpp"
#include "net/wire/source.hpp"
#include "net/wire/wire.hpp"

#include <initializer_list>
#include <string>
#include <vector>

namespace ns::onnx {

using wire::Fields;
using wire::Range;
using wire::Source;
using wire::Wire;

struct NamedPart {
  std::string name;
  Range message;
};

struct FileParts {
  std::vector<Range> model_fields;   // with tags: all but graph, functions and training
  bool has_training = false;         // training_info, which belongs to the whole graph
  std::vector<std::string> domains;  // imported
  std::vector<Range> functions;      // as Model::functions
  std::vector<Range> graph_fields;   // with tags: name, text, metadata and what this version does not know
  std::vector<Range> nodes;          // by Node::origin
  std::vector<NamedPart> inputs;     // of the graph, with those that are initializers too
  std::vector<NamedPart> value_infos;
  std::vector<NamedPart> annotations;  // of quantised tensors
};

/// Of a file that parse() accepts.
Result<FileParts> find_parts(wire::Source& source);

/// Copies the fields of a message, without those of these numbers.
void copy_fields(wire::Wire& wire, Range message, std::initializer_list<std::uint32_t> without, Rope& into);

}  // namespace ns::onnx
