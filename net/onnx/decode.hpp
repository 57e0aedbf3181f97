/// Elements from the bytes that ONNX stores them in (TensorProto.raw_data: little-endian, types below a byte
/// packed from the lowest bits up).
#pragma once

#include "core/dtype.hpp"
#include "net/onnx/value.hpp"

#include <cstddef>
#include <span>
#include <string_view>

namespace ns::onnx {

/// Bytes of `count` packed elements; `type` is not string.
std::size_t packed_bytes(DType type, std::size_t count);

/// `bytes` are packed_bytes(type, count) long; `type` is neither string nor complex. Unsigned numbers above
/// 2^63 - 1 are unknown.
Value decode(DType type, std::string_view bytes, std::size_t count);

/// The elements from `first` on as numbers; integers beyond 2^53 lose their lowest bits. `type` is neither
/// string nor complex, and `bytes` hold at least first + values.size() elements.
void decode_numbers(DType type, std::string_view bytes, std::size_t first, std::span<double> values);

/// The number that one element of a floating type below 32 bits stands for, from its bits.
double small_real(DType type, unsigned bits);

}  // namespace ns::onnx
