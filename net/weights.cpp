#include "net/weights.hpp"

#include "net/input_values.hpp"

#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace ns {
namespace {

/// SplitMix64 (Steele, Lea and Flood 2014): a counter turned into well-mixed bits.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// Mean 0, variance 1, bounded by 3.5: the sum of four uniform numbers (Irwin-Hall), which costs a hundredth
/// of a true normal and is close enough to one for weights.
float nearly_normal(std::uint64_t bits) {
  constexpr double scale = 1.7320508075688772 / 65536.0;  // sqrt(3) / 2^16
  const auto part = [&](unsigned shift) { return static_cast<double>((bits >> shift) & 0xffffU); };
  return static_cast<float>((part(0) + part(16) + part(32) + part(48) - 2.0 * 65535.0) * scale);
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t value = 0;
  for (const char letter : text) value = mix(value ^ static_cast<unsigned char>(letter));
  return value;
}

struct Distribution {
  float mean = 0.0F;
  float deviation = 1.0F;
};

/// How many products one output element sums up.
double fan_in(const Weight& weight, const LayerParams& params) {
  const auto& shape = weight.shape;
  if (const auto* product = std::get_if<Matmul>(&params)) {
    if (shape.rank() == 1) return static_cast<double>(shape[0]);
    const bool rows = product->with_first ? product->transpose_a : !product->transpose_b;
    return static_cast<double>(shape[shape.rank() - (rows ? 2 : 1)]);
  }
  if (const auto* sums = std::get_if<Einsum>(&params)) return static_cast<double>(stored_fan_in(*sums));
  // Filters are [filters, what one output element reads...]; those of local have the position before, those
  // of a recurrent layer the direction.
  const bool third = std::holds_alternative<Local>(params) || std::holds_alternative<Rnn>(params);
  return static_cast<double>(shape.elements(third ? 2 : 1, shape.rank()));
}

constexpr std::int64_t largest_stored = 127;  // away from the middle

bool is_filters(std::string_view name) { return name == "weight" || name == "recurrence"; }

/// Of stored whole numbers that are as spread as real filters would be.
Distribution distribution_of_factors(const Weight& filters, const LayerParams& params) {
  const auto spread = static_cast<float>(largest_stored) / std::sqrt(3.0F);  // of stored numbers
  const auto unit = static_cast<float>(std::sqrt(2.0 / std::max(1.0, fan_in(filters, params)))) / spread;
  return {unit, 0.1F * unit};
}

/// Values that multiply stay around 1, values that are added around 0, filters by He et al. 2015.
Distribution distribution_of(const Weight& weight, const LayerParams& params,
                             const std::vector<TensorType>& inputs) {
  if (weight.name == "variance" || weight.name == "scale" || weight.name == "factor") return {1.0F, 0.1F};
  if (weight.name == "operand") return {1.0F, 0.1F};
  if (weight.name == "slope") return {0.25F, 0.05F};
  for (const Weight& filters : weights(params, inputs))
    if (weight.name == filters.name + "_scale") return distribution_of_factors(filters, params);
  if (!is_filters(weight.name)) return {0.0F, 0.1F};
  return {0.0F, static_cast<float>(std::sqrt(2.0 / std::max(1.0, fan_in(weight, params))))};
}

/// The smallest number, and how many there are, of filters of whole numbers or their zero points.
std::optional<std::pair<std::int64_t, std::uint64_t>> stored_range(const Weight& weight, DType dtype) {
  if (dtype != DType::int8 && dtype != DType::uint8) return std::nullopt;
  const auto middle = dtype == DType::int8 ? 0 : largest_stored + 1;
  if (is_filters(weight.name))
    return std::pair{middle - largest_stored, std::uint64_t{2 * largest_stored + 1}};
  if (weight.name.ends_with("_zero_point")) return std::pair{middle - 8, std::uint64_t{17}};
  return std::nullopt;
}

}  // namespace

Result<void> RandomWeights::read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                                 std::span<float> values) const {
  const Layer& owner = net.layers[layer];
  const auto described = weights(owner.params, net.input_types(layer));
  const auto start = mix(mix(seed_) ^ hash_of(owner.name) ^ mix(slot)) + static_cast<std::uint64_t>(first);
  const auto dtype = type_of(described[slot], net.input_types(layer)).dtype;
  if (const auto range = stored_range(described[slot], dtype)) {
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] =
          static_cast<float>(range->first + static_cast<std::int64_t>(mix(start + i) % range->second));
    return {};
  }
  if (described[slot].name == "indices" || !is_floating(dtype)) {
    const auto most = dtype == DType::boolean ? 2 : index_bound(owner.params, net.input_types(layer));
    const auto bound = static_cast<std::uint64_t>(most);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(mix(start + i) % bound);
    return {};
  }
  if (described[slot].name == "condition") {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(mix(start + i) % 2);
    return {};
  }
  const auto [mean, deviation] = distribution_of(described[slot], owner.params, net.input_types(layer));
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = mean + deviation * nearly_normal(mix(start + i));
  return {};
}

}  // namespace ns
