#include "core/shape.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(Shape, PrintsAndParsesInversely) {
  for (const auto& shape : {Shape{}, Shape{0}, Shape{1, 3, 224, 224}, Shape{1, 2, 3, 4, 5, 6, 7, 8}})
    EXPECT_EQ(parse_shape(to_string(shape)).value(), shape);
}

TEST(Shape, RefusesWhatNoTensorHas) {
  for (const auto* wrong : {"", "1x", "x1", "1x-3", "1X3", "1x2x3x4x5x6x7x8x9", "4294967296x4294967296",
                            "0x4294967296x4294967296", "4294967296x4294967296x0"})
    EXPECT_FALSE(parse_shape(wrong)) << wrong;
}

TEST(Shape, CountsElementsOfAnEmptyTensorAsNone) { EXPECT_EQ((Shape{4, 0, 9}).elements(), 0); }

}  // namespace
}  // namespace ns
