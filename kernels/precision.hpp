/// How exactly a device computes: what tells a right result from a wrong one.
#pragma once

#include "core/dtype.hpp"
#include "net/layer.hpp"
#include "net/weights.hpp"

#include <span>
#include <string_view>

namespace ns {

struct Precision {
  DType kept = DType::float32;  // what real numbers are kept as between and within layers
  bool tf32 = false;            // products of operands with ten bits of fraction

  friend bool operator==(const Precision&, const Precision&) = default;
};

/// Told by the setting `math` of a device, which fp32, tf32, fp16 and bf16 are values of.
Precision precision_of(std::string_view settings);

/// What a device that keeps `precision.kept` makes of values that it is given.
void round_to_kept(std::span<float> values, const Precision& precision);
/// Of a reference's results: those beyond the largest number that is kept, infinite.
void overflow_as_kept(std::span<float> values, const Precision& precision);

/// The largest difference, relative to the largest value, that rounding may make on inputs and weights that
/// are kept exactly, beside that of single precision. 0 for float32.
///
/// A number that is kept is off by half of its last place, the unit roundoff u: 2^-11 for float16, 2^-8 for
/// bfloat16, and 2^-11 for what TF32 multiplies (Higham, Accuracy and Stability of Numerical
/// Algorithms, 2.2). Sums are made in float32, so that u counts once for each time that a value is kept on
/// its way, and not for each summand. Where operands themselves are rounded, a sum of n products is off by at
/// most u * sum |a b| <= u * sqrt(n) * sqrt(sum (a b)^2) for each operand (Cauchy and Schwarz), the latter
/// being what the sum itself deviates by where signs are random.
double rounding_of(const LayerConfig& layer, const Precision& precision);

/// `weights` as they are kept.
class KeptWeights final : public Weights {
 public:
  /// Precondition: `weights` outlive it.
  KeptWeights(const Weights& weights, const Precision& precision)
      : weights_{&weights}, precision_{precision} {}
  Result<void> read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                    std::span<float> values) const override;

 private:
  const Weights* weights_;
  Precision precision_;
};

}  // namespace ns
