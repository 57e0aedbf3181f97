#include "core/json.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

TEST(Json, ReadsMembersByKind) {
  const auto document = JsonDocument::parse(
      R"({"schema": "ns.link/1", "rtt_s": 0.04, "n": 3, "list": [1, 2.5], "none": null})", "x");
  ASSERT_TRUE(document);
  const auto root = document->root();
  EXPECT_EQ(root.number("rtt_s").value(), 0.04);
  EXPECT_EQ(root.number("n").value(), 3.0);
  EXPECT_EQ(root.integer("n").value(), 3);
  EXPECT_EQ(root.at("list")->numbers().value(), (std::vector<double>{1, 2.5}));
  EXPECT_FALSE(root.find("none"));
  EXPECT_EQ(root.number_or("none", 7).value(), 7.0);
}

TEST(Json, NamesTheKeyThatIsWrong) {
  const auto document = JsonDocument::parse(R"({"rtt_s": "fast"})", "x");
  EXPECT_EQ(document->root().number("rtt_s").error().message, "'rtt_s': must be a number");
  EXPECT_EQ(document->root().number("up").error().message, "'up' is missing");
}

TEST(Json, NamesLineAndColumnOfASyntaxError) {
  EXPECT_EQ(JsonDocument::parse("{\n  \"a\": 1,\n  oops\n}", "bad.json").error().message,
            "bad.json:3:3: not valid JSON here");
  EXPECT_EQ(JsonDocument::parse("  \n", "bad.json").error().message, "bad.json: is empty");
}

TEST(Json, RefusesNumbersThatAreNotFiniteAndDeepNesting) {
  EXPECT_FALSE(JsonDocument::parse("{\"a\": NaN}", "x"));
  EXPECT_FALSE(JsonDocument::parse(std::string(100000, '['), "x"));
}

TEST(Json, RefusesFilesThatWouldTakeMuchMemory) {
  const auto large = '[' + std::string(std::size_t{17} << 20, ' ') + ']';
  EXPECT_EQ(JsonDocument::parse(large, "x").error().message,
            "x: larger than 16 MB, which no JSON file here needs");
  EXPECT_EQ(JsonDocument::parse("[1e999]", "x").error().message,
            "x:1:1: not valid JSON (a number out of range, text that is no UTF-8 or nesting too deep)");
}

TEST(Json, NamesTheSchemaItCannotRead) {
  const auto document = JsonDocument::parse(R"({"schema": "ns.costs/2"})", "c.json");
  EXPECT_EQ(document->expect_schema("ns.costs").error().message,
            "c.json: schema is 'ns.costs/2'; this program reads ns.costs/1");
}

}  // namespace
}  // namespace ns
