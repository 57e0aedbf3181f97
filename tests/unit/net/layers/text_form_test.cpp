#include "net/layer.hpp"

#include <cmath>
#include <functional>
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
  template <class Enum, std::size_t Size>
  Enum of(const std::array<Choice<Enum>, Size>& table) {
    return table[static_cast<std::size_t>(between(0, Size - 1))].value;
  }

  LayerParams room(std::size_t index, std::size_t rank) {
    const std::array<std::function<LayerParams()>, std::variant_size_v<LayerParams>> rooms{
        [&] {
          return Conv{between(1, 512),
                      extents(rank, 1, 9),
                      extents(rank, 1, 4),
                      extents(2 * rank, 0, 3),
                      extents(rank, 1, 3),
                      between(1, 8),
                      coin()};
        },
        [&] {
          return Fc{between(1, 4096), coin(), between(0, 3)};
        },
        [&] {
          return Local{between(1, 64), extents(rank, 1, 9), extents(rank, 1, 4), extents(2 * rank, 0, 3),
                       coin()};
        },
        [&] {
          if (coin()) return Pool{of(pool_kinds), true, {}, {}, {}, Pool::Rounding::floor, false};
          return Pool{
              of(pool_kinds),     false, extents(rank, 1, 5), extents(rank, 1, 3), extents(2 * rank, 0, 2),
              of(pool_roundings), coin()};
        },
        [&] {
          return Act{of(act_kinds), real(), real(), real()};
        },
        [&]() -> LayerParams {
          Norm norm{.kind = of(norm_kinds)};
          if (norm.kind == Norm::Kind::batch) {
            norm.affine = coin();
            norm.factor = coin();
            norm.epsilon = real();
          } else if (norm.kind == Norm::Kind::scale) {
            norm.bias = coin();
          } else {
            norm.size = between(1, 9);
            norm.alpha = real();
            norm.beta = real();
            norm.k = real();
          }
          return norm;
        },
        [&] { return Softmax{between(0, 3)}; },
        [&] {
          return Argmax{between(0, 3), between(1, 5)};
        },
        [&] {
          return Eltwise{of(eltwise_kinds), coin() ? std::vector{real(), real()} : std::vector<double>{}};
        },
        [&] { return Concat{between(0, 3)}; },
        [&] {
          return Slice{between(0, 3), extents(3, 1, 9)};
        },
        [&] { return Reshape{extents(4, -1, 9)}; },
        [&] {
          return Identity{coin(), between(1, 3)};
        },
        [&] {
          return Opaque{"my.domain::Magic, 100 %+@=/é", {"1x3x2x2:float16", "4"}};
        },
    };
    return rooms[index]();
  }

 private:
  std::mt19937_64 engine_;
};

TEST(TextForm, ParsesBackToTheSameLayer) {
  for (unsigned seed = 0; seed < 2000; ++seed) {
    Draw draw{seed};
    const auto rank = static_cast<std::size_t>(draw.between(1, 3));
    LayerConfig layer;
    layer.params = draw.room(seed % std::variant_size_v<LayerParams>, rank);
    std::vector<std::int64_t> extents{1, 8};
    for (std::size_t axis = 0; axis < rank; ++axis) extents.push_back(draw.between(1, 64));
    layer.inputs.assign(static_cast<std::size_t>(draw.between(1, 3)),
                        TensorType{Shape{extents}, draw.coin() ? DType::float32 : DType::int8});
    if (draw.coin()) layer.epilogue = {Eltwise{}, draw.room(4, rank)};
    const auto text = print(layer);
    const auto parsed = parse_layer(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, layer) << text;
    EXPECT_EQ(text.find_first_of(" \t\n;&|<>()$'\"\\*?[]{}!#~"), std::string::npos) << text;
  }
}

TEST(TextForm, IsShortForAPlainLayer) {
  const LayerConfig layer{
      Conv{96, {11, 11}, {4, 4}, {0, 0, 0, 0}, {1, 1}, 1, true}, {Act{}}, {{Shape{1, 3, 227, 227}}}};
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
  EXPECT_EQ(message("act:rleu@1x3"), "act: unknown kind 'rleu'; did you mean 'relu'?");
  EXPECT_EQ(message("conv:filters=eight,kernel=3@1x3x4x4"), "conv: 'filters=eight' is no integer");
}

}  // namespace
}  // namespace ns
