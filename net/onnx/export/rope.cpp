#include "net/onnx/export/rope.hpp"

#include <iterator>
#include <protozero/varint.hpp>

namespace ns::onnx {
namespace {

constexpr unsigned varint_type = 0;
constexpr unsigned sized_type = 2;

void append_varint(std::string& bytes, std::uint64_t value) {
  protozero::write_varint(std::back_inserter(bytes), value);
}

std::uint64_t tag(std::uint32_t number, unsigned type) { return std::uint64_t{number} << 3U | type; }

}  // namespace

Rope& Rope::add(std::string_view bytes) {
  const auto begin = text_.size();
  text_ += bytes;
  return copy(own_bytes, {begin, bytes.size()});
}

Rope& Rope::add(const Rope& other) {
  const auto shift = text_.size();
  text_ += other.text_;
  for (auto [file, range] : other.pieces_) {
    if (file == own_bytes) range.offset += shift;
    copy(file, range);
  }
  return *this;
}

Rope& Rope::copy(FileId file, Range range) {
  if (range.size == 0) return *this;
  size_ += range.size;
  if (!pieces_.empty()) {
    auto& last = pieces_.back();
    const bool goes_on = last.range.offset + last.range.size == range.offset;
    if (last.file == file && goes_on) {
      last.range.size += range.size;
      return *this;
    }
  }
  pieces_.push_back({file, range});
  return *this;
}

void Rope::head(std::uint32_t number, std::uint64_t size) {
  std::string bytes;
  append_varint(bytes, tag(number, sized_type));
  append_varint(bytes, size);
  add(bytes);
}

Rope& Rope::integer(std::uint32_t number, std::uint64_t value) {
  std::string bytes;
  append_varint(bytes, tag(number, varint_type));
  append_varint(bytes, value);
  return add(bytes);
}

Rope& Rope::field(std::uint32_t number, std::string_view content) {
  head(number, content.size());
  return add(content);
}

Rope& Rope::field(std::uint32_t number, const Rope& content) {
  head(number, content.size());
  return add(content);
}

Rope& Rope::field(std::uint32_t number, FileId file, Range content) {
  head(number, content.size);
  return copy(file, content);
}

}  // namespace ns::onnx
