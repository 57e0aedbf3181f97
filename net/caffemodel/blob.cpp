#include "net/caffemodel/blob.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

namespace ns::caffemodel {
namespace {

using wire::Fields;
using wire::Range;
using wire::Source;
using wire::Wire;

/// BlobProto's fields (caffe.proto).
enum Field : std::uint32_t {
  num = 1,
  channels = 2,
  height = 3,
  width = 4,
  data = 5,
  shape = 7,
  double_data = 8
};

/// Caffe's own limit of axes.
constexpr std::size_t max_axes = 32;
/// Writers of protobuf leave one run; more are only as many as stay cheap to look through.
constexpr std::size_t max_runs = 1024;

std::uint64_t value_bytes(Blob::Type type) { return type == Blob::Type::float64 ? 8 : 4; }

/// Takes one more stretch of values, or one value behind its tag.
void append_run(Wire& wire, Blob& blob, const Run& run) {
  blob.count += run.count;
  if (!blob.runs.empty()) {
    auto& last = blob.runs.back();
    if (last.stride == run.stride && last.offset + last.count * last.stride == run.offset) {
      last.count += run.count;
      return;
    }
  }
  if (blob.runs.size() == max_runs)
    wire.fail(run.offset, fmt::format("the values of one blob lie in more than {} pieces", max_runs));
  else
    blob.runs.push_back(run);
}

void read_packed(Wire& wire, Blob& blob, Range range) {
  const auto bytes = value_bytes(blob.type);
  if (range.size % bytes != 0)
    wire.fail(range.offset, fmt::format("{} no whole numbers of {} bytes; the file is damaged",
                                        counted(range.size, "byte is", "bytes are"), bytes));
  else if (range.size > 0)
    append_run(wire, blob, {range.offset, range.size / bytes, bytes});
}

/// One field of float or double values.
void read_data(Wire& wire, Blob& blob, const Fields& field, Blob::Type type) {
  if (blob.count > 0 && blob.type != type) {
    wire.fail(field.offset(), "a blob holds values of two types; the file is damaged");
    return;
  }
  blob.type = type;
  const auto bytes = value_bytes(type);
  if (field.is_sized())
    read_packed(wire, blob, field.range());
  else if (type == Blob::Type::float64 ? field.is_fixed64() : field.is_fixed32())
    append_run(wire, blob, {field.end() - bytes, 1, field.end() - field.offset()});
}

void read_shape(Wire& wire, Blob& blob, Range message) {
  blob.dims.clear();
  for (Fields fields{wire, message}; fields.next();) {
    if (fields.number() != 1) continue;
    // A dim takes a byte at least, so that this bounds what is read of a packed list.
    if (fields.range().size > 10 * max_axes || blob.dims.size() >= max_axes) {
      wire.fail(fields.offset(), fmt::format("a blob has more than {} axes", max_axes));
      return;
    }
    fields.append_integers(blob.dims);
  }
}

}  // namespace

Blob read_blob(Wire& wire, Range message) {
  Blob blob;
  std::vector<std::int64_t> legacy;
  bool has_shape = false;
  for (Fields fields{wire, message}; fields.next();) {
    switch (fields.number()) {
      case num:
      case channels:
      case height:
      case width:
        legacy.resize(4, 0);
        legacy[fields.number() - num] = fields.integer();
        break;
      case data:
        read_data(wire, blob, fields, Blob::Type::float32);
        break;
      case double_data:
        read_data(wire, blob, fields, Blob::Type::float64);
        break;
      case shape:
        has_shape = true;
        read_shape(wire, blob, fields.range());
        break;
      default:
        break;
    }
  }
  if (!has_shape) blob.dims = std::move(legacy);
  return blob;
}

namespace {

/// Protobuf's fixed fields are little-endian, as wire.cpp asserts of this machine.
float value_at(const char* bytes, Blob::Type type) {
  double wide = 0.0;
  float narrow = 0.0F;
  if (type == Blob::Type::float32) {
    std::memcpy(&narrow, bytes, sizeof narrow);
    return narrow;
  }
  std::memcpy(&wide, bytes, sizeof wide);
  return static_cast<float>(wide);
}

/// Copies values of a run from its `first` on, window by window.
Result<void> copy_run(Source& source, const Blob& blob, const Run& run, std::uint64_t first,
                      std::span<float> values) {
  const auto bytes = value_bytes(blob.type);
  while (!values.empty()) {
    const auto offset = run.offset + first * run.stride;
    const auto room = Source::window_bytes - bytes;
    const auto ahead = std::min<std::uint64_t>(values.size(), room / run.stride + 1);
    const auto wanted = (ahead - 1) * run.stride + bytes;
    const auto window = source.window(offset, wanted);
    if (window.size() < wanted)
      return failure(Errc::io,
                     fmt::format("byte {}: cannot be read: the file shrank or the disk failed", offset));
    for (std::size_t i = 0; i < ahead; ++i) values[i] = value_at(window.data() + i * run.stride, blob.type);
    values = values.subspan(ahead);
    first += ahead;
  }
  return {};
}

}  // namespace

Result<void> read_values(Source& source, const Blob& blob, std::uint64_t first, std::span<float> values) {
  for (const auto& run : blob.runs) {
    if (values.empty()) break;
    if (first >= run.count) {
      first -= run.count;
      continue;
    }
    const auto here = std::min<std::uint64_t>(values.size(), run.count - first);
    if (auto copied = copy_run(source, blob, run, first, values.first(here)); !copied) return copied;
    values = values.subspan(here);
    first = 0;
  }
  return {};
}

}  // namespace ns::caffemodel
