/// One node that the interpreter runs on values that are written down as text.
#pragma once

#include "../onnx/stored_model.hpp"
#include "datum_text.hpp"
#include "runtime/interpreter/interpreter.hpp"

#include <string>
#include <utility>
#include <vector>

namespace ns {

using onnx::attribute;
using onnx::GraphMaker;
using onnx::real_attribute;
using onnx::text_attribute;

struct NodeRun {
  std::string op;
  std::vector<std::string> inputs;  // "" where one is left out
  std::vector<onnx::Attribute> attributes{};
  std::size_t outputs = 1;
  std::string domain{};
  std::vector<std::pair<std::string, std::string>> scope{};  // what subgraphs read
  onnx::Elements elements{};                                 // of tensors in attributes
  std::int64_t opset = onnx::newest_opset;
};

/// The outputs as text, or "error: " and the message.
inline std::string run(const NodeRun& given) {
  auto model = GraphMaker{}.model();
  model.opsets = {{"", given.opset}};
  onnx::ModelFile file{
      "model.onnx", onnx::Source::of(given.elements.bytes()), "/nowhere", std::move(model), {}};
  Interpreter interpreter{file};
  onnx::Node node;
  node.name = "n";
  node.op = given.op;
  node.domain = given.domain;
  node.attributes = given.attributes;
  std::vector<Datum> data;
  for (std::size_t i = 0; i < given.inputs.size(); ++i) {
    node.inputs.push_back(given.inputs[i].empty() ? "" : "i" + std::to_string(i));
    data.push_back(given.inputs[i].empty() ? Datum{} : datum_of(given.inputs[i]));
  }
  for (std::size_t i = 0; i < given.outputs; ++i) node.outputs.push_back("o" + std::to_string(i));
  std::vector<const Datum*> inputs;
  for (std::size_t i = 0; i < data.size(); ++i)
    inputs.push_back(given.inputs[i].empty() ? nullptr : &data[i]);
  Values scope;
  for (const auto& [name, text] : given.scope) scope.set(name, datum_of(text));
  const auto outputs = interpreter.run(node, inputs, scope);
  return outputs ? text_of(*outputs) : "error: " + outputs.error().message;
}

}  // namespace ns
