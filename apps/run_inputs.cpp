#include "apps/run_inputs.hpp"

#include "net/input_values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>
#include <utility>

namespace ns {
namespace {

constexpr std::string_view in_prefix = "in:";
constexpr std::string_view out_prefix = "out:";

/// The same numbers everywhere: distributions of the standard library differ between libraries.
Array random_array(const Net& net, TensorId input, std::uint64_t seed) {
  const auto& type = net.tensors[input].type;
  const auto range = value_range(net, input);
  std::mt19937_64 engine{seed};
  auto array = zeros(type.dtype, type.shape);
  for (double& value : array.values) {
    const auto unit = static_cast<double>(engine() >> 11U) / 9007199254740992.0;  // 2^53
    value = range.low + unit * (range.high - range.low);
    if (range.whole) value = std::floor(value);
  }
  round_values(array);
  return array;
}

RunArrays random_arrays(const Net& net, std::uint64_t seed) {
  RunArrays arrays;
  for (const auto input : net.inputs)
    arrays.inputs.push_back({net.tensors[input].name, random_array(net, input, seed + arrays.inputs.size())});
  return arrays;
}

/// With prefixes only what has one is meant.
RunArrays sorted(std::vector<NamedArray> arrays) {
  const auto is_prefixed = [](const NamedArray& array) {
    return array.name.starts_with(in_prefix) || array.name.starts_with(out_prefix);
  };
  if (std::ranges::none_of(arrays, is_prefixed)) return {std::move(arrays), {}};
  RunArrays made;
  for (auto& array : arrays) {
    const bool is_input = array.name.starts_with(in_prefix);
    if (!is_prefixed(array)) continue;
    auto& list = is_input ? made.inputs : made.expected;
    array.name.erase(0, is_input ? in_prefix.size() : out_prefix.size());
    list.push_back(std::move(array));
  }
  return made;
}

}  // namespace

Result<RunArrays> run_arrays(const Net& net, const std::string& source, std::uint64_t seed) {
  if (source == "random") return random_arrays(net, seed);
  auto read = read_arrays(source);
  if (!read) return tl::unexpected{std::move(read.error())};
  auto arrays = sorted(std::move(*read));
  // A file with a single array, whatever its name, is the only input.
  if (source.ends_with(".npy") && arrays.inputs.size() == 1 && net.inputs.size() == 1)
    arrays.inputs.front().name = net.tensors[net.inputs.front()].name;
  return arrays;
}

}  // namespace ns
