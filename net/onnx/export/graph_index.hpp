/// Who makes and who reads the tensors of a flat graph.
#pragma once

#include "net/onnx/model.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns::onnx {

class GraphIndex {
 public:
  /// `graph` outlives it.
  explicit GraphIndex(const Graph& graph);

  enum class Maker : std::uint8_t { nobody, input, initializer, node };
  struct Origin {
    Maker maker = Maker::nobody;
    std::size_t index = 0;  // in the graph's inputs, initializers or nodes
  };

  [[nodiscard]] Origin origin(std::string_view tensor) const;
  /// The node that makes the tensor, if one does.
  [[nodiscard]] std::optional<std::size_t> node_of(std::string_view tensor) const;

  /// What a node and the graphs inside it read of the graph; nothing that is left out.
  [[nodiscard]] const std::vector<std::string_view>& reads(std::size_t node) const { return reads_[node]; }
  /// The same without what it takes nothing of but the element type.
  [[nodiscard]] std::vector<std::string_view> needs(std::size_t node) const;

 private:
  const Graph& graph_;
  std::unordered_map<std::string_view, Origin> origins_;
  std::vector<std::vector<std::string_view>> reads_;
};

}  // namespace ns::onnx
