#include "core/npy.hpp"

#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"

#include <cmath>
#include <string>

namespace ns::fuzz {
namespace {

std::string written(const Array& array) {
  auto writer = NpyWriter::of(array);
  promise(writer.has_value(), "what was read can be written");
  std::string bytes;
  for (auto piece = writer->next(); !piece.empty(); piece = writer->next()) bytes += piece;
  promise(bytes.size() == writer->size(), "a file is as long as it says");
  return bytes;
}

/// As numbers are, except that NaN is like NaN.
bool same(const Array& one, const Array& other) {
  if (one.dtype != other.dtype || one.shape != other.shape || one.values.size() != other.values.size())
    return false;
  for (std::size_t i = 0; i < one.values.size(); ++i)
    if (one.values[i] != other.values[i] && !(std::isnan(one.values[i]) && std::isnan(other.values[i])))
      return false;
  return true;
}

}  // namespace

bool read_npy(std::string_view bytes) {
  const auto array = parse_npy(bytes);
  const auto* const read = value_of(array);
  if (read == nullptr) return false;
  promise(check_shape(read->shape).has_value(), "a shape is one that can be computed with");
  promise(read->values.size() == static_cast<std::size_t>(read->shape.elements()),
          "there are as many values as the shape has elements");
  const auto again = parse_npy(written(*read));
  promise(again.has_value() && same(*read, *again), "what is written is read back");
  return true;
}

}  // namespace ns::fuzz
