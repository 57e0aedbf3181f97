#include "profiler/power/text_lines.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(TextLines, TakesWattsAloneAndWithStamps) {
  TextLines lines;
  const auto plain = lines.take("3.5\n4.25\n");
  ASSERT_EQ(plain.size(), 2U);
  EXPECT_FALSE(plain[0].stamp);
  EXPECT_EQ(plain[1].power, Watts{4.25});
  TextLines stamped;
  const auto pairs = stamped.take("1690000000.5 3.5\n1690000001.5\t4\n");
  ASSERT_EQ(pairs.size(), 2U);
  EXPECT_EQ(pairs[1].stamp, Seconds{1690000001.5});
  EXPECT_EQ(pairs[1].power, Watts{4.0});
}

TEST(TextLines, FindsColumnsByTheirNames) {
  TextLines lines;
  const auto readings = lines.take("Voltage,Power_mW,Time_s\r\n5.01,2500,10\r\n5.02,3500,11\r\n");
  ASSERT_EQ(readings.size(), 2U);
  EXPECT_EQ(readings[0].power, Watts{2.5});
  EXPECT_EQ(readings[1].stamp, Seconds{11.0});
}

TEST(TextLines, PutsPiecesTogether) {
  TextLines lines;
  EXPECT_TRUE(lines.take("12").empty());
  EXPECT_TRUE(lines.take(".5 3").empty());
  const auto readings = lines.take(".75\n1");
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].stamp, Seconds{12.5});
  EXPECT_EQ(readings[0].power, Watts{3.75});
}

TEST(TextLines, CountsWhatIsNoReadingAndKeepsLittleOfIt) {
  TextLines lines;
  EXPECT_TRUE(lines.take("no meter\n1 nan\nx 3\n\n").empty());
  EXPECT_EQ(lines.unread(), 3U);
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(lines.take(std::string(100'000, '7')).empty());
  const auto readings = lines.take("\n5\n");
  ASSERT_EQ(readings.size(), 1U) << "the line that never ended is passed over";
  EXPECT_EQ(readings[0].power, Watts{5.0});
}

}  // namespace
}  // namespace ns
