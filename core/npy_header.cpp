#include "core/npy_header.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace ns {
namespace {

struct Row {
  DType dtype;
  std::string_view code;  // kind and bytes
};

constexpr std::array codes{
    Row{DType::float32, "f4"}, Row{DType::float16, "f2"}, Row{DType::float64, "f8"},
    Row{DType::int8, "i1"},    Row{DType::uint8, "u1"},   Row{DType::int16, "i2"},
    Row{DType::uint16, "u2"},  Row{DType::int32, "i4"},   Row{DType::uint32, "u4"},
    Row{DType::int64, "i8"},   Row{DType::uint64, "u8"},  Row{DType::boolean, "b1"},
};

constexpr std::size_t most_axes = 8;  // as check_shape allows

/// Why elements of the kind that `code` begins with are not read, and what to save instead.
std::string refusal_of(std::string_view code) {
  switch (code.empty() ? ' ' : code.front()) {
    case 'O':
      return "its elements are Python objects; save numbers: array.astype('float32')";
    case 'U':
    case 'S':
    case 'a':
      return "its elements are strings; save numbers";
    case 'c':
      return "its elements are complex; save array.real and array.imag";
    case 'V':
      return "its elements are raw bytes, as numpy keeps types it does not know (bfloat16, for example); "
             "save "
             "array.astype('float32')";
    case 'M':
    case 'm':
      return "its elements are times; save array.astype('int64')";
    default:
      return "its element type is not known; save array.astype('float64')";
  }
}

constexpr std::string_view structured =
    "its elements have fields; save each field as an array of its own: numpy.savez(file, **{name: "
    "array[name] "
    "for name in array.dtype.names})";

/// Reads the few Python literals that a header is made of.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_{text} {}

  Result<NpyHeader> header();

 private:
  void skip_spaces() { place_ = std::min(text_.find_first_not_of(" \t\r\n\f\v", place_), text_.size()); }
  [[nodiscard]] char next() {
    skip_spaces();
    return place_ < text_.size() ? text_[place_] : '\0';
  }
  bool take(char wanted) {
    if (next() != wanted || place_ == text_.size()) return false;
    ++place_;
    return true;
  }
  bool take(std::string_view word) {
    skip_spaces();
    if (text_.substr(place_, word.size()) != word) return false;
    place_ += word.size();
    return true;
  }
  [[nodiscard]] tl::unexpected<Error> expected(std::string_view what) const {
    return bad_input(fmt::format("header, character {}: expected {}; save the array again with numpy.save",
                                 place_ + 1, what));
  }

  Result<std::string_view> quoted();
  Result<void> entry();
  Result<void> descr();
  Result<void> fortran_order();
  Result<void> shape();
  Result<std::int64_t> extent();

  std::string_view text_;
  std::size_t place_ = 0;
  NpyHeader header_;
  std::vector<std::string_view> keys_;
};

Result<std::string_view> Parser::quoted() {
  const char quote = next();
  if (quote != '\'' && quote != '"') return expected("a quoted word");
  const auto first = place_ + 1;
  const auto last = text_.find(quote, first);
  if (last == std::string_view::npos) return expected("the end of a quoted word");
  place_ = last + 1;
  return text_.substr(first, last - first);
}

Result<void> Parser::descr() {
  if (next() == '[' || next() == '(' || next() == '{') return bad_input(std::string{structured});
  auto word = quoted();
  if (!word) return tl::unexpected{std::move(word.error())};
  auto code = *word;
  if (!code.empty() && std::string_view{"<>|="}.find(code.front()) != std::string_view::npos) {
    header_.big_endian = code.front() == '>';
    code.remove_prefix(1);
  }
  const auto* const row = std::ranges::find(codes, code, &Row::code);
  if (row == codes.end()) return bad_input(refusal_of(code));
  header_.dtype = row->dtype;
  return {};
}

Result<void> Parser::fortran_order() {
  header_.fortran_order = take(std::string_view{"True"});
  if (!header_.fortran_order && !take(std::string_view{"False"})) return expected("True or False");
  return {};
}

