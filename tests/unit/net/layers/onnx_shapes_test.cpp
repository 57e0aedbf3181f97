// Output shapes of the rooms that ONNX nets consist of. Where no other source is named, the figures are those
// of the examples in ONNX's operator documentation (docs/Operators.md).
#include "net/layer.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

std::vector<TensorType> outs(std::string_view text) {
  const auto layer = parse_layer(text);
  EXPECT_TRUE(layer) << text << ": " << (layer ? "" : layer.error().message);
  if (!layer) return {};
  const auto types = output_types(layer->params, layer->inputs);
  EXPECT_TRUE(types) << text << ": " << (types ? "" : types.error().message);
  return types ? *types : std::vector<TensorType>{};
}

Shape out(std::string_view text) {
  const auto types = outs(text);
  return types.empty() ? Shape{} : types.front().shape;
}

std::string refusal(std::string_view text) {
  const auto layer = parse_layer(text);
  EXPECT_TRUE(layer) << text << ": " << (layer ? "" : layer.error().message);
  if (!layer) return {};
  const auto types = output_types(layer->params, layer->inputs);
  EXPECT_FALSE(types) << text;
  return types ? "" : types.error().message;
}

// numpy.matmul's documentation, and ONNX's examples.
TEST(OnnxShapes, OfProducts) {
  EXPECT_EQ(out("matmul@3x4,4x3"), (Shape{3, 3}));
  EXPECT_EQ(out("matmul@2x3x4,2x4x3"), (Shape{2, 3, 3}));
  EXPECT_EQ(out("matmul@9x5x7x4,9x5x4x3"), (Shape{9, 5, 7, 3}));
  EXPECT_EQ(out("matmul@2x2x4,4"), (Shape{2, 2}));
  EXPECT_EQ(out("matmul@4,2x4x3"), (Shape{2, 3}));
  EXPECT_EQ(out("matmul@4,4"), Shape{});
  EXPECT_EQ(out("matmul:transpose_b=1@1x12x128x64,1x12x128x64"), (Shape{1, 12, 128, 128}));
  EXPECT_EQ(out("matmul:transpose_a=1@4x3,4x5"), (Shape{3, 5}));
  EXPECT_EQ(out("matmul:with=7x4,with_first=1@2x4x3"), (Shape{2, 7, 3}));
  EXPECT_EQ(refusal("matmul@3x4,3x4"), "3x4 and 3x4 cannot be multiplied: the inner extents are 4 and 3");
  EXPECT_EQ(refusal("matmul@2x3x4,3x4x3"),
            "2x3x4 and 3x4x3 cannot be multiplied: the leading axes do not broadcast");
  EXPECT_EQ(refusal("matmul:transpose_b=1@3x4,4"), "a vector cannot be transposed");
}

// The examples of numpy.einsum's documentation.
TEST(OnnxShapes, OfEquations) {
  EXPECT_EQ(out("einsum:equation=ii-@5x5"), Shape{});
  EXPECT_EQ(out("einsum:equation=ii-i@5x5"), (Shape{5}));
  EXPECT_EQ(out("einsum:equation=ij-i@5x4"), (Shape{5}));
  EXPECT_EQ(out("einsum:equation=ji-ij@2x3"), (Shape{3, 2}));
  EXPECT_EQ(out("einsum:equation=ij.j-i@5x5,5"), (Shape{5}));
  EXPECT_EQ(out("einsum:equation=i.j-ij@2,5"), (Shape{2, 5}));
  EXPECT_EQ(out("einsum:equation=ijk.jil-kl@3x4x5,4x3x2"), (Shape{5, 2}));
  EXPECT_EQ(out("einsum:equation=ki.jk-ij@4x3,2x4"), (Shape{3, 2}));
  EXPECT_EQ(out("einsum:equation=bhid.bhjd-bhij@1x12x128x64,1x12x128x64"), (Shape{1, 12, 128, 128}));
  EXPECT_EQ(out("einsum:equation=bij.bjk-bik,with=1x4x7@5x3x4"), (Shape{5, 3, 7}));
  EXPECT_EQ(refusal("einsum:equation=ij@2x3"),
            "the equation 'ij' is not understood; write it like bij.bjk-bik");
  refusal("einsum:equation=Ij-I@2x3");
  refusal("einsum:equation=i.i.i-@2,2,2");
  EXPECT_EQ(refusal("einsum:equation=ij.jk-ik@2x3"), "the equation 'ij.jk-ik' has 2 operands, not 1");
  EXPECT_EQ(refusal("einsum:equation=ij-i@2"), "operand 1 is 2, but 'ij' labels 2 axes");
  EXPECT_EQ(refusal("einsum:equation=ij.jk-ik@2x3,4x5"), "label 'j' stands for 3 and for 4 elements");
  EXPECT_EQ(refusal("einsum:equation=ij-ik@2x3"), "label 'k' of the result is in no operand");
  EXPECT_EQ(refusal("einsum:equation=ij-ii@2x3"), "label 'i' stands twice in the result");
  EXPECT_EQ(refusal("einsum:equation=i.i-,with=0@1"), "a stored operand has no elements");
}

