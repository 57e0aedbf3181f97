/// Numbers that a model stores: slopes, bounds, factors.
#pragma once

#include "net/onnx/onnx.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace ns::onnx {

class Constants {
 public:
  /// `file` outlives it.
  explicit Constants(ModelFile& file);

  /// The only element of a stored tensor; nothing for a tensor of several, one that is computed, or one whose
  /// elements the file lacks.
  [[nodiscard]] std::optional<double> number(const std::string& name) const;

 private:
  ModelFile& file_;
  std::unordered_map<std::string_view, const TensorData*> stored_;
};

}  // namespace ns::onnx
