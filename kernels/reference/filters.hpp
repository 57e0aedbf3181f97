/// The operands of a layer with filters as numbers that can be multiplied and added, quantised or not.
#pragma once

#include "kernels/reference/operands.hpp"
#include "net/layers/quantisation.hpp"

#include <vector>

namespace ns::reference {

class Filters {
 public:
  /// Of a layer whose stored operands are, but for `filters` where they are an input, those of
  /// filter_weights(quantisation, ...).
  Filters(const Quantisation& quantisation, const Operands& operands, const Array& filters, bool bias);

  /// The input, without its zero point; made whole where the layer is dynamic.
  [[nodiscard]] const double* input() const { return input_.empty() ? raw_input_ : input_.data(); }
  /// The filters: whole, without their zero points, where whole numbers are multiplied, else the real numbers
  /// that they stand for.
  [[nodiscard]] const double* weights() const { return weights_.empty() ? raw_weights_ : weights_.data(); }
  /// Where the sums of `filter` begin: its bias, in units of the sums.
  [[nodiscard]] double start(std::int64_t filter) const;
  /// What leaves the layer for the sum of `filter`.
  [[nodiscard]] double finished(std::int64_t filter, double sum) const;

 private:
  [[nodiscard]] double factor(std::int64_t filter) const {
    return (*factors_)[static_cast<std::size_t>(filter)];
  }

  [[nodiscard]] double bias(std::int64_t filter) const {
    return bias_ == nullptr ? 0.0 : (*bias_)[static_cast<std::size_t>(filter)];
  }

  const Quantisation& quantisation_;
  double in_scale_;
  const double* raw_input_;
  const double* raw_weights_;
  std::vector<double> input_;
  std::vector<double> weights_;
  const std::vector<double>* factors_ = nullptr;  // of the filters
  const std::vector<double>* bias_ = nullptr;
};

}  // namespace ns::reference
