#include "tests/fuzz/wire_tree.hpp"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

namespace ns::fuzz {
namespace {

std::string model(const std::string& name) {
  std::ifstream file{std::filesystem::path{NS_TEST_DATA} / "onnx" / "file" / (name + ".onnx"),
                     std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

TEST(WireTree, WritesWhatItRead) {
  for (const auto* const name : {"functions", "types", "sparse", "every_attribute", "values", "external"}) {
    std::vector<WireField> fields;
    const auto bytes = model(name);
    ASSERT_TRUE(parse_wire(bytes, Message::model, fields)) << name;
    EXPECT_EQ(print_wire(fields), bytes) << name;
  }
}

// graph { node { op_type: "Relu" } } with a longer operator: both lengths around it grow.
TEST(WireTree, WritesLengthsAnew) {
  std::vector<WireField> fields;
  ASSERT_TRUE(parse_wire("\x3a\x08\x0a\x06\x22\x04Relu", Message::model, fields));
  auto& node = fields.at(0).fields.at(0);
  EXPECT_EQ(node.message, Message::node);
  node.fields.at(0).bytes = "LeakyRelu";
  EXPECT_EQ(print_wire(fields), "\x3a\x0d\x0a\x0b\x22\x09LeakyRelu");
}

TEST(WireTree, LeavesWhatIsNoMessageAsItStands) {
  std::vector<WireField> fields;
  ASSERT_TRUE(parse_wire("\x3a\x02\x0a\x7f", Message::model, fields));
  EXPECT_EQ(fields.at(0).message, Message::leaf);
  EXPECT_EQ(print_wire(fields), "\x3a\x02\x0a\x7f");
  fields.clear();
  EXPECT_FALSE(parse_wire("\x3a\x7f", Message::model, fields));
}

}  // namespace
}  // namespace ns::fuzz
