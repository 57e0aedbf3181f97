/// Numbers that a model stores: slopes, bounds, factors.
#pragma once

#include "net/onnx/onnx.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns::onnx {

class Constants {
 public:
  /// `file` outlives it.
  explicit Constants(ModelFile& file);

  /// The only element of a stored tensor; nothing for a tensor of several, one that is computed, or one whose
  /// elements the file lacks.
  [[nodiscard]] std::optional<double> number(const std::string& name) const;

  /// All real elements of a small stored tensor, likewise.
  [[nodiscard]] std::optional<std::vector<double>> reals(const std::string& name) const;

 private:
  [[nodiscard]] std::optional<Value> value(const std::string& name, std::size_t most) const;

  ModelFile& file_;
  std::unordered_map<std::string_view, const TensorData*> stored_;
};

}  // namespace ns::onnx
