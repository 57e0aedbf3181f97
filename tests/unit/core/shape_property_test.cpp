// Properties that hold for every shape, tried on random ones; a failure is shrunk to the smallest.
#include "core/shape.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <string>
#include <vector>

namespace ns {
namespace {

rc::Gen<Shape> any_shape() {
  return rc::gen::map(rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(0, 33)),
                      [](std::vector<std::int64_t> extents) {
                        extents.resize(std::min<std::size_t>(extents.size(), 8));
                        return Shape{std::move(extents)};
                      });
}

TEST(ShapeProperty, PrintAndParseAreInverse) {
  EXPECT_TRUE(rc::check([] {
    const auto shape = *any_shape();
    const auto read = parse_shape(to_string(shape));
    RC_ASSERT(read.has_value());
    RC_ASSERT(*read == shape);
  }));
}

TEST(ShapeProperty, ElementsOfTwoPartsMultiply) {
  EXPECT_TRUE(rc::check([] {
    const auto shape = *any_shape();
    const auto middle = *rc::gen::inRange<std::size_t>(0, shape.rank() + 1);
    RC_ASSERT(shape.elements() == shape.elements(0, middle) * shape.elements(middle, shape.rank()));
  }));
}

TEST(ShapeProperty, AnyTextIsRefusedOrPrintsAgain) {
  EXPECT_TRUE(rc::check([](const std::string& text) {
    const auto shape = parse_shape(text);
    if (shape) RC_ASSERT(parse_shape(to_string(*shape)).value() == *shape);
  }));
}

}  // namespace
}  // namespace ns
