#include "net/onnx/dependence.hpp"

namespace ns::onnx {

Dependence dependence(const Node& node, std::size_t input) {
  if (!node.domain.empty()) return Dependence::elements;
  if (node.op == "CastLike") return input == 1 ? Dependence::type : Dependence::elements;
  const bool takes_shape = node.op == "Shape" || node.op == "Size" || node.op == "EyeLike";
  return takes_shape ? Dependence::shape : Dependence::elements;
}

}  // namespace ns::onnx
