/// One net on two backends, on the same inputs and weights.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/precision.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ns {

/// The one that NS_TEST_DEVICE names; null if it cannot be opened.
std::unique_ptr<Backend> device_under_test();

/// What the values of an input of real numbers are picked from; nothing: they are random numbers.
using Candidates = std::vector<float>;

/// Outputs of `net`, one after the other, on inputs and weights that follow from `seed` and that a device of
/// such a precision keeps exactly; those beyond what it keeps are infinite. `candidates`: by input, as far as
/// it goes. The error's text if it cannot run.
Result<std::vector<float>> outputs_of(Backend& backend, const Net& net, bool isolated, std::uint64_t seed,
                                      const std::vector<Candidates>& candidates = {},
                                      const Precision& precision = {});

/// The largest difference, relative to the largest magnitude of `expected`; infinite if sizes differ or only
/// one of two numbers is finite.
double difference(const std::vector<float>& actual, const std::vector<float>& expected);

/// How many elements differ by more than `by`. Precondition: as many of both.
std::size_t differing(const std::vector<float>& actual, const std::vector<float>& expected, float by);

}  // namespace ns
