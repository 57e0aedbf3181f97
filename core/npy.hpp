/// One array as numpy.save keeps it: the bytes of a .npy file.
#pragma once

#include "core/array.hpp"
#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace ns {

/// Where such bytes come from.
struct NpySource {
  /// Fills `into`; fewer bytes than that are the last ones.
  std::function<Result<std::size_t>(std::span<char> into)> read;
  std::uint64_t packed_bytes = 0;  // what lies in the file: room for as much is made at once
  std::uint64_t most_bytes = 0;    // what that can unpack to: a header that calls for more is refused
};

/// Numbers of any type, byte order and memory order; integers beyond 2^53 are rounded to the nearest double.
/// bad_input if the bytes are no array of real numbers or not as many as the header says.
Result<Array> read_npy(const NpySource& source);

/// The same from a whole file in memory.
Result<Array> parse_npy(std::string_view bytes);

/// The bytes of a .npy file, piece by piece: little endian, row-major. Types that numpy has not are written
/// as float32 (bfloat16, floating types of 8 bits and fewer) or as int8 and uint8 (integers of 4 and 2 bits).
/// Values beyond an integer type become its smallest or largest, NaN there 0.
class NpyWriter {
 public:
  /// unsupported for strings and complex numbers. `array` outlives the writer.
  static Result<NpyWriter> of(const Array& array);

  /// Of all pieces together.
  [[nodiscard]] std::uint64_t size() const;
  /// Empty at the end; valid until the next call.
  std::string_view next();
  void rewind() { begun_ = false; }

 private:
  NpyWriter(const Array& array, DType written);

  const Array* array_;
  DType written_;
  std::string prefix_;
  std::string piece_;
  std::size_t element_ = 0;  // the next one
  bool begun_ = false;
};

}  // namespace ns
