/// Sizes of a model's free dimensions: what the user says, what the file declares, and 1 for batches.
#pragma once

#include "net/onnx/infer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace ns::onnx {

class Sizes {
 public:
  /// Binds every free dimension of the graph's inputs. A declared 0 is a free dimension too where
  /// `zero_is_free`: exporters write it for "any". Appends to `warnings` what was assumed, with the flag that
  /// says otherwise.
  static Result<Sizes> bind(const Graph& graph, const Bindings& bindings, bool zero_is_free,
                            std::vector<std::string>& warnings);

  /// What is known of the graph's input `i` before anything runs.
  [[nodiscard]] const Fact& input(std::size_t i) const { return inputs_[i]; }

  /// What the file declares of another value. A symbol that no input has is unknown.
  [[nodiscard]] Fact declared(const DeclaredType& type) const;

 private:
  std::unordered_map<std::string, Extent> symbols_;
  std::vector<Fact> inputs_;
  bool zero_is_free_ = false;
};

}  // namespace ns::onnx
