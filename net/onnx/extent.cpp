#include "net/onnx/extent.hpp"

#include "core/text.hpp"
#include "net/onnx/expression.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace ns::onnx {
namespace {

constexpr std::size_t most_symbols = 8;
constexpr auto smallest = std::numeric_limits<std::int64_t>::min();

std::int64_t gcd(std::int64_t a, std::int64_t b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a < 0 ? -a : a;
}

/// Sorted symbols without those of `divisor`; nothing where one of these is missing.
std::optional<Symbols> without(const Symbols& symbols, const Symbols& divisor) {
  if (!std::ranges::includes(symbols, divisor)) return std::nullopt;
  Symbols rest;
  std::ranges::set_difference(symbols, divisor, std::back_inserter(rest));
  return rest;
}

/// a - b * floor(a / b); b above 0.
std::int64_t rest_of(std::int64_t a, std::int64_t b) {
  const auto rest = a % b;
  return rest < 0 ? rest + b : rest;
}

std::optional<Quotient> floor_in(const Symbols& symbols) {
  return symbols.size() == 1 ? parse_floor(symbols.front()) : std::nullopt;
}

}  // namespace

/// Builds extents from their parts; the only place that knows how an Extent keeps them.
struct ExtentAlgebra {
  static Extent product(std::int64_t factor, Symbols symbols) {
    if (symbols.empty() || factor == 0) return factor;
    if (factor == smallest) return {};
    if (symbols.size() > most_symbols) return {};
    std::size_t length = 0;
    for (const auto& symbol : symbols) length += symbol.size() + 1;
    if (symbols.size() > 1 && length > longest_expression) return {};
    std::ranges::sort(symbols);
    Extent extent;
    extent.factor_ = factor;
    extent.symbols_ = std::make_shared<const Symbols>(std::move(symbols));
    return extent;
  }

  static Sum sum_of(const Extent& extent) {
    Sum sum;
    if (extent.is_known()) {
      sum.add(extent.factor_);
      return sum;
    }
    if (extent.symbols_->size() == 1)
      if (const auto inner = parse_sum(extent.symbols_->front())) {
        sum.add(*inner, extent.factor_);
        return sum;
      }
    sum.add(*extent.symbols_, extent.factor_);
    return sum;
  }

  /// One product where the sum is one, else a symbol named by it, its common factor drawn out.
  static Extent extent_of(const Sum& sum) {
    if (sum.overflowed || sum.constant == smallest) return {};
    if (sum.terms.empty()) return sum.constant;
    if (sum.terms.size() == 1 && sum.constant == 0)
      return product(sum.terms.begin()->second, sum.terms.begin()->first);
    auto common = gcd(sum.constant, 0);
    for (const auto& [symbols, coefficient] : sum.terms) {
      if (coefficient == smallest) return {};  // it has no opposite
      common = gcd(common, coefficient);
    }
    Sum primitive;
    for (const auto& [symbols, coefficient] : sum.terms) primitive.add(symbols, coefficient / common);
    primitive.add(sum.constant / common);
    auto name = print(primitive);
    if (name.size() > longest_expression) return {};
    return product(common, {std::move(name)});
  }

  static Extent named(std::string_view function, const Extent& a, std::string_view between, const Extent& b) {
    const auto bracketed = [](const Extent& extent) {
      auto text = to_string(extent);
      return is_operand(text) ? text : '(' + text + ')';
    };
    auto name = fmt::format("{}({}{}{})", function, bracketed(a), between, bracketed(b));
    if (name.size() > longest_expression) return {};
    return product(1, {std::move(name)});
  }

  /// floor(sum / divisor) with everything that divides drawn out of it, so that ways to one size have one
  /// name.
  static Extent floor_quotient(Sum sum, std::int64_t divisor) {
    if (sum.overflowed) return {};
    Sum whole;
    Sum rest;
    for (const auto& [symbols, coefficient] : sum.terms) {
      whole.add(symbols, floor_of(coefficient, divisor));
      if (const auto left = rest_of(coefficient, divisor); left != 0) rest.add(symbols, left);
    }
    whole.add(floor_of(sum.constant, divisor));
    rest.add(rest_of(sum.constant, divisor));
    if (rest.terms.empty()) return extent_of(whole);
    if (rest.terms.size() == 1 && rest.terms.begin()->second == 1)
      if (auto inner = floor_in(rest.terms.begin()->first)) {
        // floor((floor(x / a) + n) / b) = floor((x + a n) / (a b))
        std::int64_t outer = 0;
        std::int64_t shift = 0;
        if (!__builtin_mul_overflow(inner->divisor, divisor, &outer) &&
            !__builtin_mul_overflow(inner->divisor, rest.constant, &shift)) {
          inner->dividend.add(shift);
          return floor_quotient(inner->dividend, outer) + extent_of(whole);
        }
      }
    return named("floor", extent_of(rest), "/", divisor) + extent_of(whole);
  }

