#include "net/onnx/rules/arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace ns::onnx {
namespace {

/// Doubles hold every integer up to here.
constexpr double max_whole = 9007199254740992.0;

/// Digits of a floating type's significand; 0 where values are not rounded to it here.
int significand_bits(DType dtype) {
  switch (dtype) {
    case DType::float64:
      return std::numeric_limits<double>::digits;
    case DType::float32:
      return std::numeric_limits<float>::digits;
    case DType::float16:
      return 11;
    case DType::bfloat16:
      return 8;
    default:
      return 0;
  }
}

double rounded(double value, int bits) {
  if (!std::isfinite(value)) return value;
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  return std::ldexp(std::nearbyint(std::ldexp(fraction, bits)), exponent - bits);
}

/// Nothing where the number is no integer of 64 bits.
Extent truncated(double value) {
  if (!(std::abs(value) <= max_whole)) return {};
  return static_cast<std::int64_t>(std::trunc(value));
}

Extent whole(double value) { return std::trunc(value) == value ? truncated(value) : Extent{}; }

/// Known numbers that the type cannot hold are unknown: how they wrap is nobody's business here.
Extent fitted(Extent extent, DType dtype) {
  const auto number = extent.number();
  if (!number) return extent;
  const auto bits = dtype == DType::boolean ? 1 : element_bits(dtype);
  const bool is_signed = to_string(dtype).front() == 'i';
  constexpr std::int64_t longest = 63;
  const auto digits = std::min(longest, is_signed ? bits - 1 : bits);
  const auto most =
      digits == longest ? std::numeric_limits<std::int64_t>::max() : (std::int64_t{1} << digits) - 1;
  const auto least = is_signed ? -most - 1 : 0;
  return *number < least || *number > most ? Extent{} : extent;
}

}  // namespace

bool is_integer(DType dtype) {
  const auto name = to_string(dtype);
  return name.substr(0, 3) == "int" || name.substr(0, 4) == "uint";
}

std::optional<std::size_t> small_count(const Dims& dims) {
  const auto count = elements(dims).number();
  if (!count || *count < 0 || *count > static_cast<std::int64_t>(max_value_elements) || !all_known(dims))
    return std::nullopt;
  return static_cast<std::size_t>(*count);
}

std::vector<std::size_t> sources(const Dims& operand, const Dims& dims) {
  const auto count = small_count(dims).value_or(0);
  std::vector<std::size_t> found(count, 0);
  const auto lead = dims.size() - operand.size();
  std::size_t stride = 1;    // of the axis in the operand
  std::size_t repeated = 1;  // elements of `dims` for one step along the axis
  for (std::size_t axis = dims.size(); axis-- > lead;) {
    const auto extent = static_cast<std::size_t>(operand[axis - lead].value());
    const auto steps = static_cast<std::size_t>(dims[axis].value());
    if (extent > 1)
      for (std::size_t i = 0; i < count; ++i) found[i] += i / repeated % steps * stride;
    stride *= extent;
    repeated *= steps;
  }
  return found;
}

std::optional<std::vector<Extent>> wholes_of(const Fact& fact) {
  if (const auto* extents = extents_of(fact)) return *extents;
  const auto* reals = reals_of(fact);
  if (reals == nullptr) return std::nullopt;
  std::vector<Extent> elements(reals->size());
  std::ranges::transform(*reals, elements.begin(), whole);
  return elements;
}

ValuePtr value_of(std::vector<Extent> elements, DType dtype) {
  if (is_floating(dtype) && std::ranges::all_of(elements, &Extent::is_known)) {
    std::vector<double> reals(elements.size());
    std::ranges::transform(elements, reals.begin(),
                           [](const Extent& each) { return static_cast<double>(each.value()); });
    return value_of(std::move(reals), dtype);
  }
  if (!is_floating(dtype))
    for (auto& each : elements) each = fitted(std::move(each), dtype);
  if (!elements.empty() && std::ranges::all_of(elements, &Extent::is_unknown)) return nullptr;
  return std::make_shared<const Value>(std::move(elements));
}

ValuePtr value_of(std::vector<double> elements, DType dtype) {
  if (!is_floating(dtype)) {
    std::vector<Extent> extents(elements.size());
    std::ranges::transform(elements, extents.begin(), truncated);
    return value_of(std::move(extents), dtype);
  }
  const auto bits = significand_bits(dtype);
  if (bits == 0) return nullptr;
  for (auto& each : elements) each = rounded(each, bits);
  return std::make_shared<const Value>(std::move(elements));
}

ValuePtr map(const UnaryFunction& f, const Fact& a, DType dtype) {
  if (!a.value || !a.dtype) return nullptr;
  if (const auto* reals = reals_of(a)) {
    if (f.reals == nullptr) return nullptr;
    std::vector<double> results(reals->size());
    std::ranges::transform(*reals, results.begin(), f.reals);
    return value_of(std::move(results), dtype);
  }
  const auto* extents = extents_of(a);
  const auto function = is_floating(*a.dtype) ? f.whole : f.integers;
  if (extents == nullptr || function == nullptr) return nullptr;
  std::vector<Extent> results(extents->size());
  std::ranges::transform(*extents, results.begin(), function);
  return value_of(std::move(results), dtype);
}