TEST(OnnxShapes, OfTransposedConvolutions) {
  EXPECT_EQ(out("deconv:filters=2,kernel=3@1x1x3x3"), (Shape{1, 2, 5, 5}));
  EXPECT_EQ(out("deconv:filters=2,kernel=3@1x1x3"), (Shape{1, 2, 5}));
  EXPECT_EQ(out("deconv:filters=2,kernel=3@1x1x3x4x5"), (Shape{1, 2, 5, 6, 7}));
  EXPECT_EQ(out("deconv:filters=2,kernel=3,stride=3x2,output_pad=1@1x1x3x3"), (Shape{1, 2, 10, 8}));
  EXPECT_EQ(out("deconv:filters=2,kernel=3,stride=3x2,pad=1x2x1x2@1x1x3x3"), (Shape{1, 2, 7, 3}));
  EXPECT_EQ(out("deconv:filters=1,kernel=2,dilation=2@1x1x3x3"), (Shape{1, 1, 5, 5}));
  EXPECT_EQ(refusal("deconv:filters=1,kernel=2,pad=2@1x1x3x3"), "the pads leave nothing on spatial axis 0");
  refusal("deconv:filters=1,kernel=9000000000000@1x1x3x3");
}

TEST(OnnxShapes, OfMovedElements) {
  EXPECT_EQ(out("transpose:perm=1x2x0@2x3x4"), (Shape{3, 4, 2}));
  EXPECT_EQ(out("depth_space:depth_to_space,block=2@1x8x2x3"), (Shape{1, 2, 4, 6}));
  EXPECT_EQ(out("depth_space:space_to_depth,block=2@1x1x4x6"), (Shape{1, 4, 2, 3}));
  EXPECT_EQ(out("crop:starts=0x0x0,extents=3x10x5@20x10x5"), (Shape{3, 10, 5}));
  EXPECT_EQ(out("crop:starts=19x9x4,steps=-1x-3x-2,extents=19x3x2@20x10x5"), (Shape{19, 3, 2}));
  EXPECT_EQ(out("pad:constant,pads=0x0x1x3x0x0x2x4@1x3x4x5"), (Shape{1, 3, 7, 12}));
  EXPECT_EQ(out("pad:constant,pads=0x-1x0x-1@3x5"), (Shape{3, 3}));
  EXPECT_EQ(out("expand:extents=2x1x6@3x1"), (Shape{2, 3, 6}));
  EXPECT_EQ(out("tile:repeats=2x2@2x2"), (Shape{4, 4}));
  EXPECT_EQ(out("resize:nearest,extents=1x1x7x8@1x1x2x2"), (Shape{1, 1, 7, 8}));
  EXPECT_EQ(out("concat:with=1x1x192@1x196x192"), (Shape{1, 197, 192}));
  EXPECT_EQ(out("concat:with=1x2x3,at=1@1x4x3,1x1x3"), (Shape{1, 7, 3}));
  EXPECT_EQ(refusal("concat:with=1x2x3,at=2@1x4x3"), "there is no place 2 among 1 inputs");
  EXPECT_EQ(refusal("concat:at=1@1x4x3"), "'at' places a stored operand, but none is given");
  EXPECT_EQ(refusal("concat:with=1x2x4@1x4x3"),
            "input 2 is 1x4x3, input 1 is 1x2x4; they may differ only on axis 1");
  refusal("concat:with=1x0x3@1x4x3");
  EXPECT_EQ(refusal("transpose:perm=0x0@2x3"), "axis 0 stands twice");
  EXPECT_EQ(refusal("depth_space:depth_to_space,block=2@1x6x2x3"),
            "6 channels are no multiple of the block's 4 elements");
  EXPECT_EQ(refusal("crop:starts=0x1,steps=1x2,extents=2x3@2x5"),
            "3 elements from 1 on in steps of 2 cannot lie inside the 5 of axis 1");
  EXPECT_EQ(refusal("pad:reflect,pads=3x0@3"), "reflect padding cannot add 3 elements to the 3 of axis 0");
  EXPECT_EQ(refusal("expand:extents=2@3"), "input 3 cannot be repeated to 2");
  refusal("crop:starts=9223372036854775807,steps=-9223372036854775807,extents=3@5");
  refusal("pad:edge,pads=9223372036854775807x9223372036854775807@5");
  refusal("tile:repeats=9223372036854775807@5");
  refusal("expand:extents=9223372036854775807@1");
}

