/// The functions that the gates of recurrent layers apply (https://onnx.ai/onnx/operators/onnx__LSTM.html).
#pragma once

#include "core/error.hpp"
#include "runtime/interpreter/operators.hpp"

#include <cstddef>
#include <vector>

namespace ns {

class Gate {
 public:
  [[nodiscard]] double operator()(double x) const { return apply_(x, alpha_, beta_); }

  /// As many per direction as the node's operator has by default; bad_input for a name that is none.
  static Result<std::vector<Gate>> all_of(const OperatorCall& call, std::size_t directions);

 private:
  double (*apply_)(double x, double alpha, double beta) = nullptr;
  double alpha_ = 0.0;
  double beta_ = 0.0;
};

}  // namespace ns