ValuePtr combine(const BinaryFunction& f, const Fact& a, const Fact& b, const Dims& dims, DType dtype) {
  const auto count = small_count(dims);
  if (!count || !a.value || !b.value || !a.dtype || !b.dtype) return nullptr;
  const auto from_a = sources(*a.dims, dims);
  const auto from_b = sources(*b.dims, dims);
  const auto* reals_a = reals_of(a);
  const auto* reals_b = reals_of(b);
  if (reals_a != nullptr && reals_b != nullptr) {
    if (f.reals == nullptr) return nullptr;
    std::vector<double> results(*count);
    for (std::size_t i = 0; i < *count; ++i)
      results[i] = f.reals((*reals_a)[from_a[i]], (*reals_b)[from_b[i]]);
    return value_of(std::move(results), dtype);
  }
  const auto function = is_floating(*a.dtype) || is_floating(*b.dtype) ? f.whole : f.integers;
  const auto wholes_a = wholes_of(a);
  const auto wholes_b = wholes_of(b);
  if (!wholes_a || !wholes_b || function == nullptr) return nullptr;
  std::vector<Extent> results(*count);
  for (std::size_t i = 0; i < *count; ++i)
    results[i] = function((*wholes_a)[from_a[i]], (*wholes_b)[from_b[i]]);
  return value_of(std::move(results), dtype);
}

namespace {

/// Both sides are real; the condition is known everywhere.
ValuePtr select_reals(const std::vector<Extent>& condition, const Fact& a, const Fact& b, const Dims& dims,
                      const std::vector<std::size_t>& from_condition, DType dtype) {
  const auto from_a = sources(*a.dims, dims);
  const auto from_b = sources(*b.dims, dims);
  std::vector<double> results(from_a.size());
  for (std::size_t i = 0; i < results.size(); ++i)
    results[i] =
        condition[from_condition[i]].value() != 0 ? (*reals_of(a))[from_a[i]] : (*reals_of(b))[from_b[i]];
  return value_of(std::move(results), dtype);
}

}  // namespace

ValuePtr select(const Fact& condition, const Fact& a, const Fact& b, const Dims& dims, DType dtype) {
  const auto count = small_count(dims);
  const auto* tests = extents_of(condition);
  if (!count || tests == nullptr) return nullptr;
  const auto from_condition = sources(*condition.dims, dims);
  if (reals_of(a) != nullptr && reals_of(b) != nullptr && std::ranges::all_of(*tests, &Extent::is_known))
    return select_reals(*tests, a, b, dims, from_condition, dtype);
  // One side may be unknown as a whole: then only the other side's elements are known.
  const std::vector<Extent> nothing(*count);
  const auto wholes_a = wholes_of(a);
  const auto wholes_b = wholes_of(b);
  const auto from_a = wholes_a ? sources(*a.dims, dims) : std::vector<std::size_t>(*count, 0);
  const auto from_b = wholes_b ? sources(*b.dims, dims) : std::vector<std::size_t>(*count, 0);
  std::vector<Extent> results(*count);
  for (std::size_t i = 0; i < *count; ++i) {
    const auto& test = (*tests)[from_condition[i]];
    const auto& then = wholes_a ? (*wholes_a)[from_a[i]] : nothing[i];
    const auto& otherwise = wholes_b ? (*wholes_b)[from_b[i]] : nothing[i];
    if (test.is_known())
      results[i] = test.value() != 0 ? then : otherwise;
    else if (then.same_as(otherwise))
      results[i] = then;
  }
  return value_of(std::move(results), dtype);
}

ValuePtr cast(const Fact& a, DType dtype) {
  if (!a.value || dtype == DType::string || (a.dtype && *a.dtype == DType::string)) return nullptr;
  if (const auto* reals = reals_of(a)) {
    if (dtype != DType::boolean) return value_of(*reals, dtype);
    std::vector<Extent> results(reals->size());
    std::ranges::transform(*reals, results.begin(), [](double each) { return Extent{each != 0.0 ? 1 : 0}; });
    return value_of(std::move(results), dtype);
  }
  const auto* extents = extents_of(a);
  if (extents == nullptr) return nullptr;
  auto results = *extents;
  if (dtype == DType::boolean)
    for (auto& each : results) each = each.is_known() ? Extent{each.value() != 0 ? 1 : 0} : Extent{};
  return value_of(std::move(results), dtype);
}

bool is_size(const Extent& extent) {
  if (const auto number = extent.number()) return *number >= 0;
  return extent.is_symbolic() && to_string(extent).find('-') == std::string::npos;
}

std::optional<bool> less(const Extent& a, const Extent& b) {
  if (a.is_known() && b.is_known()) return a.value() < b.value();
  if (a.same_as(b)) return false;
  if (a.is_known() && a.value() < 0 && is_size(b)) return true;
  if (b.is_known() && b.value() <= 0 && is_size(a)) return false;
  return std::nullopt;
}

std::optional<bool> equal(const Extent& a, const Extent& b) {
  if (a.is_known() && b.is_known()) return a.value() == b.value();
  if (a.same_as(b)) return true;
  if ((a.is_known() && a.value() < 0 && is_size(b)) || (b.is_known() && b.value() < 0 && is_size(a)))
    return false;
  return std::nullopt;
}

}  // namespace ns::onnx
