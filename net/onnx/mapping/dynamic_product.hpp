/// Products of whole numbers whose input is made whole as it arrives: several nodes, one layer.
#pragma once

#include "net/onnx/mapping/surroundings.hpp"
#include "net/onnx/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ns::onnx {

/// DynamicQuantizeLinear makes the input whole, MatMulInteger or ConvInteger multiplies it with stored
/// filters, Cast makes the sums real, and Mul scales them by what both sides stand for (ONNX Runtime's
/// dynamic quantisation of MatMul and Conv).
struct DynamicProduct {
  const Node* quantiser = nullptr;
  const Node* product = nullptr;
  std::string factors;              // the stored scale of the filters
  std::vector<const Node*> within;  // all but the quantiser and the last
};

/// The one that ends in `last`; nothing where it ends none.
std::optional<DynamicProduct> dynamic_product(const Node& last, const NodeSurroundings& surroundings);

}  // namespace ns::onnx
