#include "core/array.hpp"

#include <cmath>
#include <gmock/gmock.h>
#include <limits>

namespace ns {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

TEST(Saturated, StaysWithinTheTypeWithTiesToEven) {
  EXPECT_EQ(saturated(DType::uint8, 255.5), 255.0);
  EXPECT_EQ(saturated(DType::uint8, -3.0), 0.0);
  EXPECT_EQ(saturated(DType::int8, -1000.0), -128.0);
  EXPECT_EQ(saturated(DType::int8, 2.5), 2.0);
  EXPECT_EQ(saturated(DType::int4, 9.0), 7.0);
  EXPECT_EQ(saturated(DType::int32, std::nan("")), 0.0);
  EXPECT_EQ(saturated(DType::float16, 1e6), infinity);
  EXPECT_EQ(range_of(DType::float32), std::pair(0.0, 0.0));
}

TEST(Rounded, KeepsWhatEachTypeHolds) {
  EXPECT_EQ(rounded(DType::float64, 0.1), 0.1);
  EXPECT_EQ(rounded(DType::float32, 0.1), static_cast<double>(0.1F));
  EXPECT_EQ(rounded(DType::float32, 16777217.0), 16777216.0);
  EXPECT_EQ(rounded(DType::boolean, -0.5), 1.0);
  EXPECT_EQ(rounded(DType::boolean, 0.0), 0.0);
}

// Values of IEEE 754 binary16 and of https://onnx.ai/onnx/technical/float8.html.
TEST(Rounded, GoesToTheNearestOfNarrowTypesWithTiesToEven) {
  EXPECT_EQ(rounded(DType::float16, 2049.0), 2048.0);
  EXPECT_EQ(rounded(DType::float16, 2051.0), 2052.0);
  EXPECT_EQ(rounded(DType::float16, 65519.0), 65504.0);
  EXPECT_EQ(rounded(DType::float16, 65520.0), infinity);
  EXPECT_EQ(rounded(DType::float16, 1e-8), 0.0);
  EXPECT_EQ(rounded(DType::float16, 6e-8), std::ldexp(1.0, -24));
  EXPECT_EQ(rounded(DType::bfloat16, 1.00390625), 1.0);
  EXPECT_EQ(rounded(DType::float8e4m3fn, 17.0), 16.0);
  EXPECT_EQ(rounded(DType::float8e4m3fn, 1000.0), 448.0);
  EXPECT_EQ(rounded(DType::float8e5m2, -infinity), -57344.0);
  EXPECT_EQ(rounded(DType::float4e2m1, 2.5), 2.0);
}

TEST(Rounded, WrapsIntegersAndDropsTheirFraction) {
  EXPECT_EQ(rounded(DType::int8, 128.0), -128.0);
  EXPECT_EQ(rounded(DType::int8, -1.9), -1.0);
  EXPECT_EQ(rounded(DType::uint8, -1.0), 255.0);
  EXPECT_EQ(rounded(DType::uint8, 256.5), 0.0);
  EXPECT_EQ(rounded(DType::int64, 9007199254740992.0), 9007199254740992.0);
  EXPECT_EQ(rounded(DType::int64, 9223372036854775807.0), 9223372036854775807.0);
  EXPECT_EQ(rounded(DType::int32, std::nan("")), 0.0);
  EXPECT_EQ(rounded(DType::int4, 9.0), -7.0);
}

}  // namespace
}  // namespace ns
