// Forms in which exporters write activations and norms: of PyTorch (both exporters), TensorFlow and JAX.
#include "net/net.hpp"
#include "net/text/text.hpp"

#include <gtest/gtest.h>
#include <string>

namespace ns {
namespace {

/// The folded net's layers in their text form, with names and sources.
std::string folded(const std::string& text) {
  const auto net = parse_net_text(text, "made.txt");
  if (!net) return net.error().message;
  const auto made = fold(*net);
  std::string layers;
  for (const auto& layer : made.layers) {
    if (!layers.empty()) layers += '\n';
    layers +=
        layer.name + " = " + print(layer.params, made.tensors[layer.inputs[0]].type.shape.rank() - 2) + " <";
    for (const auto& source : layer.sources) layers += ' ' + source;
  }
  return layers;
}

TEST(Idiom, GeluOfPyTorch) {
  EXPECT_EQ(folded(R"(input x 2x8
a = act:power,alpha=1,beta=0.7071067811865475 x
b = act:erf a
c = act:power,alpha=1,beta=1,gamma=1 b
d = eltwise:mul x c
e = act:power,alpha=1,beta=0.5 d
)"),
            "e = act:gelu < a b c d e");
}

TEST(Idiom, GeluOfTensorFlowHalvesFirst) {
  EXPECT_EQ(folded(R"(input x 2x8
h = act:power,alpha=1,beta=0.5 x
a = act:power,alpha=1,beta=0.70710678 x
b = act:erf a
c = act:power,alpha=1,beta=1,gamma=1 b
d = eltwise:mul h c
)"),
            "d = act:gelu < h a b c d");
}

TEST(Idiom, GeluByTanhOfGpt2) {
  EXPECT_EQ(folded(R"(input x 2x8
half = act:power,alpha=1,beta=0.5 x
cube = act:power,alpha=3,beta=1 x
small = act:power,alpha=1,beta=0.044715 cube
sum = eltwise:add x small
inner = act:power,alpha=1,beta=0.7978845608 sum
t = act:tanh inner
one = act:power,alpha=1,beta=1,gamma=1 t
y = eltwise:mul half one
)"),
            "y = act:gelu_tanh < half cube small sum inner t one y");
}

TEST(Idiom, SiluAndMish) {
  EXPECT_EQ(folded("input x 2x8\ns = act:sigmoid x\ny = eltwise:mul x s\n"), "y = act:silu < s y");
  EXPECT_EQ(folded("input x 2x8\np = act:softplus x\nt = act:tanh p\ny = eltwise:mul x t\n"),
            "y = act:mish < p t y");
}

TEST(Idiom, HardSwishOfMobileNetV3) {
  EXPECT_EQ(folded(R"(input x 2x8
a = act:power,alpha=1,beta=1,gamma=3 x
c = act:relu6 a
m = eltwise:mul x c
y = act:power,alpha=1,beta=0.16666667 m
)"),
            "y = act:hardswish < a c m y");
  EXPECT_EQ(folded(R"(input x 2x8
h = act:hardsigmoid,alpha=0.16666667,beta=0.5 x
y = eltwise:mul x h
)"),
            "y = act:hardswish < h y");
}

TEST(Idiom, WhatIsReadInTheMiddleStays) {
  EXPECT_EQ(folded("input x 2x8\ns = act:sigmoid x\ny = eltwise:mul x s\nz = act:relu s\n"),
            "s = act:sigmoid < s\ny = eltwise:mul < y\nz = act:relu < z");
  EXPECT_EQ(folded("input x 2x8\ns = act:sigmoid x\ny = eltwise:mul x s\noutput y\noutput s\n"),
            "s = act:sigmoid < s\ny = eltwise:mul < y");
}

TEST(Idiom, WhatComputesSomethingElseStays) {
  // x * sigmoid(2 x) is neither SiLU nor the quick GELU.
  EXPECT_EQ(folded(R"(input x 2x8
two = act:power,alpha=1,beta=2 x
s = act:sigmoid two
y = eltwise:mul x s
)"),
            "two = act:power,alpha=1,beta=2 < two\ns = act:sigmoid < s\ny = eltwise:mul < y");
}

TEST(Idiom, LayerNormOfOpsetsBeforeIt) {
  EXPECT_EQ(folded(R"(input x 2x5x8
m = reduce:mean,axes=2 x
c = eltwise:sub x m
q = act:power,alpha=2,beta=1 c
v = reduce:mean,axes=2 q
e = act:power,alpha=1,beta=1,gamma=1e-12 v
r = act:sqrt e
n = eltwise:div c r
s = eltwise:mul,with=8 n
y = eltwise:add,with=8 s
)"),
            "y = norm:layer,axis=2,epsilon=1e-12 < m c q v e r n s y");
}

TEST(Idiom, RmsNormOfLlamaAndT5) {
  EXPECT_EQ(folded(R"(input x 2x5x8
q = act:power,alpha=2,beta=1 x
v = reduce:mean,axes=2 q
e = act:power,alpha=1,beta=1,gamma=1e-6 v
r = act:sqrt e
i = act:reciprocal r
n = eltwise:mul x i
y = eltwise:mul,with=8 n
)"),
            "y = norm:rms,axis=2,bias=0,epsilon=1e-06 < q v e r i n y");
}

TEST(Idiom, AnEpsilonMayBeLarge) {
  EXPECT_EQ(folded(R"(input x 2x5x8
q = act:power,alpha=2,beta=1 x
v = reduce:mean,axes=2 q
e = act:power,alpha=1,beta=1,gamma=0.1 v
r = act:sqrt e
y = eltwise:div x r
)"),
            "y = norm:rms,axis=2,affine=0,bias=0,epsilon=0.1 < q v e r y");
}

TEST(Idiom, AMeanOverOtherAxesIsNoLayerNorm) {
  // Over the middle axis alone.
  const auto* const text = R"(input x 2x5x8
m = reduce:mean,axes=1 x
c = eltwise:sub x m
q = act:power,alpha=2,beta=1 c
v = reduce:mean,axes=1 q
r = act:sqrt v
n = eltwise:div c r
)";
  EXPECT_EQ(folded(text).find("norm"), std::string::npos);
}

TEST(Fold, AStoredVectorBecomesTheBias) {
  EXPECT_EQ(folded("input x 2x5x8\nm = fc:features=4,bias=0,axis=2 x\ny = eltwise:add,with=4 m\n"),
            "m = fc:features=4,axis=2 < m y");
  EXPECT_EQ(folded("input x 1x3x8x8\nm = conv:filters=4,kernel=1,bias=0 x\ny = eltwise:add,with=1x4x1x1 m\n"),
            "m = conv:filters=4,kernel=1 < m y");
  // One number per pixel is no bias.
  EXPECT_EQ(folded("input x 1x3x8x8\nm = conv:filters=8,kernel=1,bias=0 x\ny = eltwise:add,with=8 m\n"),
            "m = conv:filters=8,kernel=1,bias=0 < m\ny = eltwise:add,with=8 < y");
}

}  // namespace
}  // namespace ns
