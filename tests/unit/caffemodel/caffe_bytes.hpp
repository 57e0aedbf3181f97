/// .caffemodel files written byte by byte, after the field numbers of caffe.proto.
#pragma once

#include "../onnx/protobuf_bytes.hpp"

#include <cstring>
#include <string>
#include <vector>

namespace ns::caffemodel {

using onnx::field;
using onnx::tag;
using onnx::varint;

template <class Value>
std::string raw(const std::vector<Value>& values) {
  std::string bytes(values.size() * sizeof(Value), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

/// 0, 1, 2, ...
inline std::vector<float> counting(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = static_cast<float>(i);
  return values;
}

inline std::string shape(const std::vector<std::int64_t>& dims) {
  std::string packed;
  for (const auto dim : dims) packed += varint(static_cast<std::uint64_t>(dim));
  return field(7, field(1, packed));
}

inline std::string packed(const std::vector<float>& values) { return field(5, raw(values)); }

inline std::string unpacked(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) bytes += tag(5, 5) + raw(std::vector{value});
  return bytes;
}

/// BlobProto with a BlobShape and packed values.
inline std::string blob(const std::vector<std::int64_t>& dims, const std::vector<float>& values) {
  return shape(dims) + packed(values);
}

/// num, channels, height, width of old files.
inline std::string legacy(std::uint64_t num, std::uint64_t channels, std::uint64_t height,
                          std::uint64_t width) {
  return field(1, num) + field(2, channels) + field(3, height) + field(4, width);
}

/// NetParameter.layer; `more` are further fields of it.
inline std::string layer(std::string_view name, const std::vector<std::string>& blobs,
                         const std::string& more = {}) {
  auto message = field(1, name) + more;
  for (const auto& each : blobs) message += field(7, each);
  return field(100, message);
}

/// NetParameter.layers, of version 1.
inline std::string layer_v1(std::string_view name, const std::vector<std::string>& blobs,
                            const std::string& more = {}) {
  auto message = field(4, name) + more;
  for (const auto& each : blobs) message += field(6, each);
  return field(2, message);
}

}  // namespace ns::caffemodel
