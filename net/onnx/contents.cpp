#include "net/onnx/contents.hpp"

#include "core/text.hpp"
#include "net/onnx/decode.hpp"
#include "net/wire/wire.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <system_error>
#include <utility>

namespace ns::onnx {
namespace {

/// Tensors of attributes have no name most often.
std::string title(const TensorData& tensor) {
  return tensor.name.empty() ? "a tensor without name" : fmt::format("tensor '{}'", tensor.name);
}

tl::unexpected<Error> fail(const TensorData& tensor, std::string_view sentence) {
  return bad_input(fmt::format("{} {}", title(tensor), sentence));
}

/// Elements that dims say; nothing above the limit.
std::optional<std::size_t> element_count(const TensorData& tensor) {
  double count = 1.0;
  for (const auto dim : tensor.dims) count *= static_cast<double>(dim);
  if (!(count >= 0.0 && count <= static_cast<double>(max_value_elements))) return std::nullopt;
  return static_cast<std::size_t>(count);
}

/// TensorProto's fields of elements.
enum Field : std::uint32_t {
  float_data = 4,
  int32_data = 5,
  string_data = 6,
  int64_data = 7,
  double_data = 10,
  uint64_data = 11
};

struct TypedRow {
  DType type;
  Field field;
};

/// Where onnx.proto keeps a type's elements outside raw_data; all others are in int32_data.
constexpr std::array typed_rows{
    TypedRow{DType::float32, float_data}, TypedRow{DType::string, string_data},
    TypedRow{DType::int64, int64_data},   TypedRow{DType::float64, double_data},
    TypedRow{DType::uint32, uint64_data}, TypedRow{DType::uint64, uint64_data},
};

/// The entries of one TensorProto's field of elements; as few as a tensor of max_value_elements may have and
/// one more.
struct Entries {
  std::vector<std::int64_t> integers;
  std::vector<double> reals;
  std::vector<std::string> texts;

