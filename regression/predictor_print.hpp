/// The text of predictor.json, byte for byte the same for the same fit.
#pragma once

#include "regression/fit.hpp"

#include <span>
#include <string>
#include <vector>

namespace ns {

/// A profile that a fit came from, as the predictor names it.
struct ProfileSource {
  std::string file;
  std::string hash;
  std::size_t rows = 0;
};

std::string print_predictor(const Fit& fit, std::span<const ProfileSource> profiles,
                            const FitOptions& options);

}  // namespace ns
