/// An ONNX graph about to be written: nodes, small constants, and trained values that stay where they are.
#pragma once

#include "net/net.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ns::onnx_writer {

struct Attribute {
  std::string name;
  std::variant<std::int64_t, float, std::vector<std::int64_t>> value;
};

struct Node {
  std::string name;
  std::string op;
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::vector<Attribute> attributes;
};

/// One weight of a layer of the Net; divided by the one value of another weight, `divisor`, if there is one
/// (0 divides to 0: Caffe's batch norm before its first step).
struct Trained {
  LayerId layer = 0;
  std::size_t slot = 0;
  std::optional<std::size_t> divisor;
};

/// The same value everywhere.
struct Fill {
  float value = 0.0F;
};

struct Initializer {
  std::string name;
  std::vector<std::int64_t> dims;
  std::variant<Trained, Fill, std::vector<float>, std::vector<std::int64_t>> values;

  [[nodiscard]] bool is_trained() const { return std::holds_alternative<Trained>(values); }
  [[nodiscard]] std::int64_t elements() const {
    std::int64_t count = 1;
    for (const auto dim : dims) count *= dim;
    return count;
  }
  [[nodiscard]] std::uint64_t bytes() const {
    const bool is_integer = std::holds_alternative<std::vector<std::int64_t>>(values);
    return static_cast<std::uint64_t>(elements()) * (is_integer ? 8 : 4);
  }
};

struct Graph {
  std::string name;
  std::vector<Node> nodes;
  std::vector<Initializer> initializers;
  std::vector<TensorId> inputs;  // of the Net
  std::vector<TensorId> outputs;
  std::vector<TensorId> inner;  // made and read inside
};

}  // namespace ns::onnx_writer
