/// Files of named arrays as numpy keeps them: .npz, or .npy with a single one.
#pragma once

#include "core/array.hpp"
#include "core/error.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

struct NamedArray {
  std::string name;
  Array array;

  friend bool operator==(const NamedArray&, const NamedArray&) = default;
};

/// The arrays of an archive in their order there; that of a .npy file is named after the file, "x" for x.npy.
/// Which one it is its first bytes say, not its name. Integers beyond 2^53 are rounded to the nearest double.
/// io if the file cannot be read, bad_input if it is neither or an array is none of real numbers. usage for
/// "-".
Result<std::vector<NamedArray>> read_arrays(const std::string& path);

/// The same from an archive in memory; messages call it `path`.
Result<std::vector<NamedArray>> parse_npz(std::string_view bytes, const std::string& path);

/// Writes an archive as numpy.savez does, not compressed, or a .npy file where `path` ends so and there is
/// one array; the whole file or nothing. Types that numpy has not are written as wider ones (core/npy.hpp).
/// The same arrays give the same bytes. usage for several arrays in a .npy file, for names that are the same
/// or are no UTF-8, and for "-".
Result<void> write_arrays(const std::string& path, std::span<const NamedArray> arrays);

}  // namespace ns
