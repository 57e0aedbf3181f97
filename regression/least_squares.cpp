// Libraries do not print: failures are seen in the results.
#define ARMA_WARN_LEVEL 0

#include "regression/least_squares.hpp"

#include <algorithm>
#include <armadillo>
#include <cmath>

namespace ns {
namespace {

arma::mat matrix_of(const Matrix& table) {
  // Armadillo stores columns first.
  return arma::mat(table.values.data(), table.columns, table.rows()).t();
}

arma::vec vector_of(std::span<const double> values) { return arma::vec(values.data(), values.size()); }

std::vector<double> to_std(const arma::vec& values) { return {values.begin(), values.end()}; }

/// Every column divided by its norm, which the caller multiplies back: bytes and constants differ by 1e9.
arma::rowvec normalise(arma::mat& a) {
  arma::rowvec norms = arma::sqrt(arma::sum(arma::square(a), 0));
  norms.transform([](double norm) { return norm > 0.0 && std::isfinite(norm) ? norm : 1.0; });
  a.each_row() /= norms;
  return norms;
}

arma::vec solution(const arma::mat& a, const arma::vec& b) {
  arma::vec x;
  if (!arma::solve(x, a, b, arma::solve_opts::force_approx) || !x.is_finite()) x.zeros(a.n_cols);
  return x;
}

/// The solution over the columns in `passive`, 0 elsewhere.
arma::vec solve_some(const arma::mat& a, const arma::vec& b, const arma::uvec& passive) {
  arma::vec x(a.n_cols, arma::fill::zeros);
  if (!passive.is_empty()) x.elem(passive) = solution(a.cols(passive), b);
  return x;
}

/// Moves from `x` towards `wanted` until the first coefficient would turn negative; drops those that are 0.
arma::vec step_back(const arma::vec& x, const arma::vec& wanted, std::vector<bool>& passive) {
  double share = 1.0;
  for (arma::uword i = 0; i < x.n_elem; ++i)
    if (passive[i] && wanted[i] <= 0.0 && x[i] > wanted[i])
      share = std::min(share, x[i] / (x[i] - wanted[i]));
  arma::vec moved = x + share * (wanted - x);
  for (arma::uword i = 0; i < x.n_elem; ++i) {
    if (!passive[i] || (moved[i] > 1e-14 && wanted[i] > 0.0)) continue;
    if (moved[i] <= 1e-14) {
      passive[i] = false;
      moved[i] = 0.0;
    }
  }
  return moved;
}

arma::uvec indices(const std::vector<bool>& passive) {
  std::vector<arma::uword> chosen;
  for (std::size_t i = 0; i < passive.size(); ++i)
    if (passive[i]) chosen.push_back(i);
  return arma::uvec(chosen);
}

arma::vec lawson_hanson(const arma::mat& a, const arma::vec& b) {
  arma::vec x(a.n_cols, arma::fill::zeros);
  std::vector<bool> passive(a.n_cols, false);
  // Each round adds a column; 3 n rounds bound the cycles that rounding could make.
  for (arma::uword round = 0; round < 3 * a.n_cols; ++round) {
    arma::vec gradient = a.t() * (b - a * x);
    for (std::size_t i = 0; i < passive.size(); ++i)
      if (passive[i]) gradient[i] = 0.0;
    const auto steepest = gradient.index_max();
    if (gradient[steepest] <= 1e-12 * arma::norm(b)) break;
    passive[steepest] = true;
    auto wanted = solve_some(a, b, indices(passive));
    for (arma::uword i = 0; i < a.n_cols && wanted.min() < 0.0; ++i) {
      x = step_back(x, wanted, passive);
      wanted = solve_some(a, b, indices(passive));
    }
    x = arma::clamp(wanted, 0.0, arma::datum::inf);
  }
  return x;
}

}  // namespace

std::vector<double> least_squares(const Matrix& table, std::span<const double> targets) {
  auto a = matrix_of(table);
  const auto norms = normalise(a);
  return to_std(solution(a, vector_of(targets)) / norms.t());
}

std::vector<double> non_negative_least_squares(const Matrix& table, std::span<const double> targets) {
  auto a = matrix_of(table);
  const auto norms = normalise(a);
  return to_std(lawson_hanson(a, vector_of(targets)) / norms.t());
}

std::vector<double> non_negative_relative_fit(const Matrix& table, std::span<const double> targets) {
  auto a = matrix_of(table);
  a.each_col() /= vector_of(targets);
  const auto norms = normalise(a);
  const arma::vec ones(a.n_rows, arma::fill::ones);
  auto x = lawson_hanson(a, ones);
  // Below this relative error all rows weigh alike: nearer than the noise, nearness means nothing.
  constexpr double close = 0.02;
  constexpr int rounds = 15;
  for (int round = 0; round < rounds; ++round) {
    const arma::vec errors = arma::abs(a * x - ones);
    const arma::vec weights = arma::sqrt(1.0 / arma::clamp(errors, close, arma::datum::inf));
    arma::mat weighted = a;
    weighted.each_col() %= weights;
    x = lawson_hanson(weighted, ones % weights);
  }
  return to_std(x / norms.t());
}

}  // namespace ns
