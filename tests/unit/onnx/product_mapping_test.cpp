// Which products are layers: with a stored matrix, of two activations, and by an equation.
#include "tests/unit/onnx/mapped_layers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ns::onnx {
namespace {

using testing::HasSubstr;

TEST(Mapping, ProductsWithAStoredMatrixAreFullyConnected) {
  const auto maker =
      GraphMaker{}.input("x", "2x5x3").weight("w", {3, 7}).node("MatMul", {"x", "w"}, {"y"}).output("y");
  EXPECT_EQ(layers_of(maker), "fc:features=7,bias=0,axis=2@2x5x3");
}

TEST(Mapping, WhatGemmAddsIsABiasIfItIsTheSameForAllRows) {
  const auto with = [](std::vector<std::int64_t> added) {
    return layers_of(GraphMaker{}
                         .input("x", "5x3")
                         .weight("w", {3, 7})
                         .weight("c", std::move(added))
                         .node("Gemm", {"x", "w", "c"}, {"y"}, {real_attribute("alpha", 0.5)})
                         .output("y"));
  };
  for (const auto& added : {std::vector<std::int64_t>{7}, {1, 7}, {1}, {}, {1, 1}})
    EXPECT_EQ(with(added), "fc:features=7@5x3");
  EXPECT_THAT(with({5, 7}), HasSubstr("opaque:op=Gemm"));
  EXPECT_THAT(with({5, 1}), HasSubstr("opaque:op=Gemm"));
}

TEST(Mapping, ProductsOfActivationsKeepTheirScale) {
  const auto of = [](std::string op) {
    return GraphMaker{}
        .input("x", "5x3")
        .input("z", "3x7")
        .node(std::move(op), {"x", "z"}, {"y"}, {real_attribute("alpha", 0.125)});
  };
  EXPECT_EQ(layers_of(of("Gemm").output("y")), "matmul:scale=0.125@5x3,3x7");
  EXPECT_EQ(layers_of(of("FusedMatMul").of_domain("com.microsoft").output("y")),
            "matmul:scale=0.125@5x3,3x7");
  EXPECT_THAT(layers_of(GraphMaker{}
                            .input("x", "5x3")
                            .input("z", "3x7")
                            .weight("c", {7})
                            .node("Gemm", {"x", "z", "c"}, {"y"})
                            .output("y")),
              HasSubstr("opaque:op=Gemm"));
}

TEST(Mapping, EquationsNameEachAxisByASmallLetter) {
  const auto with = [](std::string equation, const std::vector<std::string>& operands) {
    return layers_of(GraphMaker{}
                         .input("x", "2x3x4")
                         .input("z", "2x5x4")
                         .weight("w", {4, 7})
                         .node("Einsum", operands, {"y"}, {text_attribute("equation", std::move(equation))})
                         .output("y"));
  };
  EXPECT_EQ(with("bid,bjd->bij", {"x", "z"}), "einsum:equation=bid.bjd-bij@2x3x4,2x5x4");
  EXPECT_EQ(with(" b i d , b j d ", {"x", "z"}), "einsum:equation=bid.bjd-ij@2x3x4,2x5x4");
  EXPECT_EQ(with("BIc,BJc->BIJ", {"x", "z"}), "einsum:equation=abc.adc-abd@2x3x4,2x5x4");
  EXPECT_EQ(with("...d,dn->...n", {"x", "w"}), "einsum:equation=abd.dn-abn,with=4x7@2x3x4");
  EXPECT_EQ(with("dn,abd->abn", {"w", "x"}), "einsum:equation=dn.abd-abn,with=4x7,with_first=1@2x3x4");
  EXPECT_EQ(with("bij->b", {"x"}), "einsum:equation=bij-b@2x3x4");
  EXPECT_THAT(with("bij,bkj,bmj->ikm", {"x", "z", "x"}), HasSubstr("opaque:op=Einsum"));
}

}  // namespace
}  // namespace ns::onnx
