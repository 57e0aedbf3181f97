#include "net/onnx/expression.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onnx {

void Sum::add(std::int64_t value) { overflowed |= __builtin_add_overflow(constant, value, &constant); }

void Sum::add(const Symbols& symbols, std::int64_t coefficient) {
  if (symbols.empty()) return add(coefficient);
  auto& sum = terms[symbols];
  overflowed |= __builtin_add_overflow(sum, coefficient, &sum);
  if (sum == 0) terms.erase(symbols);
}

void Sum::add(const Sum& other, std::int64_t factor) {
  for (const auto& [symbols, coefficient] : other.terms) add(symbols, times(coefficient, factor));
  add(times(other.constant, factor));
  overflowed |= other.overflowed;
}

std::int64_t Sum::times(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  overflowed |= __builtin_mul_overflow(a, b, &product);
  return product;
}

namespace {

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

/// Adds "2*batch*seq" or "7", times `sign`. False where the text is neither.
bool add_term(Sum& sum, std::string_view text, std::int64_t sign) {
  if (const auto number = parse_integer(text)) {
    sum.add(sum.times(sign, *number));
    return true;
  }
  const auto parts = split_outside(text, "*");
  if (!parts) return false;
  Symbols symbols;
  for (const auto& part : *parts) {
    if (part.empty() || part.front() == ' ' || part.back() == ' ') return false;
    if (const auto number = parse_integer(part); number && &part == &parts->front()) {
      sign = sum.times(sign, *number);
      continue;
    }
    const bool bracketed = part.size() > 2 && part.front() == '(' && part.back() == ')';
    symbols.emplace_back(bracketed ? part.substr(1, part.size() - 2) : part);
  }
  std::ranges::sort(symbols);
  sum.add(symbols, sign);
  return true;
}

/// Whether the symbol stands for a size, or for something computed that may be below 0.
bool is_size(std::string_view symbol) {
  return symbol.find(" - ") == std::string_view::npos && !symbol.starts_with("trunc(");
}

}  // namespace

bool is_sum(std::string_view symbol) {
  const auto pluses = split_outside(symbol, " + ");
  const auto minuses = split_outside(symbol, " - ");
  return pluses && minuses && (pluses->size() > 1 || minuses->size() > 1);
}

bool is_operand(std::string_view text) {
  for (const std::string_view sign : {" ", "*", "/"}) {
    const auto parts = split_outside(text, sign);
    if (!parts || parts->size() > 1) return false;
  }
  return true;
}

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

std::string print(std::int64_t factor, const Symbols& symbols) {
  std::string text = factor == 1 && !symbols.empty() ? "" : fmt::format("{}", factor);
  for (const auto& symbol : symbols) {
    if (!text.empty()) text += '*';
    const bool alone = factor == 1 && symbols.size() == 1;
    text += !alone && is_sum(symbol) ? '(' + symbol + ')' : symbol;
  }
  return text;
}

std::string print(const Sum& sum) {
  std::string text;
  const auto append = [&](std::int64_t coefficient, const Symbols& symbols) {
    const bool negative = coefficient < 0;
    if (text.empty()) {
      text = print(coefficient, symbols);
    } else {
      text += negative ? " - " : " + ";
      text += print(negative ? -coefficient : coefficient, symbols);
    }
  };
  for (const auto& [symbols, coefficient] : sum.terms)
    if (coefficient > 0) append(coefficient, symbols);
  for (const auto& [symbols, coefficient] : sum.terms)
    if (coefficient < 0) append(coefficient, symbols);
  if (sum.constant != 0) append(sum.constant, {});
  return text;
}

std::optional<Quotient> parse_floor(std::string_view symbol) {
  if (!symbol.starts_with("floor(") || symbol.back() != ')') return std::nullopt;
  symbol = symbol.substr(6, symbol.size() - 7);
  const auto slash = symbol.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto divisor = parse_integer(symbol.substr(slash + 1));
  auto dividend = symbol.substr(0, slash);
  if (!divisor || *divisor <= 1 || dividend.empty()) return std::nullopt;
  if (dividend.front() == '(' && dividend.back() == ')') dividend = dividend.substr(1, dividend.size() - 2);
  auto sum = parse_sum(dividend);
  if (!sum || sum->overflowed) return std::nullopt;
  return Quotient{*std::move(sum), *divisor};
}

bool is_never_negative(const Sum& sum) {
  return sum.constant >= 0 && std::ranges::all_of(sum.terms, [](const auto& term) {
           return term.second > 0 && std::ranges::all_of(term.first, is_size);
         });
}

std::int64_t floor_of(std::int64_t a, std::int64_t b) {
  return a / b - ((a % b != 0 && (a < 0) != (b < 0)) ? 1 : 0);
}

}  // namespace ns::onnx
