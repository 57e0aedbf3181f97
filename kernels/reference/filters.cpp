#include "kernels/reference/filters.hpp"

#include "core/array.hpp"

#include <cmath>

namespace ns::reference {

Filters::Filters(const Quantisation& quantisation, const Operands& operands, const Array& filters, bool bias)
    : quantisation_{quantisation},
      in_scale_{quantisation.in.scale},
      raw_input_{operands.input().values.data()},
      raw_weights_{filters.values.data()} {
  if (quantisation.has_factors()) factors_ = &operands.weights[1].values;
  if (bias) bias_ = &operands.weights.back().values;
  if (quantisation.dynamic) {
    input_ = operands.input().values;
    in_scale_ = make_whole(input_).scale;
  } else if (quantisation.in.zero_point != 0) {
    input_ = operands.input().values;
    for (double& value : input_) value -= static_cast<double>(quantisation.in.zero_point);
  }
  if (!quantisation.has_factors()) return;
  const auto middle = static_cast<double>(quantisation.middle());
  const bool is_stored_as_used =
      quantisation.is_integer() && !quantisation.filter_zero_points && middle == 0.0;
  if (is_stored_as_used) return;
  weights_ = filters.values;
  const auto per_filter = weights_.size() / factors_->size();
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const auto filter = i / per_filter;
    weights_[i] -= quantisation.filter_zero_points ? operands.weights[2].values[filter] : middle;
    if (!quantisation.is_integer()) weights_[i] *= (*factors_)[filter];
  }
}

double Filters::start(std::int64_t filter) const {
  const double bias = this->bias(filter);
  if (quantisation_.dynamic) return 0.0;
  return quantisation_.rounds_bias() ? std::nearbyint(bias / (in_scale_ * factor(filter))) : bias;
}

double Filters::finished(std::int64_t filter, double sum) const {
  if (!quantisation_.is_integer()) return sum;
  const double unit = in_scale_ * factor(filter);
  if (quantisation_.dynamic) return sum * unit + bias(filter);
  if (!quantisation_.out) return sum * unit;
  const double scaled = std::nearbyint(sum * (unit / quantisation_.out.scale));
  return saturated(quantisation_.out_dtype, scaled + static_cast<double>(quantisation_.out.zero_point));
}

}  // namespace ns::reference
