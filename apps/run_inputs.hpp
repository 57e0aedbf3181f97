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

/// `source` is a .npz whose arrays are named like the inputs, "in:NAME" for inputs and "out:NAME" for
/// expected outputs if any name begins so; a .npy with the only input; or "random", which depends on `seed`
/// alone.
Result<RunArrays> run_arrays(const Net& net, const std::string& source, std::uint64_t seed);

}  // namespace ns
