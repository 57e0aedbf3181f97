#include "core/npy.hpp"

#include "core/npy_header.hpp"

#include <cmath>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <limits>
#include <rapidcheck.h>

namespace ns {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// A file of version 1 with this header and these bytes of elements.
std::string file(std::string_view header, std::string_view elements) {
  std::string bytes{"\x93NUMPY\x01\x00", 8};
  bytes += static_cast<char>(header.size() & 0xFFU);
  bytes += static_cast<char>(header.size() >> 8U);
  return bytes.append(header).append(elements);
}

std::string header_of(std::string_view descr, std::string_view shape) {
  return fmt::format("{{'descr': {}, 'fortran_order': False, 'shape': {}, }}\n", descr, shape);
}

std::string written(const Array& array) {
  auto writer = NpyWriter::of(array).value();
  std::string bytes;
  for (auto piece = writer.next(); !piece.empty(); piece = writer.next()) bytes += piece;
  EXPECT_EQ(bytes.size(), writer.size());
  return bytes;
}

std::string why_not(std::string_view bytes) {
  const auto array = parse_npy(bytes);
  if (array) return "was read";
  EXPECT_EQ(array.error().code, Errc::bad_input) << array.error().message;
  return array.error().message;
}

std::string why_not_header(std::string_view header) { return why_not(file(header, {})); }

TEST(Npy, ReadsKeysInAnyOrderAndBothQuotes) {
  const auto array = parse_npy(file(R"( {"shape":( 2 ,),"fortran_order":False,"descr":"|i1"} )", "\x01\xff"));
  ASSERT_TRUE(array) << array.error().message;
  EXPECT_EQ(*array, (Array{DType::int8, {2}, {1.0, -1.0}}));
}

TEST(Npy, ReadsTrueFromAnyByteButZero) {
  const auto array = parse_npy(file(header_of("'|b1'", "(3,)"), std::string_view{"\x00\x02\xff", 3}));
  ASSERT_TRUE(array) << array.error().message;
  EXPECT_THAT(array->values, ElementsAre(0.0, 1.0, 1.0));
}

TEST(Npy, RefusesShapesThatTheBytesDoNotFill) {
  EXPECT_EQ(why_not(file(header_of("'<f4'", "(2, 3)"), std::string(20, '\0'))),
            "shape 2x3 of float32 takes 24 bytes, but at most 20 are there; copy or save it again");
  EXPECT_THAT(why_not(file(header_of("'<f8'", "(281474976710656,)"), "12345678")),
              HasSubstr("takes 2251799813685248 bytes, but at most 8 are there"));
  EXPECT_THAT(why_not(file(header_of("'<f8'", "(562949953421312,)"), "")),
              HasSubstr("more than 2^48 elements"));
  EXPECT_THAT(why_not(file(header_of("'<f8'", "(99999999999999999999,)"), "")),
              HasSubstr("expected an extent below 2^63"));
  EXPECT_THAT(why_not(file(header_of("'<f4'", "()"), "")),
              HasSubstr("shape scalar of float32 takes 4 bytes"));
  EXPECT_EQ(why_not(file(header_of("'<f4'", "(-1, 3)"), "")), "shape -1x3 has a negative extent");
  EXPECT_EQ(why_not(file(header_of("'|u1'", "(2,)"), "123")),
            "has more bytes than its array; save several arrays with numpy.savez");
}

TEST(Npy, RefusesWhatIsCutShortAnywhere) {
  const auto whole = written({DType::int16, {2}, {1.0, 2.0}});
  ASSERT_EQ(why_not(whole), "was read");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(why_not(whole.substr(0, size)), "was read") << size;
  EXPECT_EQ(why_not(whole.substr(0, 7)), "ends after 7 bytes, in its first bytes; copy or save it again");
  EXPECT_EQ(why_not(whole.substr(0, 50)),
            "its header of 118 bytes goes beyond its end; copy or save it again");
}

TEST(Npy, RefusesHeadersThatNoArrayOfNumbersNeeds) {
  constexpr std::size_t size = 70000;
  std::string bytes{"\x93NUMPY\x02\x00\x70\x11\x01\x00", 12};
  EXPECT_EQ(why_not(bytes + std::string(size, ' ')),
            "its header has 70000 bytes, which no array of numbers needs; save numbers");
  std::string axes = "(";
  for (int i = 0; i < 10000; ++i) axes += "1, ";
  EXPECT_EQ(why_not_header(header_of("'<f4'", axes + ")")),
            "has 10000 axes; at most 8 are supported: save array.reshape(...)");
}

TEST(Npy, RefusesWhatIsNoArray) {
  EXPECT_EQ(why_not("three ones"),
            "is no array, for it does not begin with \\x93NUMPY; save it with numpy.save");
  EXPECT_EQ(why_not(std::string_view{"\x93NUMPY\x04\x00\x00\x00", 10}),
            "version 4 of the .npy format is not known; save it with numpy.save");
}

TEST(Npy, SaysWhereAHeaderIsWrong) {
  EXPECT_EQ(why_not_header("{'descr': '<f4' 'fortran_order': False, 'shape': (1,)}"),
            "header, character 17: expected ',' or '}'; save the array again with numpy.save");
  EXPECT_THAT(why_not_header(header_of("'<f4'", "(3)")), HasSubstr("character 53: expected ','"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "(3 4)")), HasSubstr("expected ','"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "(3, , 4)")), HasSubstr("expected an extent"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "(3, 4")), HasSubstr("expected an extent"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "[3, 4]")), HasSubstr("expected a shape in parentheses"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "(3,), 'shape': (3,)")), HasSubstr("expected each key once"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "(3,), 'order': 1")), HasSubstr("alone as keys"));
  EXPECT_THAT(why_not_header("{'descr': '<f4', 'shape': ()}"),
              HasSubstr("'fortran_order' and 'shape' before"));
  EXPECT_THAT(why_not_header("{'descr': '<f4', 'fortran_order': 0, 'shape': ()}"),
              HasSubstr("True or False"));
  EXPECT_THAT(why_not_header("{'descr': '<f4"), HasSubstr("the end of a quoted word"));
  EXPECT_THAT(why_not_header("{'descr'"), HasSubstr("expected ':'"));
  EXPECT_THAT(why_not_header("{"), HasSubstr("expected a quoted word"));
  EXPECT_THAT(why_not_header(""), HasSubstr("expected '{'"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "()") + "0"), HasSubstr("expected nothing after '}'"));
  EXPECT_THAT(why_not_header(header_of("'<f4'", "()") + std::string(1, '\0')), HasSubstr("nothing after"));
}

