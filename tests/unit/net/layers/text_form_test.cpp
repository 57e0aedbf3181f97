#include "net/layer.hpp"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace ns {
namespace {

/// Seeded draws of every room, with values no default has.
class Draw {
 public:
  explicit Draw(unsigned seed) : engine_{seed} {}

  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(engine_() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool coin() { return between(0, 1) == 1; }
  double real() {
    return static_cast<double>(between(-1000, 1000)) * std::pow(10.0, static_cast<double>(between(-30, 30)));
  }
  std::vector<std::int64_t> extents(std::size_t count, std::int64_t low, std::int64_t high) {
    std::vector<std::int64_t> values;
    const bool equal = coin();
    for (std::size_t i = 0; i < count; ++i) values.push_back(equal && i > 0 ? values[0] : between(low, high));
    return values;
  }
  /// Extents, or none.
  std::vector<std::int64_t> some(std::size_t count, std::int64_t low, std::int64_t high) {
    return coin() ? extents(count, low, high) : std::vector<std::int64_t>{};
  }
  template <class Enum, std::size_t Size>
  Enum of(const std::array<Choice<Enum>, Size>& table) {
    return table[static_cast<std::size_t>(between(0, Size - 1))].value;
  }

  /// Values of a room with `rank` spatial axes.
  Conv draw(Conv /*which*/, std::size_t rank) {
    return {between(1, 512),
            extents(rank, 1, 9),
            extents(rank, 1, 4),
            extents(2 * rank, 0, 3),
            extents(rank, 1, 3),
            between(1, 8),
            coin(),
            coin(),
            quantisation()};
  }
  Quantisation quantisation() {
    if (coin()) return {};
    Quantisation made{DType::int8, coin(), {}, {}, DType::float32};
    if (coin()) made.in = {0.001 * static_cast<double>(between(1, 999)), between(0, 127)};
    if (coin()) made.out = {0.001 * static_cast<double>(between(1, 999)), between(0, 127)};
    if (made.out) made.out_dtype = coin() ? DType::int8 : DType::uint8;
    return made;
  }
  Deconv draw(Deconv /*which*/, std::size_t rank) {
    return {between(1, 512),     extents(rank, 1, 9), extents(rank, 1, 4), extents(2 * rank, 0, 3),
            extents(rank, 1, 3), extents(rank, 0, 2), between(1, 8),       coin()};
  }
  Fc draw(Fc /*which*/, std::size_t /*rank*/) {
    return {between(1, 4096), coin(), between(0, 3), quantisation()};
  }
  Local draw(Local /*which*/, std::size_t rank) {
    return {between(1, 64), extents(rank, 1, 9), extents(rank, 1, 4), extents(2 * rank, 0, 3), coin()};
  }
  Matmul draw(Matmul /*which*/, std::size_t /*rank*/) {
    return {coin(), coin(), some(3, 1, 9), coin(), real()};
  }
  Einsum draw(Einsum /*which*/, std::size_t /*rank*/) {
    return {coin() ? "bhid.bhjd-bhij" : "iij-", some(3, 1, 9), coin()};
  }
  Attention draw(Attention /*which*/, std::size_t /*rank*/) {
    return {between(0, 16),
            between(0, 8),
            coin(),
            real(),
            real(),
            some(3, 1, 9),
            coin() ? DType::boolean : DType::float16};
  }
  Rnn draw(Rnn /*which*/, std::size_t /*rank*/) {
    return {of(rnn_kinds),      between(1, 512),   of(rnn_directions),  coin(),        coin(),
            coin() ? "hc" : "", coin() ? "c" : "", coin() ? "yh" : "c", quantisation()};
  }
  Pool draw(Pool /*which*/, std::size_t rank) {
    if (coin()) return {of(pool_kinds), true, {}, {}, {}, Pool::Rounding::floor, false};
    Pool pool{of(pool_kinds),     false, extents(rank, 1, 5), extents(rank, 1, 3), extents(2 * rank, 0, 2),
              of(pool_roundings), coin()};
    if (coin()) pool.dilation = extents(rank, 1, 3);
    return pool;
  }
  Act draw(Act /*which*/, std::size_t /*rank*/) { return {of(act_kinds), real(), real(), real(), coin()}; }
  Norm draw(Norm /*which*/, std::size_t /*rank*/) {
    Norm norm{.kind = of(norm_kinds)};
    switch (norm.kind) {
      case Norm::Kind::batch:
        norm.affine = coin();
        norm.factor = coin();
        norm.epsilon = real();
        break;
      case Norm::Kind::scale:
        norm.bias = coin();
        break;
      case Norm::Kind::lrn:
      case Norm::Kind::lrn_within:
        norm.size = between(1, 9);
        norm.alpha = real();
        norm.beta = real();
        norm.k = real();
        break;
      default:
        if (norm.kind == Norm::Kind::group) norm.groups = between(1, 32);
        if (norm.kind == Norm::Kind::layer || norm.kind == Norm::Kind::rms) norm.axis = between(0, 3);
        norm.affine = coin();
        norm.bias = coin();
        norm.epsilon = real();
    }
    return norm;
  }
  Softmax draw(Softmax /*which*/, std::size_t /*rank*/) { return {between(0, 3), of(softmax_kinds)}; }
  Argmax draw(Argmax /*which*/, std::size_t /*rank*/) {
    return {between(0, 3), between(1, 5), coin(), coin(), coin() ? DType::int64 : DType::float32};
  }
  Topk draw(Topk /*which*/, std::size_t /*rank*/) {
    return {between(0, 3), between(1, 300), coin(), coin() ? "v" : "i"};
  }
  Cumsum draw(Cumsum /*which*/, std::size_t /*rank*/) {
    return {between(0, 3), of(cumsum_kinds), coin(), coin()};
  }
  Reduce draw(Reduce /*which*/, std::size_t /*rank*/) { return {of(reduce_kinds), some(2, 0, 3), coin()}; }
  Eltwise draw(Eltwise /*which*/, std::size_t /*rank*/) {
    return {of(eltwise_kinds), coin() ? std::vector{real(), real()} : std::vector<double>{}, some(3, 1, 9),
            coin(), some(2, 1, 9)};
  }
  Cast draw(Cast /*which*/, std::size_t /*rank*/) { return {coin() ? DType::boolean : DType::float16}; }
  Concat draw(Concat /*which*/, std::size_t /*rank*/) {
    return {between(0, 3), some(3, 1, 9), between(0, 3)};
  }
  Slice draw(Slice /*which*/, std::size_t /*rank*/) { return {between(0, 3), extents(3, 1, 9)}; }
  Crop draw(Crop /*which*/, std::size_t rank) {
    return {extents(rank + 2, 0, 9), some(rank + 2, -2, 2), extents(rank + 2, 1, 9)};
  }
  Pad draw(Pad /*which*/, std::size_t rank) {
    return {of(pad_modes), extents(2 * (rank + 2), -2, 9), real()};
  }
  Expand draw(Expand /*which*/, std::size_t rank) { return {extents(rank + 2, 1, 9)}; }
  Tile draw(Tile /*which*/, std::size_t rank) { return {extents(rank + 2, 1, 3)}; }
  Transpose draw(Transpose /*which*/, std::size_t rank) { return {extents(rank + 2, 0, 4)}; }
  DepthSpace draw(DepthSpace /*which*/, std::size_t /*rank*/) {
    return {of(depth_space_kinds), between(1, 4), of(depth_space_orders)};
  }
  Gather draw(Gather /*which*/, std::size_t /*rank*/) {
    return {of(gather_kinds), between(0, 3), some(2, 1, 30000), coin() ? DType::float16 : DType::float32,
            some(2, 1, 9),    coin(),        between(0, 2)};
  }
  Scatter draw(Scatter /*which*/, std::size_t /*rank*/) {
    return {of(scatter_kinds), between(0, 3), of(scatter_combines),
            some(2, 1, 9),     some(3, 1, 9), coin() ? DType::int64 : DType::float32};
  }
  Resize draw(Resize /*which*/, std::size_t rank) {
    return {of(resize_modes),
            extents(rank + 2, 1, 99),
            coin() ? std::vector{1.0, real()} : std::vector<double>{},
            of(resize_coordinates),
            of(resize_roundings),
            real(),
            coin(),
            coin()};
  }
  Reshape draw(Reshape /*which*/, std::size_t /*rank*/) { return {extents(4, -1, 9)}; }
  Identity draw(Identity /*which*/, std::size_t /*rank*/) { return {coin(), between(1, 3)}; }
  Opaque draw(Opaque /*which*/, std::size_t /*rank*/) {
    return {"my.domain::Magic, 100 %+@=/é", {"1x3x2x2:float16", "4"}};
  }

  /// A room by its place in the list.
  template <std::size_t Index = 0>
  LayerParams room(std::size_t index, std::size_t rank) {
    if constexpr (Index < std::variant_size_v<Rooms>) {
      if (index != Index) return room<Index + 1>(index, rank);
      return draw(std::variant_alternative_t<Index, Rooms>{}, rank);
    }
    return {};
  }

 private:
  std::mt19937_64 engine_;
};

TEST(TextForm, ParsesBackToTheSameLayer) {
  for (unsigned seed = 0; seed < 6000; ++seed) {
    Draw draw{seed};
    const auto rank = static_cast<std::size_t>(draw.between(1, 3));
    LayerConfig layer;
    layer.params = draw.room(seed % std::variant_size_v<Rooms>, rank);
    std::vector<std::int64_t> extents{1, 8};
    for (std::size_t axis = 0; axis < rank; ++axis) extents.push_back(draw.between(1, 64));
    layer.inputs.assign(static_cast<std::size_t>(draw.between(1, 3)),
                        TensorType{Shape{extents}, draw.coin() ? DType::float32 : DType::int8});
    if (draw.coin()) layer.epilogue = {Eltwise{}, draw.draw(Act{}, rank)};
    const auto text = print(layer);
    const auto parsed = parse_layer(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, layer) << text;
    EXPECT_EQ(text.find_first_of(" \t\n;&|<>()$'\"\\*?[]{}!#~"), std::string::npos) << text;
  }
}

TEST(TextForm, IsShortForAPlainLayer) {
  const LayerConfig layer{
      Conv{96, {11, 11}, {4, 4}, {0, 0, 0, 0}, {1, 1}, 1, true, true}, {Act{}}, {{Shape{1, 3, 227, 227}}}};
  EXPECT_EQ(print(layer), "conv:filters=96,kernel=11,stride=4+act:relu@1x3x227x227");
}

TEST(TextForm, SpreadsOneNumberOverAllAxes) {
  const auto layer = parse_layer("conv:filters=8,kernel=3,pad=1x2x3@1x4x8x8x8");
  ASSERT_TRUE(layer);
  EXPECT_EQ(std::get<Conv>(layer->params).kernel, (std::vector<std::int64_t>{3, 3, 3}));
  EXPECT_EQ(std::get<Conv>(layer->params).pad, (std::vector<std::int64_t>{1, 2, 3, 1, 2, 3}));
}

TEST(TextForm, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) { return parse_layer(text).error().message; };
  EXPECT_EQ(message("conv:filters=8,kernel=3"),
            "'conv:filters=8,kernel=3' has no input; end it with @ and a shape such as @1x3x224x224");
  EXPECT_EQ(message("cnov:filters=8@1x3x4x4"), "unknown layer type 'cnov'; did you mean 'conv'?");
  EXPECT_EQ(message("conv:kernel=3@1x3x4x4"), "conv: 'filters' is missing");
  EXPECT_EQ(message("conv:filters=8,kernel=3,strid=2@1x3x4x4"),
            "conv: unknown parameter 'strid'; did you mean 'stride'?");
  EXPECT_EQ(message("conv:filter=8,kernel=3@1x3x4x4"),
            "conv: unknown parameter 'filter'; did you mean 'filters'?")
      << "what is missing stands there misspelt";
  EXPECT_EQ(message("topk:kk=8@1x3x4x4"), "topk: unknown parameter 'kk'; did you mean 'k'?");
  EXPECT_EQ(message("conv:filter=8,kernel=a@1x3x4x4"), "conv: 'kernel=a' is no list of integers such as 2x3");
  EXPECT_EQ(message("act:rleu@1x3"), "act: unknown kind 'rleu'; did you mean 'relu'?");
  EXPECT_EQ(message("conv:filters=eight,kernel=3@1x3x4x4"), "conv: 'filters=eight' is no integer");
}

}  // namespace
}  // namespace ns
