#include "net/onnx/extent.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace ns::onnx {
namespace {

/// Longer expressions tell nobody anything, and a file must not make them grow without end.
constexpr std::size_t longest_expression = 80;
constexpr std::size_t most_symbols = 8;

using Symbols = std::vector<std::string>;

/// constant + sum of coefficient x product of symbols: what additions are done in.
struct Sum {
  std::map<Symbols, std::int64_t> terms;
  std::int64_t constant = 0;
  bool overflowed = false;

  void add(std::int64_t value) { overflowed |= __builtin_add_overflow(constant, value, &constant); }
  void add(const Symbols& symbols, std::int64_t coefficient) {
    if (symbols.empty()) return add(coefficient);
    auto& sum = terms[symbols];
    overflowed |= __builtin_add_overflow(sum, coefficient, &sum);
    if (sum == 0) terms.erase(symbols);
  }
  void add(const Sum& other, std::int64_t factor) {
    for (const auto& [symbols, coefficient] : other.terms) add(symbols, times(coefficient, factor));
    add(times(other.constant, factor));
    overflowed |= other.overflowed;
  }

 private:
  std::int64_t times(std::int64_t a, std::int64_t b) {
    std::int64_t product = 0;
    overflowed |= __builtin_mul_overflow(a, b, &product);
    return product;
  }
};

/// Parts between `separator`s outside of brackets and quotes; nothing where these do not match.
std::optional<std::vector<std::string_view>> split_outside(std::string_view text,
                                                           std::string_view separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') quoted = !quoted;
    if (quoted) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth < 0) return std::nullopt;
    if (depth == 0 && text.substr(i, separator.size()) == separator) {
      parts.push_back(text.substr(begin, i - begin));
      begin = i + separator.size();
      i = begin - 1;
    }
  }
  if (depth != 0 || quoted) return std::nullopt;
  parts.push_back(text.substr(begin));
  return parts;
}

bool is_sum(std::string_view symbol) {
  const auto pluses = split_outside(symbol, " + ");
  const auto minuses = split_outside(symbol, " - ");
  return pluses && minuses && (pluses->size() > 1 || minuses->size() > 1);
}

/// Adds "2*batch*seq" or "7", times `sign`. False where the text is neither.
bool add_term(Sum& sum, std::string_view text, std::int64_t sign) {
  if (const auto number = parse_integer(text)) {
    sum.add(sign * *number);
    return true;
  }
  const auto parts = split_outside(text, "*");
  if (!parts) return false;
  Symbols symbols;
  for (const auto& part : *parts) {
    if (part.empty() || part.front() == ' ' || part.back() == ' ') return false;
    if (const auto number = parse_integer(part); number && &part == &parts->front()) {
      sign *= *number;
      continue;
    }
    const bool bracketed = part.size() > 2 && part.front() == '(' && part.back() == ')';
    symbols.emplace_back(bracketed ? part.substr(1, part.size() - 2) : part);
  }
  std::ranges::sort(symbols);
  sum.add(symbols, sign);
  return true;
}

/// The terms of a symbol that is itself a sum: those that print() wrote, and what exporters call "past + 1".
std::optional<Sum> parse_sum(std::string_view symbol) {
  if (symbol.size() > longest_expression) return std::nullopt;
  const auto positives = split_outside(symbol, " + ");
  if (!positives) return std::nullopt;
  Sum sum;
  for (const auto positive : *positives) {
    const auto parts = split_outside(positive, " - ");
    if (!parts) return std::nullopt;
    for (const auto& part : *parts)
      if (!add_term(sum, part, &part == &parts->front() ? 1 : -1)) return std::nullopt;
  }
  return sum;
}

std::string print_product(std::int64_t factor, const Symbols& symbols) {
  std::string text = factor == 1 && !symbols.empty() ? "" : fmt::format("{}", factor);
  for (const auto& symbol : symbols) {
    if (!text.empty()) text += '*';
    const bool alone = factor == 1 && symbols.size() == 1;
    text += !alone && is_sum(symbol) ? '(' + symbol + ')' : symbol;
  }
  return text;
}