TEST(Npy, WritesTheHeaderThatNumpyWrites) {
  const auto bytes = written({DType::float32, {2, 3}, std::vector<double>(6, 0.0)});
  EXPECT_EQ(bytes.size(), 128U + 24U);
  EXPECT_THAT(bytes, HasSubstr("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }    "));
  EXPECT_EQ(bytes[127], '\n');
  EXPECT_THAT(written({DType::uint8, {}, {1.0}}), HasSubstr("'|u1', 'fortran_order': False, 'shape': (), }"));
  EXPECT_THAT(written({DType::boolean, {1}, {1.0}}),
              HasSubstr("'|b1', 'fortran_order': False, 'shape': (1,), }"));
}

Array read_back(const Array& array) { return parse_npy(written(array)).value(); }

TEST(Npy, WritesTypesThatNumpyHasNotAsWiderOnes) {
  for (const auto dtype : {DType::bfloat16, DType::float8e4m3fn, DType::float8e4m3fnuz, DType::float8e5m2,
                           DType::float8e5m2fnuz, DType::float8e8m0, DType::float4e2m1})
    EXPECT_EQ(read_back({dtype, {1}, {1.5}}), (Array{DType::float32, {1}, {1.5}})) << to_string(dtype);
  for (const auto dtype : {DType::int4, DType::int2})
    EXPECT_EQ(read_back({dtype, {1}, {-2.0}}), (Array{DType::int8, {1}, {-2.0}}));
  for (const auto dtype : {DType::uint4, DType::uint2})
    EXPECT_EQ(read_back({dtype, {1}, {3.0}}), (Array{DType::uint8, {1}, {3.0}}));
}

TEST(Npy, WritesTheEndOfAnIntegerTypeForWhatIsBeyond) {
  const std::vector<double> beyond{-infinity, -1e30, std::nan(""), 1e30, infinity};
  const auto kept = [&](DType dtype) { return read_back({dtype, {5}, beyond}).values; };
  EXPECT_THAT(kept(DType::int8), ElementsAre(-128.0, -128.0, 0.0, 127.0, 127.0));
  EXPECT_THAT(kept(DType::uint16), ElementsAre(0.0, 0.0, 0.0, 65535.0, 65535.0));
  EXPECT_THAT(kept(DType::int64), ElementsAre(-0x1p63, -0x1p63, 0.0, 0x1p63, 0x1p63));
  EXPECT_THAT(kept(DType::uint64), ElementsAre(0.0, 0.0, 0.0, 0x1p64, 0x1p64));
  EXPECT_THAT(read_back({DType::int8, {2}, {1.9, -1.9}}).values, ElementsAre(1.0, -1.0));
}

