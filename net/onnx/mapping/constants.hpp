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

  /// Whether all elements of a stored tensor are `value`; nothing where they are not known. More than 2^16
  /// are not looked at and count as different.
  [[nodiscard]] virtual std::optional<bool> all_are(const std::string& name, double value) const = 0;

  /// How filters are stored that a DequantizeLinear node makes of 8-bit whole numbers, by one scale for all
  /// or one per index of `axis`; as they are where no such node makes them.
  [[nodiscard]] virtual Quantisation stored_as(const std::string& name, std::int64_t axis) const = 0;
};

/// Of filters stored as `dtype`, by the zero points in tensor `points` ("": none): nothing where no layer
/// stores them so.
std::optional<Quantisation> filters_around(const Constants& constants, DType dtype,
                                           const std::string& points);

/// Those of a model's file: what it holds as such, and what inference knows the value of.
class ModelConstants final : public Constants {
 public:
  /// `file` outlives it.
  explicit ModelConstants(ModelFile& file);

  [[nodiscard]] std::optional<double> number(const std::string& name) const override;
  [[nodiscard]] std::optional<std::vector<double>> reals(const std::string& name) const override;
  [[nodiscard]] std::optional<bool> all_are(const std::string& name, double value) const override;
  [[nodiscard]] Quantisation stored_as(const std::string& name, std::int64_t axis) const override;

 private:
  [[nodiscard]] const Fact* stored_fact(const std::string& name) const;
  [[nodiscard]] std::optional<Value> value(const std::string& name, std::size_t most) const;

  ModelFile& file_;
  std::unordered_map<std::string_view, const TensorData*> stored_;
  std::unordered_map<std::string_view, const Node*> dequantisers_;  // by output
};

}  // namespace ns::onnx
