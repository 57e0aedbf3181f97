#include "net/wire/wire.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fmt/format.h>
#include <protozero/varint.hpp>

namespace ns::wire {
namespace {

static_assert(std::endian::native == std::endian::little, "protobuf's fixed fields are copied as they are");

/// A tag and the length or value behind it.
constexpr std::size_t head_bytes = 20;
constexpr std::size_t max_depth = 64;

template <class Number>
Number fixed(std::string_view bytes) {
  Number number;
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

}  // namespace

void Wire::fail(std::uint64_t offset, std::string_view sentence) {
  fail(Error{Errc::bad_input, fmt::format("byte {}: {}", offset, sentence)});
}

void Wire::fail(Error error) {
  if (failed_) return;
  failed_ = true;
  error_ = std::move(error);
}

std::string_view Wire::bytes(std::uint64_t offset, std::uint64_t end, std::size_t wanted) {
  const auto rest = end - offset;
  const auto needed = std::min<std::uint64_t>(rest, wanted);
  if (offset < begin_ || offset - begin_ > window_.size() || window_.size() - (offset - begin_) < needed) {
    window_ = source_.window(offset, wanted);
    begin_ = offset;
    if (window_.size() < needed)
      fail(Error{Errc::io, fmt::format("byte {}: cannot be read: the file shrank or the disk failed",
                                       offset + window_.size())});
  }
  return window_.substr(offset - begin_, rest);
}

std::string Wire::text(Range range) {
  if (range.size > max_name_bytes) {
    fail(range.offset, fmt::format("a name of {} bytes; names have at most {}", range.size, max_name_bytes));
    return {};
  }
  return content(range);
}

std::string Wire::content(Range range) {
  if (failed_ || range.size == 0) return {};
  if (range.size <= Source::window_bytes)
    return std::string{bytes(range.offset, range.offset + range.size, range.size)};
  auto content = source_.read(range.offset, range.size);
  if (content) return std::move(*content);
  fail(std::move(content.error()));
  return {};
}

Fields::Fields(Wire& wire, Range message)
    : wire_{wire}, begin_{message.offset}, at_{message.offset}, end_{message.offset + message.size} {
  if (++wire_.depth_ > max_depth) fail(fmt::format("messages are nested deeper than {}", max_depth));
}

bool Fields::fail(std::string_view sentence) {
  wire_.fail(begin_, sentence);
  at_ = end_;
  return false;
}

bool Fields::next() {
  if (at_ >= end_ || wire_.failed_) return false;
  begin_ = at_;
  auto ahead = wire_.bytes(at_, end_, head_bytes);
  if (wire_.failed_ || !read_tag(ahead)) return false;
  switch (type_) {
    case Type::varint:
      return read_varint(ahead, value_);
    case Type::fixed64:
      return read_fixed(ahead, 8);
    case Type::fixed32:
      return read_fixed(ahead, 4);
    case Type::sized:
      break;
  }
  std::uint64_t size = 0;
  if (!read_varint(ahead, size)) return false;
  if (size > end_ - at_)
    return fail(end_ == wire_.source_.size()
                    ? fmt::format("field {} has {}, but the file ends after {}; it is truncated or no {}",
                                  number_, counted(size, "byte"), end_ - at_, wire_.format_)
                    : fmt::format("field {} has {}, but its message ends after {}; the file is damaged",
                                  number_, counted(size, "byte"), end_ - at_));
  range_ = {at_, size};
  at_ += size;
  return true;
}

bool Fields::read_tag(std::string_view& ahead) {
  std::uint64_t tag = 0;
  if (!read_varint(ahead, tag)) return false;
  const auto type = tag & 7U;
  if (type != 0 && type != 1 && type != 2 && type != 5)
    return fail(fmt::format("a field of wire type {}, which is out of use; the file is damaged or no {}",
                            type, wire_.format_));
  if ((tag >> 3U) == 0 || (tag >> 32U) != 0)
    return fail(fmt::format("a field's number is out of range; the file is damaged or no {}", wire_.format_));
  number_ = static_cast<std::uint32_t>(tag >> 3U);
  type_ = static_cast<Type>(type);
  return true;
}

bool Fields::read_varint(std::string_view& ahead, std::uint64_t& value) {
  const char* at = ahead.data();
  try {
    value = protozero::decode_varint(&at, ahead.data() + ahead.size());
  } catch (const protozero::exception&) {
    return fail(
        fmt::format("a number is cut off or longer than 64 bits; the file is truncated, damaged or no {}",
                    wire_.format_));
  }
  const auto used = static_cast<std::size_t>(at - ahead.data());
  ahead.remove_prefix(used);
  at_ += used;
  return true;
}

bool Fields::read_fixed(std::string_view& ahead, std::size_t bytes) {
  if (ahead.size() < bytes)
    return fail(fmt::format("a number is cut off; the file is truncated, damaged or no {}", wire_.format_));
  value_ = bytes == 8 ? fixed<std::uint64_t>(ahead) : fixed<std::uint32_t>(ahead);
  at_ += bytes;
  return true;
}

double Fields::real() const {
  if (type_ == Type::fixed64) return std::bit_cast<double>(value_);
  return type_ == Type::fixed32 ? double{std::bit_cast<float>(static_cast<std::uint32_t>(value_))} : 0.0;
}

void Fields::append_integers(std::vector<std::int64_t>& values) {
  if (is_varint() && wire_.has_room(values, begin_)) values.push_back(integer());
  if (!is_sized()) return;
  const auto message_end = at_;
  at_ = range_.offset;
  while (at_ < message_end && wire_.has_room(values, begin_)) {
    auto ahead = wire_.bytes(at_, message_end, head_bytes);
    std::uint64_t value = 0;
    if (wire_.failed_ || !read_varint(ahead, value)) return;
    values.push_back(static_cast<std::int64_t>(value));
  }
  at_ = message_end;
}

void Fields::append_reals(std::vector<double>& values, std::size_t bytes) {
  if (type_ == (bytes == 8 ? Type::fixed64 : Type::fixed32) && wire_.has_room(values, begin_))
    values.push_back(real());
  if (!is_sized()) return;
  if (range_.size % bytes != 0) {
    fail(fmt::format("{} no whole numbers of {} bytes; the file is damaged",
                     counted(range_.size, "byte is", "bytes are"), bytes));
    return;
  }
  const auto end = range_.offset + range_.size;
  for (auto at = range_.offset; at < end && wire_.has_room(values, begin_); at += bytes) {
    const auto ahead = wire_.bytes(at, end, bytes);
    if (wire_.failed_) return;
    values.push_back(bytes == 8 ? fixed<double>(ahead) : double{fixed<float>(ahead)});
  }
}

}  // namespace ns::wire
