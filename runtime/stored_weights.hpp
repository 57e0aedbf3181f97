/// The weights of an ONNX model's layers, out of its file or computed from what it holds.
#pragma once

#include "net/net.hpp"
#include "net/onnx/mapping/weight_sources.hpp"
#include "net/weights.hpp"
#include "runtime/interpreter/constant_parts.hpp"
#include "runtime/interpreter/interpreter.hpp"

#include <string_view>
#include <unordered_map>

namespace ns {

/// Values are read from the file, or computed, when they are asked for, and no more of them than that where
/// they can be had in parts. Errors name the node.
class StoredWeights final : public Weights {
 public:
  /// Both outlive it; `interpreter` is of `file`.
  StoredWeights(const onnx::ModelFile& file, Interpreter& interpreter);

  /// `net` is onnx::net_of(file): its layers are named like the nodes.
  Result<void> read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                    std::span<float> values) const override;

 private:
  /// Elements of a weight of `shape`, whose tensor holds as many or one for all, times its factors.
  Result<void> read_weight(const onnx::WeightSource& source, const Shape& shape, std::int64_t first,
                           std::span<float> values) const;
  /// Without these.
  Result<void> read_shaped(const onnx::WeightSource& source, const Shape& shape, std::int64_t first,
                           std::span<float> values) const;

  const Interpreter& interpreter_;
  mutable ConstantParts constants_;  // keeps what it may have to read again
  const onnx::Inferred& inferred_;
  std::unordered_map<std::string_view, const onnx::Node*> nodes_;  // by name
};

}  // namespace ns