TEST(Npy, RoundsRealNumbersAsTheirTypeDoes) {
  EXPECT_THAT(read_back({DType::float16, {5}, {65520.0, -infinity, 2049.0, 6e-8, -0.0}}).values,
              ElementsAre(infinity, -infinity, 2048.0, 0x1p-24, 0.0));
  EXPECT_TRUE(std::signbit(read_back({DType::float16, {}, {-0.0}}).values.at(0)));
  EXPECT_TRUE(std::isnan(read_back({DType::float16, {}, {std::nan("")}}).values.at(0)));
  EXPECT_THAT(read_back({DType::float32, {2}, {1e300, 0.1}}).values,
              ElementsAre(infinity, static_cast<double>(0.1F)));
}

// All 65536: what is read is written with the same bits.
TEST(Npy, KeepsEveryHalf) {
  std::string elements;
  for (unsigned bits = 0; bits < 65536; ++bits) {
    if ((bits & 0x7C00U) == 0x7C00U && (bits & 0x3FFU) != 0) continue;  // NaN
    elements += static_cast<char>(bits & 0xFFU);
    elements += static_cast<char>(bits >> 8U);
  }
  const auto bytes = file(header_of("'<f2'", fmt::format("({},)", elements.size() / 2)), elements);
  const auto array = parse_npy(bytes);
  ASSERT_TRUE(array) << array.error().message;
  EXPECT_EQ(written(*array).substr(128), elements);
}

TEST(Npy, RefusesToWriteStringsAndComplexNumbers) {
  for (const auto dtype : {DType::string, DType::complex64, DType::complex128}) {
    const Array array{dtype, {}, {0.0}};
    const auto writer = NpyWriter::of(array);
    ASSERT_FALSE(writer);
    EXPECT_EQ(writer.error().code, Errc::unsupported);
    EXPECT_THAT(writer.error().message, HasSubstr(std::string{to_string(dtype)}));
  }
}

constexpr std::array numpy_types{DType::float32, DType::float16, DType::float64, DType::int8,
                                 DType::uint8,   DType::int16,   DType::uint16,  DType::int32,
                                 DType::uint32,  DType::int64,   DType::uint64,  DType::boolean};

rc::Gen<Array> any_array() {
  return rc::gen::exec([] {
    auto extents = *rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 5));
    extents.resize(std::min<std::size_t>(extents.size(), 5));
    auto array = zeros(*rc::gen::elementOf(numpy_types), Shape{std::move(extents)});
    array.values = *rc::gen::container<std::vector<double>>(
        array.values.size(), rc::gen::map(rc::gen::inRange(-100000, 100000), [](int n) { return n / 8.0; }));
    round_values(array);
    return array;
  });
}

TEST(NpyProperty, WhatIsWrittenIsReadBack) {
  EXPECT_TRUE(rc::check([] {
    const auto array = *any_array();
    RC_ASSERT(read_back(array) == array);
  }));
}

// The transposed array has the same bytes, last axis first.
TEST(NpyProperty, ColumnsAreReadAsTheTransposedRows) {
  EXPECT_TRUE(rc::check([] {
    const auto rows = *rc::gen::inRange<std::int64_t>(0, 9);
    const auto columns = *rc::gen::inRange<std::int64_t>(0, 9);
    std::string elements;
    for (std::int64_t i = 0; i < rows * columns; ++i) elements += static_cast<char>(i);
    const auto array = parse_npy(
        file(fmt::format("{{'descr': '|u1', 'fortran_order': True, 'shape': ({}, {})}}", rows, columns),
             elements));
    RC_ASSERT(array.has_value());
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j)
        RC_ASSERT(array->values[static_cast<std::size_t>(i * columns + j)] ==
                  static_cast<double>(i + j * rows));
  }));
}

TEST(NpyProperty, AnyHeaderIsReadOrRefused) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto header = parse_npy_header("{'descr': '<f4', 'fortran_order': True, " + text);
    if (!header) RC_ASSERT(!header.error().message.empty());
  }));
}

}  // namespace
}  // namespace ns