TEST(OnnxShapes, OfWhatIsPickedByIndex) {
  EXPECT_EQ(out("gather@5x4x3x2,3:int64"), (Shape{3, 4, 3, 2}));
  EXPECT_EQ(out("gather:axis=1@3x3,1x2:int64"), (Shape{3, 1, 2}));
  EXPECT_EQ(out("gather:table=30522x768@1x128:int64"), (Shape{1, 128, 768}));
  EXPECT_EQ(out("gather:axis=1,single=1@1x128x768"), (Shape{1, 768}));
  EXPECT_EQ(out("gather:axis=1,indices=2@1x128x768"), (Shape{1, 2, 768}));
  EXPECT_EQ(out("gather:kind=elements@3x3,2x3:int64"), (Shape{2, 3}));
  EXPECT_EQ(out("gather:kind=nd@2x2,2x2:int64"), (Shape{2}));
  EXPECT_EQ(out("gather:kind=nd@2x2x2,2x1x2:int64"), (Shape{2, 1, 2}));
  EXPECT_EQ(out("gather:kind=nd,batch=1@2x2x2,2x1:int64"), (Shape{2, 2}));
  EXPECT_EQ(out("scatter:elements@3x3,2x3:int64,2x3"), (Shape{3, 3}));
  EXPECT_EQ(out("scatter:nd@4x4x4,2x1:int64,2x4x4"), (Shape{4, 4, 4}));
  EXPECT_EQ(out("scatter:nd,data=4x4x4@2x1:int64,2x4x4"), (Shape{4, 4, 4}));
  EXPECT_EQ(out("scatter:elements,data=3x3,indices=2x3@2x3"), (Shape{3, 3}));
  EXPECT_EQ(outs("scatter:nd,data=4,dtype=int32@2x1:int64,2:int32").front().dtype, DType::int32);
  EXPECT_EQ(refusal("scatter:nd,data=4@4,2x1:int64,2"), "this scatter has 2 inputs, not 3");
  EXPECT_EQ(outs("gather:table=10x4,dtype=float16@3:int64").front().dtype, DType::float16);
  EXPECT_EQ(refusal("gather:axis=2@3x3,2:int64"), "there is no axis 2 in input 3x3");
  EXPECT_EQ(refusal("scatter:nd@4x4x4,2x1:int64,2x4"), "updates are 2x4, but the indices name 2x4x4");
  refusal("gather:kind=nd@2x2,3:int64");
}

TEST(OnnxShapes, OfReductions) {
  EXPECT_EQ(out("reduce:sum,axes=1@3x2x2"), (Shape{3, 1, 2}));
  EXPECT_EQ(out("reduce:sum,axes=1,keep=0@3x2x2"), (Shape{3, 2}));
  EXPECT_EQ(out("reduce:l2@3x2x2"), (Shape{1, 1, 1}));
  EXPECT_EQ(out("argmax:axis=0,keep=0,dtype=int64@2x3"), (Shape{3}));
  EXPECT_EQ(refusal("reduce:sum,axes=3@3x2x2"), "there is no axis 3 in input 3x2x2");
}

TEST(OnnxShapes, OfTheLargestAndOfRunningSums) {
  const auto both = outs("topk:k=3@3x4:int32");
  ASSERT_EQ(both.size(), 2U);
  EXPECT_EQ(both[0], (TensorType{Shape{3, 3}, DType::int32}));
  EXPECT_EQ(both[1], (TensorType{Shape{3, 3}, DType::int64}));
  EXPECT_EQ(outs("topk:k=2,axis=0,outputs=i@3x4"), (std::vector{TensorType{Shape{2, 4}, DType::int64}}));
  EXPECT_EQ(refusal("topk:k=5@3x4"), "k is 5, but axis 1 has 4 elements");
  EXPECT_EQ(refusal("topk:k=1,axis=2@3x4"), "there is no axis 2 in input 3x4");
  EXPECT_EQ(refusal("topk:k=1,outputs=iv@3x4"), "outputs of a topk are vi, v or i, not 'iv'");
  EXPECT_EQ(outs("cumsum:axis=0@2x3:int64"), (std::vector{TensorType{Shape{2, 3}, DType::int64}}));
  EXPECT_EQ(refusal("cumsum:axis=2@2x3"), "there is no axis 2 in input 2x3");
}

