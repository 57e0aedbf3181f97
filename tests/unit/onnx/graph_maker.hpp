/// Small models, made without a file.
#pragma once

#include "core/text.hpp"
#include "net/onnx/infer.hpp"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ns::onnx {

/// "Nx3x?x8": numbers, symbols, "?" for neither; "" is a scalar.
inline DeclaredType declared(std::string_view shape, DType dtype = DType::float32) {
  DeclaredType type;
  type.dtype = dtype;
  type.dims.emplace();
  if (shape.empty()) return type;
  for (const auto part : split(shape, 'x')) {
    DeclaredDim dim;
    dim.value = parse_integer(part);
    if (!dim.value && part != "?") dim.symbol = part;
    type.dims->push_back(std::move(dim));
  }
  return type;
}

inline Attribute attribute(std::string name, std::int64_t value) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::integer;
  made.integer = value;
  return made;
}

inline Attribute attribute(std::string name, std::vector<std::int64_t> values) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::integers;
  made.integers = std::move(values);
  return made;
}

inline Attribute real_attribute(std::string name, double value) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::real;
  made.real = value;
  return made;
}

inline Attribute attribute(std::string name, std::vector<std::string> values) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::texts;
  made.texts = std::move(values);
  return made;
}

inline Attribute text_attribute(std::string name, std::string value) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::text;
  made.text = std::move(value);
  return made;
}

inline Attribute attribute(std::string name, Graph graph) {
  Attribute made;
  made.name = std::move(name);
  made.type = Attribute::Type::graph;
  made.graphs.push_back(std::make_shared<const Graph>(std::move(graph)));
  return made;
}

class GraphMaker {
 public:
  GraphMaker& input(std::string name, std::string_view shape, DType dtype = DType::float32) {
    graph_.inputs.push_back({std::move(name), declared(shape, dtype), {}});
    return *this;
  }
  /// An input of a body, of which nothing is declared.
  GraphMaker& untyped(std::string name) {
    graph_.inputs.push_back({std::move(name), {}, {}});
    return *this;
  }
  GraphMaker& weight(std::string name, std::vector<std::int64_t> dims, DType dtype = DType::float32) {
    TensorData tensor;
    tensor.name = std::move(name);
    tensor.dims = std::move(dims);
    tensor.dtype = dtype;
    graph_.initializers.push_back(std::move(tensor));
    return *this;
  }
  /// A weight of which the bytes lie somewhere.
  GraphMaker& weight(TensorData tensor) {
    graph_.initializers.push_back(std::move(tensor));
    return *this;
  }
  GraphMaker& numbers(std::string name, std::vector<std::int64_t> values) {
    return node("Constant", {}, {std::move(name)}, {attribute("value_ints", std::move(values))});
  }
  GraphMaker& number(std::string name, std::int64_t value) {
    return node("Constant", {}, {std::move(name)}, {attribute("value_int", value)});
  }
  GraphMaker& node(std::string op, std::vector<std::string> inputs, std::vector<std::string> outputs,
                   std::vector<Attribute> attributes = {}, std::string domain = {}) {
    auto& made = graph_.nodes.emplace_back();
    made.op = std::move(op);
    made.domain = std::move(domain);
    made.inputs = std::move(inputs);
    made.outputs = std::move(outputs);
    made.name = made.outputs.front();
    made.attributes = std::move(attributes);
    return *this;
  }
  GraphMaker& of_domain(std::string domain) {
    graph_.nodes.back().domain = std::move(domain);
    return *this;
  }
  GraphMaker& declare(std::string name, std::string_view shape) {
    graph_.value_infos.push_back({std::move(name), declared(shape), {}});
    return *this;
  }
  GraphMaker& output(std::string name) {
    graph_.outputs.push_back({std::move(name), {}, {}});
    return *this;
  }

  GraphMaker& opset(std::int64_t version) {
    opset_ = version;
    return *this;
  }

  [[nodiscard]] Graph graph() const { return graph_; }
  [[nodiscard]] Model model() const {
    Model model;
    model.opsets = {{"", opset_}};
    model.graph = graph_;
    return model;
  }

  [[nodiscard]] Result<Inferred> infer(const Bindings& bindings = {}, Source* source = nullptr) const {
    return onnx::infer(model(), {source, "/nowhere"}, bindings);
  }
  [[nodiscard]] std::string error(const Bindings& bindings = {}) const {
    const auto inferred = infer(bindings);
    return inferred ? std::string{} : inferred.error().message;
  }
  [[nodiscard]] Inferred inferred(const Bindings& bindings = {}) const {
    auto inferred = infer(bindings);
    EXPECT_TRUE(inferred) << inferred.error().message;
    return inferred ? *std::move(inferred) : Inferred{};
  }

 private:
  Graph graph_;
  std::int64_t opset_ = newest_opset;
};

/// "1x3x8x8"; "rank?" where not even the rank is known, "absent" where there is no such tensor.
inline std::string shape_of(const Inferred& inferred, const std::string& name) {
  const auto fact = inferred.facts.find(name);
  if (fact == inferred.facts.end()) return "absent";
  return fact->second.dims ? to_string(*fact->second.dims) : "rank?";
}

}  // namespace ns::onnx
