#include "net/onnx/decode.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace ns::onnx {
namespace {

/// What stands for infinity and for no number.
enum class Specials : std::uint8_t {
  ieee,           // the largest exponent: infinity, and NaN with a mantissa
  only_nan,       // all ones (FN)
  negative_zero,  // the bits of -0 are NaN (FNUZ)
  none,
};

struct Format {
  DType type;
  int exponent_bits;
  int mantissa_bits;
  int bias;
  Specials specials;
};

/// The tables of https://onnx.ai/onnx/technical/float8.html and float4.html.
constexpr std::array formats{
    Format{DType::float16, 5, 10, 15, Specials::ieee},
    Format{DType::bfloat16, 8, 7, 127, Specials::ieee},
    Format{DType::float8e4m3fn, 4, 3, 7, Specials::only_nan},
    Format{DType::float8e4m3fnuz, 4, 3, 8, Specials::negative_zero},
    Format{DType::float8e5m2, 5, 2, 15, Specials::ieee},
    Format{DType::float8e5m2fnuz, 5, 2, 16, Specials::negative_zero},
    Format{DType::float4e2m1, 2, 1, 1, Specials::none},
};

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

double real_of(const Format& format, unsigned bits) {
  const auto ones = [](int count) { return (1U << static_cast<unsigned>(count)) - 1U; };
  const auto mantissa = bits & ones(format.mantissa_bits);
  const auto exponent = (bits >> static_cast<unsigned>(format.mantissa_bits)) & ones(format.exponent_bits);
  const bool negative =
      (bits >> static_cast<unsigned>(format.mantissa_bits + format.exponent_bits) & 1U) != 0;
  const bool largest = exponent == ones(format.exponent_bits);
  if (format.specials == Specials::negative_zero && negative && exponent == 0 && mantissa == 0)
    return no_number;
  if (format.specials == Specials::only_nan && largest && mantissa == ones(format.mantissa_bits))
    return no_number;
  if (format.specials == Specials::ieee && largest && mantissa != 0) return no_number;
  const double sign = negative ? -1.0 : 1.0;
  if (format.specials == Specials::ieee && largest) return sign * infinity;
  const auto implied = exponent == 0 ? 0U : 1U << static_cast<unsigned>(format.mantissa_bits);
  const auto power = std::max(static_cast<int>(exponent), 1) - format.bias - format.mantissa_bits;
  return sign * std::ldexp(static_cast<double>(implied + mantissa), power);
}

template <class Number>
Number number_at(std::string_view bytes, std::size_t i) {
  Number number;
  std::memcpy(&number, bytes.data() + i * sizeof number, sizeof number);
  return number;
}

/// The bits of element `i` of a type of at most 16 bits.
unsigned bits_at(std::string_view bytes, std::size_t i, std::size_t width) {
  if (width == 16) return number_at<std::uint16_t>(bytes, i);
  const auto first = i * width;
  const auto byte = static_cast<unsigned char>(bytes[first / 8]);
  return (byte >> (first % 8)) & ((1U << width) - 1U);
}

std::size_t width_of(DType type) { return static_cast<std::size_t>(element_bits(type)); }

double real_at(DType type, std::string_view bytes, std::size_t i) {
  if (type == DType::float32) return double{number_at<float>(bytes, i)};
  if (type == DType::float64) return number_at<double>(bytes, i);
  return small_real(type, bits_at(bytes, i, width_of(type)));
}

Extent unsigned_extent(std::uint64_t value) {
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return value > most ? Extent{} : Extent{static_cast<std::int64_t>(value)};
}

Extent signed_bits(unsigned bits, std::size_t width) {
  const auto value = static_cast<std::int64_t>(bits);
  return (bits >> (width - 1)) != 0 ? value - (std::int64_t{1} << width) : value;
}

Extent integer_at(DType type, std::string_view bytes, std::size_t i) {
  switch (type) {
    case DType::int64:
      return number_at<std::int64_t>(bytes, i);
    case DType::uint64:
      return unsigned_extent(number_at<std::uint64_t>(bytes, i));
    case DType::int32:
      return std::int64_t{number_at<std::int32_t>(bytes, i)};
    case DType::uint32:
      return std::int64_t{number_at<std::uint32_t>(bytes, i)};
    case DType::int16:
    case DType::int8:
    case DType::int4:
    case DType::int2:
      return signed_bits(bits_at(bytes, i, width_of(type)), width_of(type));
    case DType::boolean:
      return std::int64_t{bits_at(bytes, i, 8) != 0};
    default:
      return std::int64_t{bits_at(bytes, i, width_of(type))};
  }
}

double number_of(DType type, std::string_view bytes, std::size_t i) {
  if (is_floating(type)) return real_at(type, bytes, i);
  if (type == DType::uint64) return static_cast<double>(number_at<std::uint64_t>(bytes, i));
  return static_cast<double>(integer_at(type, bytes, i).value());
}

}  // namespace

std::size_t packed_bytes(DType type, std::size_t count) { return (count * width_of(type) + 7) / 8; }

double small_real(DType type, unsigned bits) {
  // Powers of two alone, without sign or mantissa; 255 is NaN.
  if (type == DType::float8e8m0)
    return bits == 255 ? no_number : std::ldexp(1.0, static_cast<int>(bits) - 127);
  return real_of(*std::ranges::find(formats, type, &Format::type), bits);
}

void decode_numbers(DType type, std::string_view bytes, std::size_t first, std::span<double> values) {
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = number_of(type, bytes, first + i);
}

Value decode(DType type, std::string_view bytes, std::size_t count) {
  if (is_floating(type)) {
    std::vector<double> reals(count);
    decode_numbers(type, bytes, 0, reals);
    return reals;
  }
  std::vector<Extent> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = integer_at(type, bytes, i);
  return values;
}

}  // namespace ns::onnx
