/// Numbers that a model stores: slopes, bounds, factors.
#pragma once

#include "net/layers/quantisation.hpp"
#include "net/onnx/onnx.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns::onnx {

class Constants {
 public:
  virtual ~Constants() = default;

  /// The only element of a stored tensor; nothing for a tensor of several, or one whose elements are not
  /// known.
  [[nodiscard]] virtual std::optional<double> number(const std::string& name) const = 0;

  /// All real elements of a small stored tensor, likewise.
  [[nodiscard]] virtual std::optional<std::vector<double>> reals(const std::string& name) const = 0;

  /// How filters are stored that a DequantizeLinear node makes of 8-bit whole numbers, by one scale for all
  /// or one per index of `axis`; as they are where no such node makes them.
  [[nodiscard]] virtual Quantisation stored_as(const std::string& name, std::int64_t axis) const = 0;
};

/// Those of a model's file: what it holds as such, and what inference knows the value of.
class ModelConstants final : public Constants {
 public:
  /// `file` outlives it.
  explicit ModelConstants(ModelFile& file);

  [[nodiscard]] std::optional<double> number(const std::string& name) const override;
  [[nodiscard]] std::optional<std::vector<double>> reals(const std::string& name) const override;
  [[nodiscard]] Quantisation stored_as(const std::string& name, std::int64_t axis) const override;

 private:
  [[nodiscard]] const Fact* stored_fact(const std::string& name) const;
  [[nodiscard]] std::optional<Value> value(const std::string& name, std::size_t most) const;

  ModelFile& file_;
  std::unordered_map<std::string_view, const TensorData*> stored_;
  std::unordered_map<std::string_view, const Node*> dequantisers_;  // by output
};

}  // namespace ns::onnx
