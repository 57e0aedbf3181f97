/// One array of trained values in a .caffemodel, known by its place in the file.
#pragma once

#include "core/error.hpp"
#include "net/wire/range.hpp"
#include "net/wire/source.hpp"
#include "net/wire/wire.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace ns::caffemodel {

/// Values at equal distances: side by side where they are packed, each behind its tag where not.
struct Run {
  std::uint64_t offset = 0;  // of the first value
  std::uint64_t count = 0;
  std::uint64_t stride = 0;  // bytes from one value to the next
};

/// BlobProto without its values.
struct Blob {
  enum class Type : std::uint8_t { float32, float64 };

  std::vector<std::int64_t> dims;  // its BlobShape; in old files num, channels, height, width
  Type type = Type::float32;
  std::vector<Run> runs;
  std::uint64_t count = 0;  // of all runs
};

/// Where the values are; whether all was well, the wire knows.
Blob read_blob(wire::Wire& wire, wire::Range message);

/// Fills `values` with those from `first` on. Precondition: the blob has as many. io if the file shrank
/// meanwhile.
Result<void> read_values(wire::Source& source, const Blob& blob, std::uint64_t first,
                         std::span<float> values);

}  // namespace ns::caffemodel
