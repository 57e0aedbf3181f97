#include "core/quantity.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(Quantity, TellsBitsFromBytes) {
  EXPECT_DOUBLE_EQ(parse_rate("20Mbit/s")->value(), 2.5e6);
  EXPECT_DOUBLE_EQ(parse_rate("2.5MB/s")->value(), 2.5e6);
  EXPECT_DOUBLE_EQ(parse_rate("1Gbit/s")->value(), 1.25e8);
}

TEST(Quantity, RequiresTheUnitOfATime) {
  EXPECT_DOUBLE_EQ(parse_duration("35ms")->count(), 0.035);
  const auto bare = parse_duration("35");
  ASSERT_FALSE(bare);
  EXPECT_EQ(bare.error().message, "'35' has no unit; write it like 35ms");
}

TEST(Quantity, RefusesNonsense) {
  for (const auto* wrong :
       {"", "Mbit/s", "-5Mbit/s", "0Mbit/s", "nanMbit/s", "20mbps", "20 Mbit", "1e999MB/s", "1e308Gbit/s"})
    EXPECT_FALSE(parse_rate(wrong)) << wrong;
  for (const auto* wrong : {"-1ms", "1h", "ms"}) EXPECT_FALSE(parse_duration(wrong)) << wrong;
}

TEST(Quantity, BitsPerSecondAreWrittenInTwoWays) {
  EXPECT_EQ(parse_rate("20Mbps")->value(), parse_rate("20Mbit/s")->value());
  EXPECT_EQ(parse_rate("20MB/s")->value(), 8.0 * parse_rate("20Mbps")->value());
}

TEST(Quantity, NamesTheUnitsItKnows) {
  EXPECT_EQ(parse_rate("20mbps").error().message,
            "'20mbps': unknown unit 'mbps'; use bit/s, kbit/s, Mbit/s, Gbit/s, B/s, kB/s, MB/s, GB/s, "
            "kbps, Mbps or Gbps");
}

TEST(Quantity, PrintsThreeDigitsAndTheUnitThatFits) {
  EXPECT_EQ(print(Seconds{0.0123456}), "12.3 ms");
  EXPECT_EQ(print(Seconds{0.99999}), "1.00 s");
  EXPECT_EQ(print(Seconds{0}), "0 s");
  EXPECT_EQ(print(Bytes{850}), "850 B");
  EXPECT_EQ(print(Bytes{1605632}), "1.61 MB");
  EXPECT_EQ(print(megabits_per_second(5.85)), "5.85 Mbit/s");
  EXPECT_EQ(print(Macs{724406816}), "724 M");
}

}  // namespace
}  // namespace ns