std::string print_sum(const Sum& sum) {
  std::string text;
  const auto append = [&](std::int64_t coefficient, const Symbols& symbols) {
    const bool negative = coefficient < 0;
    if (text.empty()) {
      text = print_product(coefficient, symbols);
    } else {
      text += negative ? " - " : " + ";
      text += print_product(negative ? -coefficient : coefficient, symbols);
    }
  };
  for (const auto& [symbols, coefficient] : sum.terms)
    if (coefficient > 0) append(coefficient, symbols);
  for (const auto& [symbols, coefficient] : sum.terms)
    if (coefficient < 0) append(coefficient, symbols);
  if (sum.constant != 0) append(sum.constant, {});
  return text;
}

std::int64_t gcd(std::int64_t a, std::int64_t b) {
  while (b != 0) a = std::exchange(b, a % b);
  return a < 0 ? -a : a;
}

/// Whether the symbol stands for a size, or for something computed that may be below 0.
bool is_size(std::string_view symbol) {
  return symbol.find(" - ") == std::string_view::npos && !symbol.starts_with("trunc(");
}

/// Whatever sizes the symbols stand for (at least 0), the sum is at least 0.
bool certainly_positive(const Sum& sum) {
  return sum.constant >= 0 && std::ranges::all_of(sum.terms, [](const auto& term) {
           return term.second > 0 && std::ranges::all_of(term.first, is_size);
         });
}

/// Sorted symbols without those of `divisor`; nothing where one of these is missing.
std::optional<Symbols> without(const Symbols& symbols, const Symbols& divisor) {
  if (!std::ranges::includes(symbols, divisor)) return std::nullopt;
  Symbols rest;
  std::ranges::set_difference(symbols, divisor, std::back_inserter(rest));
  return rest;
}

std::int64_t floor_of(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

}  // namespace

/// Builds extents from their parts; the only place that knows how an Extent keeps them.
struct ExtentAlgebra {
  static Extent product(std::int64_t factor, Symbols symbols) {
    if (symbols.empty() || factor == 0) return factor;
    if (symbols.size() > most_symbols) return {};
    std::size_t length = 0;
    for (const auto& symbol : symbols) length += symbol.size() + 1;
    if (symbols.size() > 1 && length > longest_expression) return {};
    std::ranges::sort(symbols);
    Extent extent;
    extent.factor_ = factor;
    extent.state_ = Extent::State::symbolic;
    extent.symbols_ = std::move(symbols);
    return extent;
  }

  static Sum sum_of(const Extent& extent) {
    Sum sum;
    if (extent.is_known()) {
      sum.add(extent.factor_);
      return sum;
    }
    if (extent.symbols_.size() == 1)
      if (const auto inner = parse_sum(extent.symbols_.front())) {
        sum.add(*inner, extent.factor_);
        return sum;
      }
    sum.add(extent.symbols_, extent.factor_);
    return sum;
  }

  /// One product where the sum is one, else a symbol named by it, its common factor drawn out.
  static Extent extent_of(const Sum& sum) {
    if (sum.overflowed) return {};
    if (sum.terms.empty()) return sum.constant;
    if (sum.terms.size() == 1 && sum.constant == 0)
      return product(sum.terms.begin()->second, sum.terms.begin()->first);
    auto common = gcd(sum.constant, 0);
    for (const auto& [symbols, coefficient] : sum.terms) common = gcd(common, coefficient);
    if (common <= 0) return {};  // only after overflow
    Sum primitive;
    for (const auto& [symbols, coefficient] : sum.terms) primitive.add(symbols, coefficient / common);
    primitive.add(sum.constant / common);
    auto name = print_sum(primitive);
    if (name.size() > longest_expression) return {};
    return product(common, {std::move(name)});
  }

  static Extent named(std::string_view function, const Extent& a, std::string_view between, const Extent& b) {
    const auto bracketed = [](const Extent& extent) {
      auto text = to_string(extent);
      return text.find_first_of(" /*") == std::string::npos || text.back() == ')' ? text : '(' + text + ')';
    };
    auto name = fmt::format("{}({}{}{})", function, bracketed(a), between, bracketed(b));
    if (name.size() > longest_expression) return {};
    return product(1, {std::move(name)});
  }

