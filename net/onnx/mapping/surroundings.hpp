/// What a node stands among.
#pragma once

#include "net/onnx/model.hpp"

#include <functional>
#include <string>

namespace ns::onnx {

struct NodeSurroundings {
  /// Whether the tensor is known before anything runs.
  std::function<bool(const std::string&)> stores;
  /// The node that makes a tensor, or null.
  std::function<const Node*(const std::string&)> maker;
};

}  // namespace ns::onnx