// The shapes of the ONNX package's tests of Attention.
TEST(OnnxShapes, OfAttention) {
  EXPECT_EQ(out("attention@2x3x4x8,2x3x6x8,2x3x6x8"), (Shape{2, 3, 4, 8}));
  EXPECT_EQ(out("attention@2x3x4x8,2x3x6x8,2x3x6x10"), (Shape{2, 3, 4, 10}));
  EXPECT_EQ(out("attention@2x9x4x8,2x3x6x8,2x3x6x8"), (Shape{2, 9, 4, 8}));
  EXPECT_EQ(out("attention:heads=3@2x4x24,2x6x24,2x6x30"), (Shape{2, 4, 30}));
  EXPECT_EQ(out("attention:heads=9,kv_heads=3@2x4x72,2x6x24,2x6x24"), (Shape{2, 4, 72}));
  EXPECT_EQ(out("attention@2x3x4x8,2x3x6x8,2x3x6x8,4x6:bool"), (Shape{2, 3, 4, 8}));
  EXPECT_EQ(out("attention:mask=2x1x1x5@2x3x4x8,2x3x6x8,2x3x6x8"), (Shape{2, 3, 4, 8}));
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x8"),
            "attention needs queries, keys and values and may have a mask, not 2 inputs");
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x8,2x3x6x8:bool"),
            "attention computes with real numbers, not with bool");
  EXPECT_EQ(refusal("attention@2x4x24,2x6x24,2x6x24"), "queries are 2x4x24, which 0 heads do not divide");
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x9,2x3x6x8"),
            "a query has 8 elements, a key 9; they must be equal");
  EXPECT_EQ(refusal("attention@2x4x4x8,2x3x6x8,2x3x6x8"), "3 heads of keys do not divide 4 heads of queries");
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x8,2x3x7x8"), "there are 3 heads of 6 keys, but 3 of 7 values");
  EXPECT_EQ(refusal("attention@2x3x4x8,1x3x6x8,2x3x6x8"),
            "queries, keys and values have batches of 2, 1 and 2; they must be equal");
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x8,2x3x6x8,3x6"),
            "the mask is 3x6, which does not broadcast to 2x3x4x6");
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x8,2x3x6x8,4x7"),
            "the mask is 4x7, which does not broadcast to 2x3x4x6");
  EXPECT_EQ(refusal("attention:scale=-1@2x3x4x8,2x3x6x8,2x3x6x8"),
            "scale is -1; it must be positive, or 0 for the usual");
  EXPECT_EQ(refusal("attention:softcap=-1@2x3x4x8,2x3x6x8,2x3x6x8"),
            "softcap is -1; it must be positive, or 0 for the usual");
  EXPECT_EQ(refusal("attention@2x3x4x8,2x3x6x8,2x3x6x8,4x6:int64"),
            "the mask is 4x6 of int64; it must be of booleans or real numbers and have 1 to 4 axes");
}

TEST(OnnxShapes, OfRecurrentLayers) {
  EXPECT_EQ(out("rnn:lstm,hidden=3@1x3x2"), (Shape{1, 1, 3, 3}));
  EXPECT_EQ(out("rnn:gru,hidden=5,outputs=h@2x3x3"), (Shape{1, 3, 5}));
  const auto both = outs("rnn:lstm,hidden=4,direction=both,states=hc,outputs=yhc@7x2x3,2x2x4,2x2x4");
  ASSERT_EQ(both.size(), 3U);
  EXPECT_EQ(both[0].shape, (Shape{7, 2, 2, 4}));
  EXPECT_EQ(both[2].shape, (Shape{2, 2, 4}));
  EXPECT_EQ(refusal("rnn:gru,hidden=4,outputs=c@7x2x3"), "outputs 'c': must be letters of yh in that order");
  EXPECT_EQ(refusal("rnn:gru,hidden=4,states=h@7x2x3,1x2x5"), "state 1 is 1x2x5, but must be 1x2x4");
}

