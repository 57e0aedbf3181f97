#include "net/weights.hpp"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <vector>

namespace ns {
namespace {

TEST(RandomWeights, AreTheSameForTheSameSeedNameAndSlotAndElseDiffer) {
  const auto net = net_of(*parse_layer("fc:features=50@1x200"));
  const auto read = [&](std::uint64_t seed, std::size_t slot, std::size_t count) {
    std::vector<float> values(count);
    EXPECT_TRUE(RandomWeights{seed}.read(*net, 0, slot, 0, values));
    return values;
  };
  EXPECT_EQ(read(1, 0, 10000), read(1, 0, 10000));
  EXPECT_NE(read(1, 0, 10000), read(2, 0, 10000));
  EXPECT_NE(read(1, 0, 50), read(1, 1, 50));
}

TEST(RandomWeights, ArePartByPartWhatTheyAreWhole) {
  const auto net = net_of(*parse_layer("fc:features=50@1x200"));
  std::vector<float> whole(10000);
  std::vector<float> part(123);
  ASSERT_TRUE(RandomWeights{1}.read(*net, 0, 0, 0, whole));
  ASSERT_TRUE(RandomWeights{1}.read(*net, 0, 0, 7000, part));
  EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + 7000));
}

TEST(RandomWeights, FiltersHaveTheVarianceTwoOverFanIn) {
  const auto net = net_of(*parse_layer("fc:features=50@1x200"));
  std::vector<float> values(10000);
  ASSERT_TRUE(RandomWeights{3}.read(*net, 0, 0, 0, values));
  double sum = 0.0;
  double squares = 0.0;
  for (const float value : values) {
    sum += static_cast<double>(value);
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  EXPECT_NEAR(sum / 1e4, 0.0, 0.004);        // four standard errors of 0.001
  EXPECT_NEAR(squares / 1e4, 0.01, 0.0006);  // 2 / 200, four standard errors of 1.4 %
}

TEST(RandomWeights, AreWholeNumbersWhereTheElementsAre) {
  const auto read = [](const char* layer) {
    std::vector<float> values(1000);
    EXPECT_TRUE(RandomWeights{1}.read(*net_of(*parse_layer(layer)), 0, 0, 0, values));
    return values;
  };
  for (const float value : read("eltwise:add,with=1000@1000:int32")) {
    EXPECT_EQ(value, std::floor(value));
    EXPECT_LE(value, 7.0F);
  }
  for (const float value : read("eltwise:logical_and,with=1000@1000:bool"))
    EXPECT_TRUE(value == 0.0F || value == 1.0F) << value;
}

}  // namespace
}  // namespace ns
