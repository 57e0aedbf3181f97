/// Linear fits: the door to Armadillo.
#pragma once

#include <span>
#include <vector>

namespace ns {

/// A table of numbers, row after row.
struct Matrix {
  std::size_t columns = 0;
  std::vector<double> values;  // rows x columns

  [[nodiscard]] std::size_t rows() const { return columns == 0 ? 0 : values.size() / columns; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const {
    return values[row * columns + column];
  }
};

/// The coefficients with the least sum of squared errors; of the smallest norm where columns depend on each
/// other.
std::vector<double> least_squares(const Matrix& table, std::span<const double> targets);

/// The non-negative coefficients with the least sum of squared errors (Lawson and Hanson 1974, chapter 23).
std::vector<double> non_negative_least_squares(const Matrix& table, std::span<const double> targets);

/// The non-negative coefficients with the least sum of absolute *relative* errors, by reweighted least
/// squares: a row that fits nothing pulls no harder than any other. Precondition: targets above 0.
std::vector<double> non_negative_relative_fit(const Matrix& table, std::span<const double> targets);

}  // namespace ns
