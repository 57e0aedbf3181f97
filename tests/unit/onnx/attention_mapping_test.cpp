// Which nodes of attention are layers; shapes as in the ONNX package's tests.
#include "tests/unit/onnx/mapped_layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

TEST(Mapping, AttentionOfActivationsIsOneLayer) {
  const auto with = [](const std::vector<std::string>& shapes, std::vector<std::string> inputs,
                       std::vector<std::string> outputs, std::vector<Attribute> attributes) {
    GraphMaker maker;
    maker.input("q", shapes[0])
        .input("k", shapes[1])
        .input("v", shapes[1])
        .input("m", "4x6")
        .weight("w", {4, 6});
    maker.input("past", "2x3x5x8");
    maker.node("Attention", std::move(inputs), outputs, std::move(attributes));
    for (const auto& output : outputs) maker.output(output);
    return layers_of(maker);
  };
  const std::vector<std::string> whole{"2x3x4x8", "2x3x6x8"};
  EXPECT_EQ(with(whole, {"q", "k", "v"}, {"y"}, {}), "attention@2x3x4x8,2x3x6x8,2x3x6x8");
  EXPECT_EQ(with(whole, {"q", "k", "v", "m"}, {"y"},
                 {attribute("is_causal", 1), real_attribute("scale", 0.5), real_attribute("softcap", 2.0)}),
            "attention:causal=1,scale=0.5,softcap=2@2x3x4x8,2x3x6x8,2x3x6x8,4x6");
  EXPECT_EQ(with(whole, {"q", "k", "v", "w"}, {"y"}, {}), "attention:mask=4x6@2x3x4x8,2x3x6x8,2x3x6x8");
  EXPECT_EQ(with({"2x4x72", "2x6x24"}, {"q", "k", "v"}, {"y"},
                 {attribute("q_num_heads", 9), attribute("kv_num_heads", 3)}),
            "attention:heads=9,kv_heads=3@2x4x72,2x6x24,2x6x24");
  EXPECT_THAT(with(whole, {"q", "k", "v", "", "past", "past"}, {"y"}, {}), HasSubstr("opaque:op=Attention"));
  EXPECT_THAT(with(whole, {"q", "k", "v"}, {"y", "present"}, {}), HasSubstr("opaque:op=Attention"));
}

TEST(Mapping, MasksOfFewerKeysAreThoseOfOpset24) {
  const auto with = [](std::string_view mask, std::int64_t opset) {
    return layers_of(GraphMaker{}
                         .opset(opset)
                         .input("q", "2x3x4x8")
                         .input("k", "2x3x6x8")
                         .input("m", mask)
                         .node("Attention", {"q", "k", "k", "m"}, {"y"})
                         .output("y"));
  };
  EXPECT_EQ(with("4x5", 24), "attention@2x3x4x8,2x3x6x8,2x3x6x8,4x5");
  EXPECT_EQ(with("4x6", 23), "attention@2x3x4x8,2x3x6x8,2x3x6x8,4x6");
  for (const auto* const mask : {"4x5", "4x1"})
    EXPECT_THAT(with(mask, 23), HasSubstr("opaque:op=Attention")) << mask;
}

TEST(Mapping, MultiHeadAttentionOfOnnxRuntimeIsTheSameLayer) {
  const auto with = [](std::string_view keys, std::vector<std::string> inputs, std::int64_t unidirectional) {
    return layers_of(GraphMaker{}
                         .input("q", "2x4x24")
                         .input("k", keys)
                         .input("b", "1x3x4x6")
                         .weight("w", {24})
                         .node("MultiHeadAttention", std::move(inputs), {"y"},
                               {attribute("num_heads", 3), attribute("unidirectional", unidirectional)})
                         .of_domain("com.microsoft")
                         .output("y"));
  };
  EXPECT_EQ(with("2x6x24", {"q", "k", "k"}, 0), "attention:heads=3@2x4x24,2x6x24,2x6x24");
  EXPECT_EQ(with("2x3x6x8", {"q", "k", "k"}, 0), "attention:heads=3@2x4x24,2x3x6x8,2x3x6x8");
  EXPECT_EQ(with("2x6x24", {"q", "k", "k", "", "", "b"}, 0),
            "attention:heads=3@2x4x24,2x6x24,2x6x24,1x3x4x6");
  EXPECT_EQ(with("2x4x24", {"q", "k", "k"}, 1), "attention:heads=3,causal=1@2x4x24,2x4x24,2x4x24");
  EXPECT_THAT(with("2x6x24", {"q", "k", "k"}, 1), HasSubstr("opaque:op=MultiHeadAttention"));
  EXPECT_THAT(with("2x6x24", {"q", "k", "k", "w"}, 0), HasSubstr("opaque:op=MultiHeadAttention"));
}

}  // namespace
}  // namespace ns::onnx
