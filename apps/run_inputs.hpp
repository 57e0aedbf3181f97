/// What a net is run on: arrays out of a file, or random ones.
#pragma once

#include "core/error.hpp"
#include "core/npz.hpp"
#include "net/net.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace ns {

struct RunArrays {
  std::vector<NamedArray> inputs;
  std::vector<NamedArray> expected;  // outputs that the file holds, to be held against what is computed
};

/// `sources` are files: .npz whose arrays are named like the inputs, "in:NAME" for inputs and "out:NAME" for
/// expected outputs if any name of the file begins so; NAME.npy with input NAME, or with the only input,
/// whatever the file is called. Or there is but "random", which depends on `seed` alone. usage for an array
/// that two files hold.
Result<RunArrays> run_arrays(const Net& net, const std::vector<std::string>& sources, std::uint64_t seed);

}  // namespace ns