  [[nodiscard]] std::size_t size() const { return integers.size() + reals.size() + texts.size(); }
};

/// A longer packed field holds more numbers than any tensor that is read.
constexpr std::uint64_t max_packed_bytes = std::uint64_t{10} * max_value_elements;

Result<Entries> read_entries(const Contents& contents, const TensorData& tensor, std::uint32_t field) {
  wire::Wire wire{*contents.source, "ONNX model"};
  Entries entries;
  for (wire::Fields fields{wire, tensor.storage.range};
       fields.next() && entries.size() <= max_value_elements;) {
    if (fields.number() != field) continue;
    if (field == string_data)
      entries.texts.push_back(fields.text());
    else if (fields.range().size > max_packed_bytes)
      return fail(tensor, "holds more elements than its dims say");
    else if (field == float_data)
      fields.append_reals(entries.reals, sizeof(float));
    else if (field == double_data)
      fields.append_reals(entries.reals, sizeof(double));
    else
      fields.append_integers(entries.integers);
  }
  if (wire.failed()) return fail(tensor, wire.error().message);
  return entries;
}

/// Each entry's low bytes, as raw_data would hold them.
std::string as_raw(const std::vector<std::int64_t>& entries, std::size_t bytes) {
  std::string raw;
  raw.reserve(entries.size() * bytes);
  for (const auto entry : entries)
    for (std::size_t i = 0; i < bytes; ++i)
      raw += static_cast<char>((static_cast<std::uint64_t>(entry) >> (8 * i)) & 0xFFU);
  return raw;
}

Result<Value> read_typed(const Contents& contents, const TensorData& tensor, std::size_t count) {
  const auto type = *tensor.dtype;
  auto entries = read_entries(contents, tensor, elements_field(type));
  if (!entries) return tl::unexpected{std::move(entries.error())};
  // Types below a byte share an entry as they would share a byte of raw_data.
  const auto bits = element_bits(type);
  const bool shared = bits > 0 && bits < 8;
  const auto expected = shared ? packed_bytes(type, count) : count;
  if (entries->size() != expected)
    return fail(tensor,
                fmt::format("holds {}, but its dims say {}", counted(entries->size(), "element"), count));
  if (type == DType::string) return Value{std::move(entries->texts)};
  if (!entries->reals.empty()) return Value{std::move(entries->reals)};
  return decode(type, as_raw(entries->integers, shared ? 1 : static_cast<std::size_t>(bits) / 8), count);
}

Result<std::string> read_external(const Contents& contents, const TensorData& tensor, std::size_t expected) {
  const auto path = external_path(contents, tensor);
  if (!path) return tl::unexpected{path.error()};
  const auto& storage = tensor.storage;
  const auto size = storage.has_size ? storage.range.size : expected;
  const auto wanted = fmt::format("bytes {} to {}", storage.range.offset, storage.range.offset + size);
  std::error_code status;
  if (!std::filesystem::is_regular_file(*path, status))
    return fail(tensor,
                fmt::format("needs {} of {}, which is no file; put it there", wanted, path->string()));
  auto source = Source::open(path->string());
  if (!source) return failure_within(std::move(source), title(tensor));
  if (storage.range.offset > source->size() || size > source->size() - storage.range.offset)
    return fail(tensor, fmt::format("needs {} of {}, which has only {}; the file may be truncated", wanted,
                                    path->string(), source->size()));
  if (size != expected)
    return fail(tensor, fmt::format("has {} of {}, but its dims need {}", wanted, path->string(),
                                    counted(expected, "byte")));
  return source->read(storage.range.offset, size);
}

Result<std::string> read_bytes(const Contents& contents, const TensorData& tensor, std::size_t expected) {
  if (tensor.storage.place == Storage::Place::external) return read_external(contents, tensor, expected);
  const auto range = tensor.storage.range;
  if (range.size != expected)
    return fail(tensor, fmt::format("holds {}, but its dims need {}", counted(range.size, "byte"), expected));
  auto bytes = contents.source->read(range.offset, range.size);
  if (!bytes) return failure_within(std::move(bytes), title(tensor));
  return bytes;
}

Value empty_value(DType type) {
  if (type == DType::string) return std::vector<std::string>{};
  return decode(type, {}, 0);
}

}  // namespace

std::uint32_t elements_field(DType type) {
  const auto* const row = std::ranges::find(typed_rows, type, &TypedRow::type);
  return row == typed_rows.end() ? int32_data : row->field;
}

Result<Value> read_value(const Contents& contents, const TensorData& tensor) {
  using enum Storage::Place;
  if (!tensor.dtype) return fail(tensor, "has an element type that is not known here");
  const auto type = *tensor.dtype;
  if (type == DType::complex64 || type == DType::complex128)
    return fail(tensor, "holds complex numbers, which are not computed with");
  const auto count = element_count(tensor);
  if (!count)
    return fail(tensor, fmt::format("has more than {} elements, too many to be read", max_value_elements));
  if (*count == 0) return empty_value(type);
  const auto place = tensor.storage.place;
  if (place == none) return fail(tensor, "is needed for its value, but the file has none");
  if (place == typed) return read_typed(contents, tensor, *count);
  if (type == DType::string) return fail(tensor, "holds strings as raw bytes, which ONNX does not define");
  const auto bytes = read_bytes(contents, tensor, packed_bytes(type, *count));
  if (!bytes) return tl::unexpected{bytes.error()};
  return decode(type, *bytes, *count);
}

Result<std::filesystem::path> external_path(const Contents& contents, const TensorData& tensor) {
  const auto& location = tensor.storage.location;
  if (location.empty() || location.find('\0') != std::string::npos)
    return fail(tensor, "is external, but names no file");
  const auto relative = std::filesystem::path{location}.lexically_normal();
  if (relative.is_absolute() || *relative.begin() == "..")
    return fail(tensor, fmt::format("is in '{}', outside the model's folder, which is refused", location));
  return contents.folder / relative;
}

}  // namespace ns::onnx
