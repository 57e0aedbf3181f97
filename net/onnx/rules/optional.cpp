// Optional values.
#include "net/onnx/rules/control.hpp"

#include <utility>

namespace ns::onnx {
namespace {

/// What a declared type says of a value.
Fact typed(const DeclaredType& type) {
  Fact fact;
  fact.kind = type.kind;
  fact.dtype = type.dtype;
  if (type.element) {
    fact.element = std::make_shared<const Fact>(typed(*type.element));
    fact.dtype = fact.element->dtype;
  }
  return fact;
}

}  // namespace

Result<void> optional(NodeView& node) {
  Fact fact;
  fact.kind = Kind::optional;
  if (node.has(0) && node.in(0).kind == Kind::optional) {
    // ONNX has no optional of an optional; nested as deep as a file is long, they could not be taken apart.
  } else if (node.has(0)) {
    fact.dtype = node.in(0).dtype;
    fact.element = std::make_shared<const Fact>(node.in(0));
    fact.elements = std::make_shared<const std::vector<Fact>>(1, node.in(0));
  } else {
    const auto* const type = node.attribute("type");
    fact.elements = std::make_shared<const std::vector<Fact>>();
    if (type != nullptr && type->declared) {
      fact.element = std::make_shared<const Fact>(typed(*type->declared));
      fact.dtype = fact.element->dtype;
    }
  }
  node.out(0, std::move(fact));
  return {};
}

Result<void> optional_has_element(NodeView& node) {
  const auto& input = node.in(0);
  Extent has;
  if (!node.has(0))
    has = 0;
  else if (input.kind != Kind::optional)
    has = 1;
  else if (input.elements)
    has = input.elements->empty() ? 0 : 1;
  node.out(0, integers(DType::boolean, {}, {std::move(has)}));
  return {};
}

Result<void> optional_get_element(NodeView& node) {
  const auto& input = node.in(0);
  if (input.kind != Kind::optional) {
    node.out(0, input);
    return {};
  }
  if (input.elements && input.elements->empty()) return node.fail("its input holds no element");
  if (input.elements)
    node.out(0, input.elements->front());
  else if (input.element)
    node.out(0, *input.element);
  return {};
}

}  // namespace ns::onnx
