/// What ns-fit tells of a fit, as people or programs read it.
#pragma once

#include "regression/fit.hpp"

#include <string>

namespace ns {

/// Per type, every family's errors side by side, then the nets, each predicted with its family left out.
std::string fit_table(const Fit& fit);
std::string fit_json(const Fit& fit);
/// The table of types alone.
std::string fit_csv(const Fit& fit);

}  // namespace ns