TEST(OnnxShapes, OfElementwiseArithmetic) {
  EXPECT_EQ(outs("eltwise:greater@3x4x5,5").front(), (TensorType{Shape{3, 4, 5}, DType::boolean}));
  EXPECT_EQ(outs("eltwise:where@2x2:bool,2x2:int64,1:int64").front(),
            (TensorType{Shape{2, 2}, DType::int64}));
  EXPECT_EQ(out("eltwise:where,with=1,with_first=1@1x1x128x128:bool,1x12x128x128"), (Shape{1, 12, 128, 128}));
  EXPECT_EQ(outs("eltwise:where,with=1,condition=1x1x8x8@1x4x8x8:int64").front(),
            (TensorType{Shape{1, 4, 8, 8}, DType::int64}));
  EXPECT_EQ(out("eltwise:where,condition=8x1@4,1x4"), (Shape{8, 4}));
  EXPECT_EQ(refusal("eltwise:where,condition=8x1@4"), "where has 3 operands, not 2");
  EXPECT_EQ(refusal("eltwise:add,condition=4@4,4"), "add has no condition; only where has");
  EXPECT_EQ(out("eltwise:add,with=768@1x128x768"), (Shape{1, 128, 768}));
  EXPECT_EQ(outs("cast:dtype=int64@2x3").front(), (TensorType{Shape{2, 3}, DType::int64}));
  EXPECT_EQ(outs("act:is_nan@4").front().dtype, DType::boolean);
  EXPECT_EQ(out("act:prelu,shared=1@5"), (Shape{5}));
  EXPECT_EQ(refusal("act:relu,shared=1@5"), "relu has no slope to share; only prelu has");
  EXPECT_EQ(refusal("eltwise:where@2x2:bool,2x2"), "where has 3 operands, not 2");
  EXPECT_EQ(refusal("eltwise:less@2,2,2"), "less has 2 operands, not 3");
}

TEST(OnnxShapes, OfNormalisations) {
  EXPECT_EQ(out("norm:layer,axis=2@1x128x768"), (Shape{1, 128, 768}));
  EXPECT_EQ(refusal("norm:rms,axis=3@1x128x768"), "there is no axis 3 in input 1x128x768");
  EXPECT_EQ(refusal("norm:group,groups=3@1x8x4x4"), "3 groups do not divide the 8 channels");
}

std::int64_t parameters_of(std::string_view text) {
  const auto layer = parse_layer(text).value();
  return parameters(layer.params, layer.inputs);
}

// BERT-base (Devlin et al. 2019) and torch.nn.LSTM(10, 20), whose counts PyTorch prints.
TEST(OnnxCosts, CountTheParametersOfKnownLayers) {
  EXPECT_EQ(parameters_of("gather:table=30522x768@1x128:int64"), 23440896);
  EXPECT_EQ(parameters_of("norm:layer,axis=2@1x128x768"), 1536);
  EXPECT_EQ(parameters_of("fc:features=3072,axis=2@1x128x768"), 2362368);
  EXPECT_EQ(parameters_of("rnn:lstm,hidden=20@5x3x10"), 2560);
  EXPECT_EQ(parameters_of("rnn:gru,hidden=20,direction=both@5x3x10"), 3840);
  EXPECT_EQ(parameters_of("norm:group,groups=32@1x512x8x8"), 1024);
  EXPECT_EQ(parameters_of("einsum:equation=bij.bjk-bik,with=5x4x7@5x3x4"), 140);
  EXPECT_EQ(parameters_of("concat:with=1x1x192@1x196x192"), 192);
  EXPECT_EQ(parameters_of("eltwise:where,with=1,condition=8x8@1x4x8x8"), 1);  // a mask is no parameter
  EXPECT_EQ(parameters_of("act:prelu,shared=1@1x64x8x8"), 1);
  EXPECT_EQ(parameters_of("gather:axis=1,indices=2@1x128x768"), 0);  // indices are no parameters
}

// Both products of BERT-base's attention over 128 tokens: 12 heads of 64.
TEST(OnnxCosts, CountMacs) {
  const auto of = [](std::string_view text) { return cost(parse_layer(text).value()).value(); };
  EXPECT_EQ(of("matmul:transpose_b=1@1x12x128x64,1x12x128x64").macs, Macs{12582912});
  EXPECT_EQ(of("matmul@1x12x128x128,1x12x128x64").macs, Macs{12582912});
  EXPECT_EQ(of("attention@1x12x128x64,1x12x128x64,1x12x128x64").macs, Macs{2 * 12582912});
  EXPECT_EQ(of("attention:heads=12@1x128x768,1x128x768,1x128x768").flops,
            Flops{4 * 12582912 + 12 * 128 * 128});
  // Each of 9 inputs meets 2 filters of 3x3.
  EXPECT_EQ(of("deconv:filters=2,kernel=3,stride=2@1x1x3x3").macs, Macs{162});
  EXPECT_EQ(of("rnn:lstm,hidden=20@5x3x10").macs, Macs{4 * 20 * 30 * 15});
}