  static const Symbols& symbols(const Extent& extent) {
    static const Symbols none;
    return extent.symbols_ ? *extent.symbols_ : none;
  }

  /// The quotient where it is certainly exact.
  static std::optional<Extent> exact(const Extent& a, const Extent& b) {
    if (b.factor_ == 0 || (a.factor_ == smallest && b.factor_ == -1) || a.factor_ % b.factor_ != 0)
      return std::nullopt;
    auto rest = without(symbols(a), symbols(b));
    if (!rest) return std::nullopt;
    return product(a.factor_ / b.factor_, *std::move(rest));
  }
};

namespace {

bool is_never_negative(const Extent& extent) { return is_never_negative(ExtentAlgebra::sum_of(extent)); }

}  // namespace

Extent Extent::symbol(std::string name) {
  // What looks like a number, or like an expression that is none, would be taken for another when it is read
  // back.
  const auto sum = parse_sum(name);
  if (name.size() <= longest_expression && (!sum || sum->terms.empty())) {
    std::erase(name, '\'');
    name = fmt::format("'{}'", name);
  }
  return ExtentAlgebra::product(1, {std::move(name)});
}

std::optional<std::int64_t> Extent::number() const {
  return is_known() ? std::optional{factor_} : std::nullopt;
}

bool Extent::same_as(const Extent& other) const {
  if (is_unknown() || other.is_unknown() || factor_ != other.factor_) return false;
  return symbols_ == other.symbols_ || (symbols_ && other.symbols_ && *symbols_ == *other.symbols_);
}

Extent operator+(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown()) return {};
  if (a.is_known() && b.is_known()) {
    std::int64_t sum = 0;
    return __builtin_add_overflow(a.factor_, b.factor_, &sum) ? Extent{} : Extent{sum};
  }
  auto sum = ExtentAlgebra::sum_of(a);
  sum.add(ExtentAlgebra::sum_of(b), 1);
  return ExtentAlgebra::extent_of(sum);
}

Extent operator-(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown()) return {};
  if (a.is_known() && b.is_known()) {
    std::int64_t difference = 0;
    return __builtin_sub_overflow(a.factor_, b.factor_, &difference) ? Extent{} : Extent{difference};
  }
  auto sum = ExtentAlgebra::sum_of(a);
  sum.add(ExtentAlgebra::sum_of(b), -1);
  return ExtentAlgebra::extent_of(sum);
}

Extent operator*(const Extent& a, const Extent& b) {
  if ((a.is_known() && a.factor_ == 0) || (b.is_known() && b.factor_ == 0)) return 0;
  if (a.is_unknown() || b.is_unknown()) return {};
  std::int64_t factor = 0;
  if (__builtin_mul_overflow(a.factor_, b.factor_, &factor)) return {};
  if (a.is_known() && b.is_known()) return factor;
  auto symbols = ExtentAlgebra::symbols(a);
  const auto& more = ExtentAlgebra::symbols(b);
  symbols.insert(symbols.end(), more.begin(), more.end());
  return ExtentAlgebra::product(factor, std::move(symbols));
}

Extent operator/(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown() || (b.is_known() && b.factor_ == 0)) return {};
  if (a.is_known() && b.is_known()) return b.factor_ == -1 ? Extent{0} - a : Extent{a.factor_ / b.factor_};
  if (auto exact = ExtentAlgebra::exact(a, b)) return *std::move(exact);
  if (is_never_negative(a) && is_never_negative(b)) return Extent::floor_quotient(a, b);
  return ExtentAlgebra::named("trunc", a, "/", b);
}

