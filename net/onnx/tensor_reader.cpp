#include "net/onnx/tensor_reader.hpp"

#include "core/text.hpp"
#include "net/onnx/decode.hpp"
#include "net/wire/wire.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <type_traits>
#include <utility>
#include <vector>

namespace ns::onnx {
namespace {

constexpr std::int64_t stretch = std::int64_t{1} << 16;  // elements that are read at once

tl::unexpected<Error> fail(const TensorData& tensor, std::string_view sentence) {
  return bad_input(fmt::format(
      "{} {}", tensor.name.empty() ? "a tensor" : fmt::format("tensor '{}'", tensor.name), sentence));
}

/// Where a tensor's bytes begin in its file.
std::uint64_t offset_of(const TensorData& tensor) { return tensor.storage.range.offset; }

void convert(DType type, std::string_view bytes, std::size_t first, std::span<double> values) {
  decode_numbers(type, bytes, first, values);
}

void convert(DType type, std::string_view bytes, std::size_t first, std::span<float> values) {
  if (type == DType::float32) {
    std::memcpy(values.data(), bytes.data() + first * sizeof(float), values.size_bytes());
    return;
  }
  std::vector<double> numbers(values.size());
  decode_numbers(type, bytes, first, numbers);
  std::ranges::transform(numbers, values.begin(), [](double number) { return static_cast<float>(number); });
}

/// Of those fields, the ones of real numbers.
constexpr std::uint32_t float_data = 4;
constexpr std::uint32_t double_data = 10;

std::size_t elements_of(const TensorData& tensor) {
  return static_cast<std::size_t>(Shape{tensor.dims}.elements());
}

/// The same tensor with its bytes in `range` of the model.
TensorData raw_at(const TensorData& tensor, wire::Range range) {
  auto raw = tensor;
  raw.storage.place = Storage::Place::raw;
  raw.storage.range = range;
  return raw;
}

/// The element that an entry of int32_data or its siblings stands for: its low bits.
double element_of(DType type, std::int64_t entry) {
  std::array<char, sizeof entry> bytes{};
  std::memcpy(bytes.data(), &entry, sizeof entry);
  double value = 0.0;
  decode_numbers(type, {bytes.data(), bytes.size()}, 0, {&value, 1});
  return value;
}

}  // namespace

Result<std::int64_t> stored_elements(const TensorData& tensor) {
  if (!tensor.dtype) return fail(tensor, "has an element type that is not known here");
  if (*tensor.dtype == DType::string || *tensor.dtype == DType::complex64 ||
      *tensor.dtype == DType::complex128)
    return fail(tensor, fmt::format("holds {}, which is not computed with", to_string(*tensor.dtype)));
  if (tensor.sparse) return fail(tensor, "is sparse, which is not computed with; store it dense");
  const Shape shape{tensor.dims};
  if (auto checked = check_shape(shape); !checked) return fail(tensor, checked.error().message);
  const auto count = shape.elements();
  const auto& storage = tensor.storage;
  if (storage.place == Storage::Place::none && count > 0)
    return fail(tensor, "has no elements in the file: its weights were stripped");
  const auto bytes = packed_bytes(*tensor.dtype, static_cast<std::size_t>(count));
  const bool has_bytes =
      storage.place == Storage::Place::raw || (storage.place == Storage::Place::external && storage.has_size);
  if (has_bytes && storage.range.size != bytes)
    return fail(tensor,
                fmt::format("holds {}, but its dims need {}", counted(storage.range.size, "byte"), bytes));
  // Every entry of a typed field takes at least a byte of the file.
  if (storage.place == Storage::Place::typed && static_cast<std::uint64_t>(count) > 8 * storage.range.size)
    return fail(tensor, fmt::format("holds fewer elements than its dims say, {}", count));
  return count;
}

Result<Source*> TensorReader::source_of(const TensorData& tensor) {
  if (tensor.storage.place != Storage::Place::external) return contents_.source;
  const auto& location = tensor.storage.location;
  auto known = external_.find(location);
  if (known == external_.end()) {
    const auto path = external_path(contents_, tensor);
    if (!path) return tl::unexpected{path.error()};
    auto source = Source::open(path->string());
    if (!source) return failure_within(std::move(source), fmt::format("weights of tensor '{}'", tensor.name));
    known = external_.emplace(location, std::move(*source)).first;
  }
  return &known->second;
}

template <class Number>
Result<void> TensorReader::read_packed(const TensorData& tensor, std::int64_t first,
                                       std::span<Number> values) {
  const auto source = source_of(tensor);
  if (!source) return tl::unexpected{source.error()};
  const auto type = *tensor.dtype;
  const auto bits = static_cast<std::uint64_t>(element_bits(type));
  while (!values.empty()) {
    const auto count = std::min<std::size_t>(values.size(), stretch);
    const auto begin = static_cast<std::uint64_t>(first) * bits;
    const auto end = begin + count * bits;
    const auto bytes = (*source)->read(offset_of(tensor) + begin / 8, (end + 7) / 8 - begin / 8);
    if (!bytes) return fail(tensor, bytes.error().message);
    convert(type, *bytes, bits < 8 ? static_cast<std::size_t>(begin % 8 / bits) : 0, values.first(count));
    values = values.subspan(count);
    first += static_cast<std::int64_t>(count);
  }
  return {};
}

template <class Number>
Result<void> TensorReader::read_typed(const TensorData& tensor, std::int64_t first,
                                      std::span<Number> values) {
  const auto type = *tensor.dtype;
  const auto field = elements_field(type);
  wire::Wire wire{*contents_.source, "ONNX model"};
  std::vector<std::int64_t> entries;
  std::vector<double> reals;
  for (wire::Fields fields{wire, tensor.storage.range}; fields.next();) {
    if (fields.number() != field) continue;
    // Packed reals stand as raw_data would hold them.
    if ((field == float_data || field == double_data) &&
        fields.range().size == packed_bytes(type, elements_of(tensor)))
      return read_packed(raw_at(tensor, fields.range()), first, values);
    if (field == float_data)
      fields.append_reals(reals, sizeof(float));
    else if (field == double_data)
      fields.append_reals(reals, sizeof(double));
    else
      fields.append_integers(entries);
  }
  if (wire.failed()) return fail(tensor, wire.error().message);
  const auto bits = static_cast<std::size_t>(element_bits(type));
  const auto shared = bits < 8 ? 8 / bits : 1;  // types below a byte share an entry
  const auto held = std::max(reals.size(), entries.size() * shared);
  if (static_cast<std::size_t>(first) + values.size() > held)
    return fail(tensor, fmt::format("holds {}, fewer than its dims say", counted(held, "element")));
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto at = static_cast<std::size_t>(first) + i;
    if (!reals.empty())
      values[i] = static_cast<Number>(reals[at]);
    else
      values[i] = static_cast<Number>(element_of(type, entries[at / shared] >> (bits * (at % shared) % 8)));
  }
  return {};
}

