/// One extent of a shape, or one integer that shapes are computed from: a number, a free symbol's expression,
/// or unknown.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ns::onnx {

/// A product factor x symbol x symbol..., the symbols sorted. What is no product becomes a symbol named by
/// its expression ("seq + 1"), so that equal expressions stay equal; above 80 characters, and after overflow,
/// it is unknown.
class Extent {
 public:
  Extent() = default;                                                // unknown
  Extent(std::int64_t value) : factor_{value}, symbols_{nullptr} {}  // NOLINT: numbers are extents
  static Extent symbol(std::string name);

  [[nodiscard]] bool is_known() const { return symbols_ == nullptr; }
  [[nodiscard]] bool is_unknown() const { return symbols_.get() == &nothing_known; }
  [[nodiscard]] bool is_symbolic() const { return !is_known() && !is_unknown(); }
  /// The number; only where is_known().
  [[nodiscard]] std::int64_t value() const { return factor_; }
  [[nodiscard]] std::optional<std::int64_t> number() const;

  /// Both certainly the same; unknown is equal to nothing.
  [[nodiscard]] bool same_as(const Extent& other) const;

  friend Extent operator+(const Extent& a, const Extent& b);
  friend Extent operator-(const Extent& a, const Extent& b);
  friend Extent operator*(const Extent& a, const Extent& b);
  /// Integer division as ONNX's Div does it on integers (towards zero); unknown for a divisor of 0.
  friend Extent operator/(const Extent& a, const Extent& b);

  /// a / b where b divides a without rest; nothing if it certainly does not, unknown where that cannot be
  /// told.
  static std::optional<Extent> quotient(const Extent& a, const Extent& b);
  static Extent ceil_quotient(const Extent& a, const Extent& b);
  static Extent floor_quotient(const Extent& a, const Extent& b);
  static Extent smaller(const Extent& a, const Extent& b);
  static Extent larger(const Extent& a, const Extent& b);

 private:
  using Symbols = std::vector<std::string>;
  /// What `symbols_` points to, without owning it, where nothing is known: tensors hold thousands of extents,
  /// so these are small and copied without counting.
  inline static const Symbols nothing_known;

  std::int64_t factor_ = 0;
  std::shared_ptr<const Symbols> symbols_{std::shared_ptr<void>{}, &nothing_known};  // null: a number

  friend std::string to_string(const Extent& extent);
  friend struct ExtentAlgebra;  // in extent.cpp
};

/// "224", "2*seq", "?".
std::string to_string(const Extent& extent);

using Dims = std::vector<Extent>;

/// "1x3x224x224", "batchx?x768"; "scalar" for rank 0.
std::string to_string(const Dims& dims);

/// Product; 1 for none. A known 0 among them gives 0 whatever the others are.
Extent elements(const Dims& dims);
bool all_known(const Dims& dims);

/// Multidirectional broadcasting (ONNX Broadcasting.md); nothing where two extents certainly do not fit.
std::optional<Dims> broadcast(const Dims& a, const Dims& b);

}  // namespace ns::onnx
