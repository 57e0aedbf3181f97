#include "net/layer.hpp"

#include <gtest/gtest.h>

namespace ns {
namespace {

Shape out(std::string_view text) {
  const auto layer = parse_layer(text);
  EXPECT_TRUE(layer) << text;
  const auto types = output_types(layer->params, layer->inputs);
  EXPECT_TRUE(types) << text << ": " << (types ? "" : types.error().message);
  return types ? types->front().shape : Shape{};
}

std::string refusal(std::string_view text) {
  const auto layer = parse_layer(text);
  EXPECT_TRUE(layer) << text;
  const auto types = output_types(layer->params, layer->inputs);
  EXPECT_FALSE(types) << text;
  return types ? "" : types.error().message;
}

TEST(Shapes, OfConvolutions) {
  EXPECT_EQ(out("conv:filters=96,kernel=11,stride=4@1x3x227x227"), (Shape{1, 96, 55, 55}));
  EXPECT_EQ(out("conv:filters=64,kernel=7,stride=2,pad=3@1x3x224x224"), (Shape{1, 64, 112, 112}));
  EXPECT_EQ(out("conv:filters=8,kernel=3,dilation=2@1x4x10x10"), (Shape{1, 8, 6, 6}));
  EXPECT_EQ(out("conv:filters=32,kernel=3,stride=2,pad=0x0x1x1@1x3x160x160"), (Shape{1, 32, 80, 80}));
  EXPECT_EQ(out("conv:filters=8,kernel=3@2x4x10"), (Shape{2, 8, 8}));
  EXPECT_EQ(out("conv:filters=8,kernel=3,pad=1@1x4x5x6x7"), (Shape{1, 8, 5, 6, 7}));
  EXPECT_EQ(out("conv:filters=1,kernel=6,stored=0@1x8x22x20,1x8x6x6"), (Shape{1, 1, 17, 15}));
  EXPECT_EQ(refusal("conv:filters=2,kernel=6,stored=0@1x8x22x22,1x8x6x6"),
            "the filters are 1x8x6x6, not 2x8x6x6");
  EXPECT_EQ(refusal("conv:filters=1,kernel=6@1x8x22x22,1x8x6x6"), "a convolution has 1 input, not 2");
}

// The right answers of onnx/onnx#5741 and the reports around it: a rounded-up window starts inside the image.
TEST(Shapes, OfPoolsThatRoundUp) {
  EXPECT_EQ(out("pool:max,kernel=2,stride=2,pad=1,rounding=ceil@1x1x5x5"), (Shape{1, 1, 3, 3}));
  EXPECT_EQ(out("pool:max,kernel=1,stride=2,rounding=ceil@1x1x6x7"), (Shape{1, 1, 3, 4}));
  EXPECT_EQ(out("pool:max,kernel=2,stride=2,rounding=ceil@1x1x5x5"), (Shape{1, 1, 3, 3}));
  EXPECT_EQ(out("pool:max,kernel=3,stride=3,pad=1,rounding=ceil@1x1x5x5"), (Shape{1, 1, 2, 2}));
  EXPECT_EQ(out("pool:max,kernel=1,stride=2,rounding=ceil@1x1x32x32"), (Shape{1, 1, 16, 16}));
}

// Caffe clips only where there is padding: examples/cifar10 and the paper's DeepFace (142 -> 71).
TEST(Shapes, OfCaffesPools) {
  EXPECT_EQ(out("pool:max,kernel=3,stride=2,rounding=caffe@1x32x32x32"), (Shape{1, 32, 16, 16}));
  EXPECT_EQ(out("pool:max,kernel=3,stride=2,rounding=caffe@1x32x142x142"), (Shape{1, 32, 71, 71}));
  EXPECT_EQ(out("pool:max,kernel=1,stride=2,rounding=caffe@1x1x6x7"), (Shape{1, 1, 4, 4}));
  EXPECT_EQ(out("pool:average,global=1@1x512x7x9"), (Shape{1, 512, 1, 1}));
}

TEST(Shapes, OfWhatMovesData) {
  EXPECT_EQ(out("fc:features=4096@1x256x6x6"), (Shape{1, 4096}));
  EXPECT_EQ(out("fc:features=3072,axis=2@1x128x768"), (Shape{1, 128, 3072}));
  EXPECT_EQ(out("fc:features=10,axis=0@4x5"), (Shape{10}));
  EXPECT_EQ(out("fc:features=10@5"), (Shape{10}));
  EXPECT_EQ(out("local:filters=16,kernel=7,stride=2@1x16x55x55"), (Shape{1, 16, 25, 25}));
  EXPECT_EQ(out("argmax@1x1000"), (Shape{1, 1}));
  EXPECT_EQ(out("concat@1x64x28x28,1x96x28x28"), (Shape{1, 160, 28, 28}));
  EXPECT_EQ(out("eltwise:add@1x64x28x28,64x1x1"), (Shape{1, 64, 28, 28}));
  EXPECT_EQ(out("reshape:extents=0x-1@4x3x5"), (Shape{4, 15}));
  EXPECT_EQ(out("reshape:extents=4x2x-1@0x8x2"), (Shape{4, 2, 0}));
  EXPECT_EQ(out("slice:axis=1,sizes=1x2@1x3x4"), (Shape{1, 1, 4}));
  EXPECT_EQ(out("opaque:op=Magic,outputs=1x3x2x2:float16/4@1x3"), (Shape{1, 3, 2, 2}));
}

TEST(Shapes, RefusesWhatDoesNotFit) {
  EXPECT_EQ(refusal("conv:filters=8,kernel=5@1x3x4x4"),
            "the window spans 5 but the padded input only 4 on spatial axis 0");
  EXPECT_EQ(refusal("conv:filters=8,kernel=1,groups=2@1x3x4x4"),
            "groups (2) must divide both the input's 3 channels and the 8 filters");
  EXPECT_EQ(refusal("conv:filters=8,kernel=3,stride=0@1x3x4x4"), "stride must be positive");
  EXPECT_EQ(refusal("pool:max,kernel=2,pad=2@1x3x4x4"),
            "pad must be smaller than the kernel, or a window would hold nothing");
  EXPECT_EQ(refusal("concat@1x64x35x35,1x32x33x33"),
            "input 2 is 1x32x33x33, input 1 is 1x64x35x35; they may differ only on axis 1");
  EXPECT_EQ(refusal("eltwise:add@1x3x4,1x3x5"),
            "input 2 is 1x3x5, the inputs before it 1x3x4; they do not broadcast");
  EXPECT_EQ(refusal("reshape:extents=1x2x48@2x96"), "192 elements of input 2x96 cannot fill 1x2x48");
  EXPECT_EQ(refusal("norm:lrn,size=4@1x3x4x4"),
            "size is 4; a local response is summed over an odd, positive number");
  EXPECT_EQ(refusal("softmax:axis=4@1x3"), "there is no axis 4 in input 1x3");
  EXPECT_EQ(refusal("fc:features=8,axis=3@1x3x4"), "there is no axis 3 in input 1x3x4");
  EXPECT_EQ(refusal("cast:dtype=uint8,scale=0.5,zero_point=256@1x3"), "uint8 has no zero point 256");
  EXPECT_EQ(refusal("cast:dtype=uint8,zero_point=3@1x3"), "a cast with a zero point needs a scale");
  EXPECT_EQ(refusal("cast:dtype=float16,scale=0.5@1x3"),
            "a scale goes with a cast between real and whole numbers, not from float32 to float16");
  EXPECT_EQ(refusal("cast:dtype=uint8,scale=-1@1x3"), "a cast's scale is -1, which is no positive number");
  EXPECT_EQ(refusal("conv:filters=8,kernel=1,filter_dtype=int8@1x3x4x4:uint8"),
            "uint8 elements need in_scale beside filters of whole numbers");
  EXPECT_EQ(refusal("conv:filters=8,kernel=1,in_scale=0.1@1x3x4x4:uint8"),
            "in_scale goes with filter_dtype=int8 or uint8");
  EXPECT_EQ(refusal("fc:features=8,dynamic=1@1x3"), "dynamic goes with filter_dtype=int8 or uint8");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int8,dynamic=1@1x3:int8"),
            "dynamic goes with float32, not with int8");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int8,dynamic=1,in_scale=0.1@1x3"),
            "dynamic and in_scale exclude each other");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int8,dynamic=1,out_scale=0.1,out_dtype=int8@1x3"),
            "out_scale goes with in_scale");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int8,in_scale=0.1@1x3"),
            "in_scale goes with int8 or uint8, not with float32");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int8,in_scale=0.1,out_scale=-1,out_dtype=int8@1x3:int8"),
            "out_scale is -1, which is no positive number");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int8,in_scale=0.1,in_zero_point=-1@1x3:uint8"),
            "uint8 has no zero point -1");
  EXPECT_EQ(refusal("fc:features=8,filter_dtype=int16@1x3"),
            "filters are stored as int8, uint8 or as their input is, not as int16");
  EXPECT_EQ(refusal("rnn:lstm,hidden=4,filter_dtype=int8@5x1x3"),
            "a recurrent layer with weights of whole numbers must be dynamic");
  EXPECT_EQ(refusal("rnn:gru,hidden=4,filter_dtype=int8,dynamic=1@5x1x3"),
            "dynamic goes with lstm, not with gru");
  refusal("conv:filters=8,kernel=9000000000000@1x3x4x4");
}

// Each extent is possible, their product is not: costs would leave 64 bits.
TEST(Shapes, OfWeightsAndWindowsAreLimitedToo) {
  EXPECT_EQ(refusal("fc:features=281474976710656@1x281474976710656"),
            "weight: shape 281474976710656x281474976710656 has more than 2^48 elements");
  EXPECT_EQ(refusal("conv:filters=1048576,kernel=3,pad=1@1x1073741824x3x3"),
            "weight: shape 1048576x1073741824x3x3 has more than 2^48 elements");
  EXPECT_EQ(refusal("pool:max,kernel=1073741824,pad=1073741823@1x1x1x1x1"),
            "kernel: shape 1073741824x1073741824x1073741824 has more than 2^48 elements");
  EXPECT_EQ(refusal("fc:features=281474976710656@2x1"),
            "shape 2x281474976710656 has more than 2^48 elements");
}

}  // namespace
}  // namespace ns
