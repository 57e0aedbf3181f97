#include "core/table.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(Table, AlignsByCharactersNotBytes) {
  Table table;
  table.column("layer", Align::left).column("time (ms)");
  table.row({"中文", "1.5"});
  table.row({"conv1", "12"});
  EXPECT_EQ(table.text(),
            "layer  time (ms)\n"
            "中文           1.5\n"
            "conv1         12\n");
}

TEST(Table, QuotesCsvCells) {
  Table table;
  table.column("name", Align::left).column("note", Align::left);
  table.row({"a,b\"c", " lead"});
  EXPECT_EQ(table.csv(), "name,note\n\"a,b\"\"c\",\" lead\"\n");
}

TEST(Table, DrawsBarsInEighths) {
  EXPECT_EQ(bar(1.0, 2), "██");
  EXPECT_EQ(bar(0.5, 1), "▌");
  EXPECT_EQ(bar(1e-9, 8), "▏");
  EXPECT_EQ(bar(0.0, 8), "");
}

}  // namespace
}  // namespace ns
