#include "apps/run_inputs.hpp"

#include "core/random.hpp"
#include "net/input_values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <utility>

namespace ns {
namespace {

constexpr std::string_view random_values = "random";
constexpr std::string_view in_prefix = "in:";
constexpr std::string_view out_prefix = "out:";

bool is_random(const std::vector<std::string>& sources) {
  return sources.size() == 1 && sources.front() == random_values;
}

/// Each input has its own stream, by its name: a half of a net gets what the whole gets.
RunArrays random_arrays(const Net& net, std::uint64_t seed) {
  RunArrays arrays;
  for (const auto input : net.inputs) {
    const auto& tensor = net.tensors[input];
    const auto range = value_range(net, input);
    Random random{seed, tensor.name};
    auto array = zeros(tensor.type.dtype, tensor.type.shape);
    for (double& value : array.values) value = range.at(random.fraction());
    round_values(array);
    arrays.inputs.push_back({tensor.name, std::move(array)});
  }
  return arrays;
}

bool is_prefixed(const NamedArray& array) {
  return array.name.starts_with(in_prefix) || array.name.starts_with(out_prefix);
}

/// An input by its bare name beside arrays with prefixes would be ignored.
Result<void> check_prefixes(const Net& net, const std::vector<NamedArray>& arrays,
                            const std::string& source) {
  if (std::ranges::none_of(arrays, is_prefixed)) return {};
  for (const auto input : net.inputs) {
    const auto& name = net.tensors[input].name;
    if (std::ranges::find(arrays, name, &NamedArray::name) == arrays.end()) continue;
    if (std::ranges::find(arrays, std::string{in_prefix} + name, &NamedArray::name) != arrays.end()) continue;
    return failure(Errc::usage,
                   fmt::format("{}: beside arrays called {}NAME or {}NAME input '{}' must be called {}{}",
                               source, in_prefix, out_prefix, name, in_prefix, name));
  }
  return {};
}

/// With prefixes only what has one is meant.
RunArrays sorted(std::vector<NamedArray> arrays) {
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

Result<RunArrays> read_source(const Net& net, const std::string& source) {
  auto read = read_arrays(source);
  if (!read) return tl::unexpected{std::move(read.error())};
  if (auto meant = check_prefixes(net, *read, source); !meant)
    return tl::unexpected{std::move(meant.error())};
  auto arrays = sorted(std::move(*read));
  // A file with a single array, whatever its name, is the only input.
  if (source.ends_with(".npy") && arrays.inputs.size() == 1 && net.inputs.size() == 1)
    arrays.inputs.front().name = net.tensors[net.inputs.front()].name;
  return arrays;
}

/// Moves what `source` holds behind what others hold.
Result<void> append(std::vector<NamedArray>& all, std::vector<NamedArray> more, const std::string& source) {
  for (const auto& array : more)
    if (std::ranges::find(all, array.name, &NamedArray::name) != all.end())
      return failure(Errc::usage,
                     fmt::format("--input {}: '{}' is given by a file before it already; give it once",
                                 source, array.name));
  std::ranges::move(more, std::back_inserter(all));
  return {};
}

}  // namespace

Result<RunArrays> run_arrays(const Net& net, const std::vector<std::string>& sources, std::uint64_t seed) {
  if (is_random(sources)) return random_arrays(net, seed);
  RunArrays all;
  for (const auto& source : sources) {
    if (source == random_values)
      return failure(Errc::usage, "--input random: stands for all inputs; leave it or the files out");
    auto arrays = read_source(net, source);
    if (!arrays) return arrays;
    for (const auto list : {&RunArrays::inputs, &RunArrays::expected})
      if (auto added = append(all.*list, std::move((*arrays).*list), source); !added)
        return tl::unexpected{std::move(added.error())};
  }
  return all;
}

}  // namespace ns
