/// The fields of protobuf messages, walked in place: what is not asked for is never read.
#pragma once

#include "net/wire/range.hpp"
#include "net/wire/source.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns::wire {

/// More of any one thing is refused: no model needs it, and memory stays in proportion to the file.
inline constexpr std::size_t max_count = std::size_t{1} << 22;

/// The bytes that messages are walked in, and the first thing that went wrong. After a failure every walk
/// ends at once, so that readers of messages need not look.
class Wire {
 public:
  /// `format` is what errors call a whole file: "ONNX model". It must outlive the wire.
  Wire(Source& source, std::string_view format) : source_{source}, format_{format} {}

  [[nodiscard]] bool failed() const { return failed_; }
  [[nodiscard]] const Error& error() const { return error_; }
  void fail(std::uint64_t offset, std::string_view sentence);
  void fail(Error error);

  [[nodiscard]] Range whole() const { return {0, source_.size()}; }

  /// Bytes from `offset` to at most `end`, at least `wanted` of them where there are so many.
  std::string_view bytes(std::uint64_t offset, std::uint64_t end, std::size_t wanted);

  /// A name; longer than `max_name_bytes` is refused.
  std::string text(Range range);
  static constexpr std::uint64_t max_name_bytes = std::uint64_t{1} << 16U;

  /// `range` whole, which lies inside the file.
  std::string content(Range range);

  /// `items` as a repeated field may have one more; fails otherwise.
  template <class Item>
  bool has_room(const std::vector<Item>& items, std::uint64_t offset) {
    if (items.size() < max_count) return true;
    fail(offset, "more than 4194304 entries of one kind; no model needs so many");
    return false;
  }

 private:
  friend class Fields;

  Source& source_;
  std::string_view format_;
  std::string_view window_;
  std::uint64_t begin_ = 0;  // of the window
  std::size_t depth_ = 0;    // messages around the place
  bool failed_ = false;
  Error error_;
};

/// One message's fields in the file's order:
///   for (Fields fields{wire, message}; fields.next();) switch (fields.number()) ...
/// A field of known number and other wire type is skipped like an unknown one, by asking for what it is.
class Fields {
 public:
  Fields(Wire& wire, Range message);
  Fields(const Fields&) = delete;
  Fields& operator=(const Fields&) = delete;
  ~Fields() { --wire_.depth_; }

  /// Steps to the next field; false at the message's end and after a failure.
  bool next();

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] std::uint64_t offset() const { return begin_; }
  /// The field with its tag.
  [[nodiscard]] Range whole() const { return {begin_, at_ - begin_}; }
  /// Behind the field.
  [[nodiscard]] std::uint64_t end() const { return at_; }

  [[nodiscard]] bool is_varint() const { return type_ == Type::varint; }
  [[nodiscard]] bool is_sized() const { return type_ == Type::sized; }
  [[nodiscard]] bool is_fixed32() const { return type_ == Type::fixed32; }
  [[nodiscard]] bool is_fixed64() const { return type_ == Type::fixed64; }

  /// Of a varint; 0 otherwise.
  [[nodiscard]] std::int64_t integer() const { return is_varint() ? static_cast<std::int64_t>(value_) : 0; }
  /// Of a sized field: its content; empty otherwise.
  [[nodiscard]] Range range() const { return is_sized() ? range_ : Range{begin_, 0}; }
  /// Copied; "" for other wire types.
  [[nodiscard]] std::string text() { return wire_.text(range()); }
  [[nodiscard]] double real() const;  // of a float or double

  /// Appends a repeated field's values, packed or one alone.
  void append_integers(std::vector<std::int64_t>& values);
  void append_reals(std::vector<double>& values, std::size_t bytes);  // 4: float, 8: double

 private:
  enum class Type : std::uint8_t { varint = 0, fixed64 = 1, sized = 2, fixed32 = 5 };

  bool read_tag(std::string_view& ahead);
  bool read_varint(std::string_view& ahead, std::uint64_t& value);
  bool read_fixed(std::string_view& ahead, std::size_t bytes);
  bool fail(std::string_view sentence);

  Wire& wire_;
  std::uint64_t begin_ = 0;  // of the field
  std::uint64_t at_;         // behind it
  std::uint64_t end_;        // of the message
  std::uint32_t number_ = 0;
  Type type_ = Type::varint;
  std::uint64_t value_ = 0;
  Range range_;
};

}  // namespace ns::wire