  /// "floor(X/4)" taken apart.
  static std::optional<std::pair<Sum, std::int64_t>> parse_floor(const Symbols& symbols) {
    if (symbols.size() != 1) return std::nullopt;
    std::string_view text = symbols.front();
    if (!text.starts_with("floor(") || text.back() != ')') return std::nullopt;
    text = text.substr(6, text.size() - 7);
    const auto slash = text.rfind('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto divisor = parse_integer(text.substr(slash + 1));
    auto dividend = text.substr(0, slash);
    if (!divisor || *divisor <= 1 || dividend.empty()) return std::nullopt;
    if (dividend.front() == '(' && dividend.back() == ')') dividend = dividend.substr(1, dividend.size() - 2);
    auto sum = parse_sum(dividend);
    if (!sum || sum->overflowed) return std::nullopt;
    return std::pair{*std::move(sum), *divisor};
  }

  /// floor(sum / divisor) with everything that divides drawn out of it, so that ways to one size have one
  /// name.
  static Extent floor_quotient(Sum sum, std::int64_t divisor) {
    Sum whole;
    Sum rest;
    for (const auto& [symbols, coefficient] : sum.terms) {
      const auto quotient = floor_of(coefficient, divisor);
      whole.add(symbols, quotient);
      rest.add(symbols, coefficient - quotient * divisor);
    }
    const auto quotient = floor_of(sum.constant, divisor);
    whole.add(quotient);
    rest.add(sum.constant - quotient * divisor);
    if (rest.terms.empty()) return extent_of(whole);
    if (rest.terms.size() == 1 && rest.terms.begin()->second == 1)
      if (auto inner = parse_floor(rest.terms.begin()->first)) {
        // floor((floor(x / a) + n) / b) = floor((x + a n) / (a b))
        std::int64_t outer = 0;
        std::int64_t shift = 0;
        if (!__builtin_mul_overflow(inner->second, divisor, &outer) &&
            !__builtin_mul_overflow(inner->second, rest.constant, &shift)) {
          inner->first.add(shift);
          return floor_quotient(inner->first, outer) + extent_of(whole);
        }
      }
    return named("floor", extent_of(rest), "/", divisor) + extent_of(whole);
  }

  static std::int64_t factor(const Extent& extent) { return extent.factor_; }
  static const Symbols& symbols(const Extent& extent) { return extent.symbols_; }

  /// The quotient where it is certainly exact.
  static std::optional<Extent> exact(const Extent& a, const Extent& b) {
    if (b.factor_ == 0 || a.factor_ % b.factor_ != 0) return std::nullopt;
    auto rest = without(a.symbols_, b.symbols_);
    if (!rest) return std::nullopt;
    return product(a.factor_ / b.factor_, *std::move(rest));
  }
};

namespace {

bool certainly_positive(const Extent& extent) { return certainly_positive(ExtentAlgebra::sum_of(extent)); }

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
  return !is_unknown() && state_ == other.state_ && factor_ == other.factor_ && symbols_ == other.symbols_;
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
  auto symbols = a.symbols_;
  symbols.insert(symbols.end(), b.symbols_.begin(), b.symbols_.end());
  return ExtentAlgebra::product(factor, std::move(symbols));
}

Extent operator/(const Extent& a, const Extent& b) {
  if (a.is_unknown() || b.is_unknown() || (b.is_known() && b.factor_ == 0)) return {};
  if (a.is_known() && b.is_known()) return b.factor_ == -1 ? Extent{0} - a : Extent{a.factor_ / b.factor_};
  if (auto exact = ExtentAlgebra::exact(a, b)) return *std::move(exact);
  if (certainly_positive(a) && certainly_positive(b)) return Extent::floor_quotient(a, b);
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
  if (certainly_positive(difference)) return a;
  if (certainly_positive(a - b)) return b;
  auto first = to_string(a);
  auto second = to_string(b);
  return first < second ? ExtentAlgebra::named("min", a, ", ", b) : ExtentAlgebra::named("min", b, ", ", a);
}

Extent Extent::larger(const Extent& a, const Extent& b) {
  const auto difference = a - b;
  if (difference.is_unknown()) return {};
  if (certainly_positive(difference)) return a;
  if (certainly_positive(b - a)) return b;
  auto first = to_string(a);
  auto second = to_string(b);
  return first < second ? ExtentAlgebra::named("max", a, ", ", b) : ExtentAlgebra::named("max", b, ", ", a);
}

std::string to_string(const Extent& extent) {
  if (extent.is_unknown()) return "?";
  return print_product(extent.factor_, extent.symbols_);
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