template <class Number>
Result<void> TensorReader::read_numbers(const TensorData& tensor, std::int64_t first,
                                        std::span<Number> values) {
  if (const auto count = stored_elements(tensor); !count) return tl::unexpected{count.error()};
  if (values.empty()) return {};
  return tensor.storage.place == Storage::Place::typed ? read_typed(tensor, first, values)
                                                       : read_packed(tensor, first, values);
}

Result<void> TensorReader::read(const TensorData& tensor, std::int64_t first, std::span<float> values) {
  return read_numbers(tensor, first, values);
}

Result<void> TensorReader::read(const TensorData& tensor, std::int64_t first, std::span<double> values) {
  return read_numbers(tensor, first, values);
}

Result<Array> TensorReader::read(const TensorData& tensor) {
  const auto count = stored_elements(tensor);
  if (!count) return tl::unexpected{count.error()};
  if (tensor.storage.place == Storage::Place::external) {
    // Before room is made for what a number in the file promises.
    const auto source = source_of(tensor);
    if (!source) return tl::unexpected{source.error()};
    const auto bytes = packed_bytes(*tensor.dtype, static_cast<std::size_t>(*count));
    if ((*source)->size() < offset_of(tensor) || (*source)->size() - offset_of(tensor) < bytes)
      return fail(tensor, "lies behind the end of its file, which may be truncated");
  }
  auto array = zeros(*tensor.dtype, Shape{tensor.dims});
  if (auto done = read(tensor, 0, array.values); !done) return tl::unexpected{std::move(done.error())};
  return array;
}

}  // namespace ns::onnx