Result<std::int64_t> Parser::extent() {
  skip_spaces();
  const auto first = place_;
  if (place_ < text_.size() && text_[place_] == '-') ++place_;
  place_ = std::min(text_.find_first_not_of("0123456789", place_), text_.size());
  const auto value = parse_integer(text_.substr(first, place_ - first));
  if (!value) {
    place_ = first;
    return expected("an extent below 2^63");
  }
  if (place_ < text_.size() && text_[place_] == 'L') ++place_;  // Python 2 wrote them so
  return *value;
}

Result<void> Parser::shape() {
  if (!take('(')) return expected("a shape in parentheses");
  std::vector<std::int64_t> extents;
  while (!take(')')) {
    auto one = extent();
    if (!one) return tl::unexpected{std::move(one.error())};
    extents.push_back(*one);
    // The comma is what makes a tuple of one extent.
    if (!take(',') && (extents.size() == 1 || next() != ')')) return expected("','");
  }
  if (extents.size() > most_axes)
    return bad_input(fmt::format("has {} axes; at most {} are supported: save array.reshape(...)",
                                 extents.size(), most_axes));
  header_.shape = Shape{std::move(extents)};
  return check_shape(header_.shape);
}

Result<void> Parser::entry() {
  auto key = quoted();
  if (!key) return tl::unexpected{std::move(key.error())};
  if (std::ranges::find(keys_, *key) != keys_.end()) return expected("each key once");
  keys_.push_back(*key);
  if (!take(':')) return expected("':'");
  if (*key == "descr") return descr();
  if (*key == "fortran_order") return fortran_order();
  if (*key == "shape") return shape();
  return expected("'descr', 'fortran_order' and 'shape' alone as keys");
}

Result<NpyHeader> Parser::header() {
  if (!take('{')) return expected("'{'");
  while (!take('}')) {
    if (auto read = entry(); !read) return tl::unexpected{std::move(read.error())};
    if (!take(',') && next() != '}') return expected("',' or '}'");
  }
  if (keys_.size() != 3) return expected("'descr', 'fortran_order' and 'shape' before the end");
  skip_spaces();
  if (place_ != text_.size()) return expected("nothing after '}'");
  return std::move(header_);
}

/// A shape as Python prints a tuple.
std::string tuple_of(const Shape& shape) {
  if (shape.rank() == 1) return fmt::format("({},)", shape[0]);
  return fmt::format("({})", fmt::join(shape.extents(), ", "));
}

}  // namespace

Result<NpyHeader> parse_npy_header(std::string_view text) { return Parser{text}.header(); }

std::optional<DType> numpy_type(DType dtype) {
  if (std::ranges::find(codes, dtype, &Row::dtype) != codes.end()) return dtype;
  switch (dtype) {
    case DType::int4:
    case DType::int2:
      return DType::int8;
    case DType::uint4:
    case DType::uint2:
      return DType::uint8;
    default:
      return is_floating(dtype) ? std::optional{DType::float32} : std::nullopt;
  }
}

std::string print_npy_prefix(DType dtype, const Shape& shape) {
  constexpr std::size_t alignment = 64;
  constexpr std::size_t digits_of_a_growing_axis = 21;  // so that rows can be appended in place
  const char order = element_bits(dtype) == 8 ? '|' : '<';
  auto header = fmt::format("{{'descr': '{}{}', 'fortran_order': False, 'shape': {}, }}", order,
                            std::ranges::find(codes, dtype, &Row::dtype)->code, tuple_of(shape));
  if (shape.rank() > 0) header.append(digits_of_a_growing_axis - fmt::formatted_size("{}", shape[0]), ' ');
  std::string prefix{"\x93NUMPY\x01\x00", 8};
  const auto before = prefix.size() + 2;
  header.append(alignment - (before + header.size() + 1) % alignment, ' ');
  header += '\n';
  prefix += static_cast<char>(header.size() & 0xFFU);
  prefix += static_cast<char>(header.size() >> 8U);
  return prefix + header;
}

}  // namespace ns