TEST(OnnxCosts, RankingAndRunningSumsTouchEachElementOnce) {
  const auto of = [](std::string_view text) { return cost(parse_layer(text).value()).value(); };
  EXPECT_EQ(of("topk:k=3@3x4").flops, Flops{12});
  EXPECT_EQ(of("topk:k=3@3x4").output_bytes, Bytes{9 * 4 + 9 * 8});
  EXPECT_EQ(of("cumsum@3x4").flops, Flops{12});
  EXPECT_EQ(of("cumsum@3x4").macs, Macs{0});
  const auto category_of = [&](std::string_view text) {
    return category(parse_layer(text).value().params, of(text).tensors);
  };
  EXPECT_EQ(category_of("topk:k=3@3x4"), "best last axis");
  EXPECT_EQ(category_of("topk:k=3,axis=0@3x4"), "all inner axis");
  EXPECT_EQ(category_of("cumsum:axis=0@3x1"), "last axis");
}

/// "batch m n k transposes" of an einsum, and its category.
std::string product_of(std::string_view text) {
  const auto layer = parse_layer(text).value();
  const auto whole = cost(layer).value();
  std::string found;
  for (const auto& feature : features(layer.params, whole.tensors))
    if (feature.name == "transposes" || feature.name.size() == 1 || feature.name == "batch")
      found += std::to_string(static_cast<std::int64_t>(feature.value)) + " ";
  return found + category(layer.params, whole.tensors);
}

TEST(OnnxCosts, AnEquationIsAProductOfMatrices) {
  EXPECT_EQ(product_of("einsum:equation=bhid.bhjd-bhij@2x12x128x64,2x12x96x64"),
            "24 128 96 64 0 batched matrix");
  // Heads that stand behind the tokens are read where they stand; so is what is written with a stride.
  EXPECT_EQ(product_of("einsum:equation=bihd.bjhd-bhij@2x128x12x64,2x96x12x64"),
            "24 128 96 64 0 batched matrix");
  EXPECT_EQ(product_of("einsum:equation=bhij.bjhd-bihd@2x12x128x96,2x96x12x64"),
            "24 128 64 96 0 batched matrix");
  EXPECT_EQ(product_of("einsum:equation=ij.kj-ki@3x4,5x4"),
            "1 5 3 4 0 single matrix");  // the operands change places
  EXPECT_EQ(product_of("einsum:equation=ijb.jkb-bik@3x4x2,4x5x2"), "2 3 5 4 2 batched matrix");
  EXPECT_EQ(product_of("einsum:equation=bhwc.hkc-bhwk,with=14x14x64@1x14x14x64"),
            "14 14 14 64 0 batched matrix stored");
  EXPECT_EQ(product_of("einsum:equation=i.i-@7,7"), "1 1 1 7 0 single vector");
  EXPECT_EQ(product_of("einsum:equation=i.j-ij@7,5"), "1 7 5 1 0 elementwise");
  const auto of = [](std::string_view text) { return cost(parse_layer(text).value()).value(); };
  EXPECT_EQ(of("einsum:equation=bhid.bhjd-bhij@1x12x128x64,1x12x128x64").macs, Macs{12582912});
  EXPECT_EQ(of("einsum:equation=ij.jk-ik@2x3,1x4").macs, Macs{2 * 3 * 4});
  EXPECT_EQ(of("einsum:equation=ij-i@2x3").flops, Flops{6});
  EXPECT_EQ(of("einsum:equation=ij-ji@2x3").flops, Flops{0});
}

TEST(OnnxCosts, AnEmbeddingReadsOnlyItsRows) {
  const auto embedding = cost(parse_layer("gather:table=30522x768@1x128:int64").value()).value();
  EXPECT_EQ(embedding.weight_bytes, Bytes{128 * 768 * 4});
  EXPECT_EQ(embedding.output_bytes, Bytes{128 * 768 * 4});
  EXPECT_EQ(embedding.input_bytes, Bytes{128 * 8});
}

}  // namespace
}  // namespace ns
