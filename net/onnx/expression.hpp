/// Sums of products of symbols, and how they are written: "2*seq + past - 1".
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

/// Longer expressions tell nobody anything, and a file must not make them grow without end.
inline constexpr std::size_t longest_expression = 80;

/// Factors of a product, sorted.
using Symbols = std::vector<std::string>;

/// constant + sum of coefficient x product of symbols: what additions are done in.
struct Sum {
  std::map<Symbols, std::int64_t> terms;
  std::int64_t constant = 0;
  bool overflowed = false;

  void add(std::int64_t value);
  void add(const Symbols& symbols, std::int64_t coefficient);
  void add(const Sum& other, std::int64_t factor);
  /// a x b, or anything and `overflowed`.
  std::int64_t times(std::int64_t a, std::int64_t b);
};

/// Whether a symbol must stand in brackets within a product.
bool is_sum(std::string_view symbol);

/// Whether a text can stand beside an operator as it is: it has none outside of brackets.
bool is_operand(std::string_view text);

/// The terms of a symbol that is itself a sum: those that print() wrote, and what exporters call "past + 1".
/// Nothing for what is no sum, and above longest_expression.
std::optional<Sum> parse_sum(std::string_view symbol);

/// "2*batch*(seq + 1)".
std::string print(std::int64_t factor, const Symbols& symbols);
/// "2*batch + seq - 1"; no coefficient may be the smallest number.
std::string print(const Sum& sum);

/// The dividend and divisor of "floor((seq + 1)/4)"; nothing for another symbol, and where the divisor is
/// below 2.
struct Quotient {
  Sum dividend;
  std::int64_t divisor = 1;
};
std::optional<Quotient> parse_floor(std::string_view symbol);

/// Whatever sizes the symbols stand for (at least 0), the sum is at least 0.
bool is_never_negative(const Sum& sum);

/// a / b, rounded down; b above 0.
std::int64_t floor_of(std::int64_t a, std::int64_t b);

}  // namespace ns::onnx