std::optional<Extent> Extent::quotient(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown() || (b.is_known() && b.factor_ == 0)) return Extent{};
  if (auto exact = ExtentAlgebra::exact(a, b)) return exact;
  if (a.is_known() && b.is_known()) return std::nullopt;
  return Extent{};
}

Extent Extent::floor_quotient(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown() || (b.is_known() && b.factor_ == 0)) return {};
  if (a.is_known() && b.is_known())
    return b.factor_ == -1 ? Extent{0} - a : Extent{floor_of(a.factor_, b.factor_)};
  if (auto exact = ExtentAlgebra::exact(a, b)) return *std::move(exact);
  if (b.is_known() && b.factor_ > 0)
    return ExtentAlgebra::floor_quotient(ExtentAlgebra::sum_of(a), b.factor_);
  return ExtentAlgebra::named("floor", a, "/", b);
}

Extent Extent::ceil_quotient(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown() || (b.is_known() && b.factor_ == 0)) return {};
  if (a.is_known() && b.is_known() && b.factor_ != -1)
    return a.factor_ / b.factor_ +
           ((a.factor_ % b.factor_ != 0 && (a.factor_ < 0) == (b.factor_ < 0)) ? 1 : 0);
  if (b.is_known() && b.factor_ > 0) return floor_quotient(a + (b - 1), b);
  if (auto exact = ExtentAlgebra::exact(a, b)) return *std::move(exact);
  return ExtentAlgebra::named("ceil", a, "/", b);
}

Extent Extent::smaller(const Extent& a, const Extent& b) {
  const auto difference = b - a;
  if (difference.is_unknown()) return {};
  if (is_never_negative(difference)) return a;
  if (is_never_negative(a - b)) return b;
  auto first = to_string(a);
  auto second = to_string(b);
  return first < second ? ExtentAlgebra::named("min", a, ", ", b) : ExtentAlgebra::named("min", b, ", ", a);
}

Extent Extent::larger(const Extent& a, const Extent& b) {
  const auto difference = a - b;
  if (difference.is_unknown()) return {};
  if (is_never_negative(difference)) return a;
  if (is_never_negative(b - a)) return b;
  auto first = to_string(a);
  auto second = to_string(b);
  return first < second ? ExtentAlgebra::named("max", a, ", ", b) : ExtentAlgebra::named("max", b, ", ", a);
}

std::string to_string(const Extent& extent) {
  if (extent.is_unknown()) return "?";
  return print(extent.factor_, ExtentAlgebra::symbols(extent));
}

std::string to_string(const Dims& dims) {
  if (dims.empty()) return "scalar";
  std::string text;
  for (const auto& extent : dims) {
    if (!text.empty()) text += 'x';
    text += to_string(extent);
  }
  return text;
}

Extent elements(const Dims& dims) {
  // A zero anywhere wins over an unknown before it.
  if (std::ranges::any_of(dims,
                          [](const Extent& extent) { return extent.is_known() && extent.value() == 0; }))
    return 0;
  Extent product = 1;
  for (const auto& extent : dims) product = product * extent;
  return product;
}

bool all_known(const Dims& dims) {
  return std::ranges::all_of(dims, [](const Extent& extent) { return extent.is_known(); });
}

namespace {

/// One axis of a broadcast. An extent that is not known must be 1 or fit, whatever it is.
std::optional<Extent> broadcast(const Extent& a, const Extent& b) {
  const auto is_one = [](const Extent& extent) { return extent.is_known() && extent.value() == 1; };
  if (is_one(a) || a.same_as(b)) return b;
  if (is_one(b)) return a;
  if (a.is_known() && b.is_known()) return std::nullopt;
  if (a.is_known()) return a;
  if (b.is_known()) return b;
  return Extent{};
}

}  // namespace

std::optional<Dims> broadcast(const Dims& a, const Dims& b) {
  const auto& longer = a.size() >= b.size() ? a : b;
  const auto& shorter = a.size() >= b.size() ? b : a;
  Dims result = longer;
  const auto offset = longer.size() - shorter.size();
  for (std::size_t i = 0; i < shorter.size(); ++i) {
    auto extent = broadcast(longer[offset + i], shorter[i]);
    if (!extent) return std::nullopt;
    result[offset + i] = *std::move(extent);
  }
  return result;
}

}  // namespace ns::onnx
