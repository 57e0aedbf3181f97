/// A node as layers are made of it: its attributes, and what is known of all that it reads and makes.
#pragma once

#include "net/layers/signature.hpp"
#include "net/onnx/mapping/constants.hpp"
#include "net/onnx/node_view.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace ns::onnx {

struct MappedNode {
  NodeView view;
  const Constants& constants;
  std::vector<TensorType> inputs;   // activations that it reads, in order; what is stored is none
  std::vector<TensorType> outputs;  // those that somebody reads
  std::vector<bool> made;           // by the node's outputs: whether somebody reads it

  /// Whether input `i` is there and known before anything runs.
  [[nodiscard]] bool stores(std::size_t i) const { return view.has(i) && view.in(i).constant; }
  /// Whether input `i` is there and an activation.
  [[nodiscard]] bool reads(std::size_t i) const { return view.has(i) && !view.in(i).constant; }
  /// The only element of a stored input.
  [[nodiscard]] std::optional<double> number(std::size_t i) const {
    return stores(i) ? constants.number(view.node().inputs[i]) : std::nullopt;
  }
  /// All integer elements of input `i`, if they are known.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::size_t i) const {
    return numbers_of(view.in(i));
  }
  /// What newer opsets take as input `i` and older ones as an attribute; nothing if it is not known, an empty
  /// list if it is not there.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view attribute,
                                                                  std::size_t i) const;
  /// Extents of input `i`, if all are known.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> extents(std::size_t i) const;
  /// An axis attribute, counted from the front of the first activation; nothing where it is none of its axes.
  [[nodiscard]] std::optional<std::int64_t> axis(std::int64_t otherwise) const;
};

}  // namespace ns::onnx
