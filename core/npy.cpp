#include "core/npy.hpp"

#include "core/npy_header.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <new>
#include <type_traits>
#include <vector>

namespace ns {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t largest_header = std::size_t{1} << 16;
constexpr std::size_t elements_per_piece = std::size_t{1} << 13;

std::size_t bytes_of(DType dtype) { return static_cast<std::size_t>(element_bits(dtype)) / 8; }

/// IEEE 754 binary16.
struct Half {
  std::uint16_t bits;
};
/// Any bits but 0 are true.
struct Boolean {
  std::uint8_t bits;
};

double value_of(Half half) {
  const auto mantissa = static_cast<double>(half.bits & 0x3FFU);
  const auto exponent = (half.bits >> 10U) & 0x1FU;
  double size = std::ldexp(mantissa, -24);
  if (exponent == 31)
    size =
        mantissa == 0.0 ? std::numeric_limits<double>::infinity() : std::numeric_limits<double>::quiet_NaN();
  else if (exponent != 0)
    size = std::ldexp(1024.0 + mantissa, static_cast<int>(exponent) - 25);
  return (half.bits >> 15U) != 0 ? -size : size;
}

double value_of(Boolean boolean) { return boolean.bits != 0 ? 1.0 : 0.0; }

template <class Number>
double value_of(Number number) {
  return static_cast<double>(number);
}

Half half_of(double value) {
  const double number = rounded(DType::float16, value);
  const auto sign = std::signbit(number) ? 0x8000U : 0U;
  if (std::isnan(number)) return {static_cast<std::uint16_t>(sign | 0x7E00U)};
  if (std::isinf(number)) return {static_cast<std::uint16_t>(sign | 0x7C00U)};
  if (number == 0.0) return {static_cast<std::uint16_t>(sign)};
  const int exponent = std::max(std::ilogb(number), -14);
  // Of normal numbers the implied one counts the exponent up.
  const auto mantissa = static_cast<unsigned>(std::ldexp(std::abs(number), 10 - exponent));
  return {static_cast<std::uint16_t>(sign | ((static_cast<unsigned>(exponent + 14) << 10U) + mantissa))};
}

template <class Number>
Number number_of(double value) {
  if constexpr (std::is_same_v<Number, Half>) {
    return half_of(value);
  } else if constexpr (std::is_same_v<Number, Boolean>) {
    return {static_cast<std::uint8_t>(value != 0.0 ? 1 : 0)};
  } else if constexpr (std::is_floating_point_v<Number>) {
    return static_cast<Number>(value);
  } else {
    using Limits = std::numeric_limits<Number>;
    if (std::isnan(value)) return 0;
    if (value <= static_cast<double>(Limits::min())) return Limits::min();
    if (value >= static_cast<double>(Limits::max())) return Limits::max();
    return static_cast<Number>(value);
  }
}

/// Calls `use` with a Number{} of the type that numpy keeps `dtype` in.
template <class Use>
void with_number(DType dtype, const Use& use) {
  switch (dtype) {
    case DType::float16:
      return use(Half{});
    case DType::float64:
      return use(double{});
    case DType::int8:
      return use(std::int8_t{});
    case DType::uint8:
      return use(std::uint8_t{});
    case DType::int16:
      return use(std::int16_t{});
    case DType::uint16:
      return use(std::uint16_t{});
    case DType::int32:
      return use(std::int32_t{});
    case DType::uint32:
      return use(std::uint32_t{});
    case DType::int64:
      return use(std::int64_t{});
    case DType::uint64:
      return use(std::uint64_t{});
    case DType::boolean:
      return use(Boolean{});
    default:
      return use(float{});
  }
}

template <class Number>
Number swapped(Number number) {
  std::array<char, sizeof number> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  std::ranges::reverse(bytes);
  std::memcpy(&number, bytes.data(), sizeof number);
  return number;
}

void append_values(const NpyHeader& header, std::string_view bytes, std::vector<double>& values) {
  with_number(header.dtype, [&](auto number) {
    const auto first = values.size();
    const auto count = bytes.size() / sizeof number;
    values.resize(first + count);
    for (std::size_t i = 0; i < count; ++i) {
      std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
      values[first + i] = value_of(header.big_endian ? swapped(number) : number);
    }
  });
}

/// `values` of `shape`, whose first axis runs fastest, row-major.
std::vector<double> row_major(const Shape& shape, const std::vector<double>& values) {
  std::vector<double> ordered;
  ordered.reserve(values.size());
  std::vector<std::int64_t> index(shape.rank(), 0);
  std::int64_t place = 0;
  while (ordered.size() < values.size()) {
    ordered.push_back(values[static_cast<std::size_t>(place)]);
    // The last axis that has a next index takes it; those behind it begin anew.
    std::int64_t stride = static_cast<std::int64_t>(values.size());
    for (std::size_t axis = shape.rank(); axis-- > 0;) {
      stride /= shape[axis];
      place += stride;
      if (++index[axis] < shape[axis]) break;
      place -= stride * shape[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}

/// Reads one file from its beginning to its end.
class Reader {
 public:
  explicit Reader(const NpySource& source) : source_{source} {}

  Result<Array> array();

 private:
  Result<std::string> bytes(std::size_t count, std::string_view what);
  Result<NpyHeader> header();
  Result<void> end();
  [[nodiscard]] std::uint64_t most_left() const {
    return source_.most_bytes - std::min(source_.most_bytes, used_);
  }

  const NpySource& source_;
  std::uint64_t used_ = 0;
};

Result<std::string> Reader::bytes(std::size_t count, std::string_view what) {
  std::string content(count, '\0');
  auto got = source_.read(content);
  if (!got) return tl::unexpected{std::move(got.error())};
  used_ += *got;
  if (*got == count) return content;
  return bad_input(fmt::format("ends after {}, in {}; copy or save it again", counted(used_, "byte"), what));
}

Result<NpyHeader> Reader::header() {
  auto start = bytes(magic.size() + 2, "its first bytes");
  if (!start) return tl::unexpected{std::move(start.error())};
  if (!start->starts_with(magic))
    return bad_input("is no array, for it does not begin with \\x93NUMPY; save it with numpy.save");
  const unsigned version = static_cast<unsigned char>(start->at(magic.size()));
  if (version < 1 || version > 3)
    return bad_input(
        fmt::format("version {} of the .npy format is not known; save it with numpy.save", version));
  auto length = bytes(version == 1 ? 2 : 4, "the length of its header");
  if (!length) return tl::unexpected{std::move(length.error())};
  std::uint32_t size = 0;
  std::memcpy(&size, length->data(), length->size());
  if (size > most_left())
    return bad_input(fmt::format("its header of {} bytes goes beyond its end; copy or save it again", size));
  if (size > largest_header)
    return bad_input(
        fmt::format("its header has {} bytes, which no array of numbers needs; save numbers", size));
  auto text = bytes(size, "its header");
  if (!text) return tl::unexpected{std::move(text.error())};
  return parse_npy_header(*text);
}

Result<void> Reader::end() {
  char more = '\0';
  auto got = source_.read({&more, 1});
  if (!got) return tl::unexpected{std::move(got.error())};
  if (*got == 0) return {};
  return bad_input("has more bytes than its array; save several arrays with numpy.savez");
}

Result<Array> Reader::array() {
  auto header = this->header();
  if (!header) return tl::unexpected{std::move(header.error())};
  Array array{header->dtype, std::move(header->shape), {}};
  const auto count = static_cast<std::size_t>(array.shape.elements());
  const auto each = bytes_of(array.dtype);
  if (count > most_left() / each)
    return bad_input(fmt::format("shape {} of {} takes {}, but at most {} are there; copy or save it again",
                                 to_string(array.shape), to_string(array.dtype),
                                 counted(count * each, "byte"), most_left()));
  array.values.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(count, source_.packed_bytes / each)));
  while (array.values.size() < count) {
    const auto now = std::min(count - array.values.size(), elements_per_piece);
    auto piece = bytes(now * each, "its elements");
    if (!piece) return tl::unexpected{std::move(piece.error())};
    append_values(*header, *piece, array.values);
  }
  if (auto ended = end(); !ended) return tl::unexpected{std::move(ended.error())};
  if (header->fortran_order && array.shape.rank() > 1) array.values = row_major(array.shape, array.values);
  return array;
}

}  // namespace

Result<Array> read_npy(const NpySource& source) try {
  return Reader{source}.array();
} catch (const std::bad_alloc&) {
  return failure(Errc::io, "needs more memory than there is; give fewer or smaller arrays");
}

Result<Array> parse_npy(std::string_view bytes) {
  auto rest = bytes;
  const auto read = [&rest](std::span<char> into) -> Result<std::size_t> {
    const auto count = rest.copy(into.data(), into.size());
    rest.remove_prefix(count);
    return count;
  };
  return read_npy({read, bytes.size(), bytes.size()});
}

Result<NpyWriter> NpyWriter::of(const Array& array) {
  const auto written = numpy_type(array.dtype);
  if (!written)
    return failure(Errc::unsupported, fmt::format("elements are {}, which are not written; give numbers",
                                                  to_string(array.dtype)));
  assert(array.values.size() == static_cast<std::size_t>(array.shape.elements()));
  return NpyWriter{array, *written};
}

NpyWriter::NpyWriter(const Array& array, DType written)
    : array_{&array}, written_{written}, prefix_{print_npy_prefix(written, array.shape)} {}

std::uint64_t NpyWriter::size() const { return prefix_.size() + array_->values.size() * bytes_of(written_); }

std::string_view NpyWriter::next() {
  if (!begun_) {
    begun_ = true;
    element_ = 0;
    return prefix_;
  }
  const auto count = std::min(array_->values.size() - element_, elements_per_piece);
  piece_.resize(count * bytes_of(written_));
  with_number(written_, [&](auto number) {
    for (std::size_t i = 0; i < count; ++i) {
      number = number_of<decltype(number)>(array_->values[element_ + i]);
      std::memcpy(piece_.data() + i * sizeof number, &number, sizeof number);
    }
  });
  element_ += count;
  return piece_;
}

}  // namespace ns
