#include "kernels/onednn/layout.hpp"

#include <array>
#include <gtest/gtest.h>
#include <numeric>

namespace ns::onednn {
namespace {

constexpr std::array layouts{Layout::dense, Layout::blocks_of_8, Layout::blocks_of_16, Layout::channels_last};

/// The values that oneDNN's own reorder makes of `values`, gaps in the last block included.
std::vector<float> reordered(std::vector<float> values, const Desc& from, const Desc& to) {
  const dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<float> result(to.get_size() / sizeof(float), -1.0F);
  dnnl::memory source{from, engine, values.data()};
  dnnl::memory target{to, engine, result.data()};
  dnnl::reorder{source, target}.execute(stream, source, target);
  stream.wait();
  return result;
}

void expect_like_onednn(const Shape& shape, Layout from, Layout to, Isa isa) {
  std::vector<float> values(static_cast<std::size_t>(shape.elements()));
  std::iota(values.begin(), values.end(), 1.0F);
  const Desc source = in_layout(shape, from);
  const Desc target = in_layout(shape, to);
  const auto laid = reordered(values, dense(shape), source);
  std::vector<float> out(target.get_size() / sizeof(float), -1.0F);
  loops_of(isa).relayout(maps_of(shape, from), block_of(to, shape[1]), laid.data(), out.data());
  EXPECT_EQ(out, reordered(values, dense(shape), target))
      << to_string(shape) << " from layout " << static_cast<int>(from) << " to " << static_cast<int>(to);
}

TEST(Relayout, PutsEveryElementWhereOneDnnDoes) {
  const std::array shapes{Shape{1, 1, 3},       Shape{2, 3, 5, 4},    Shape{1, 8, 1, 1},
                          Shape{2, 16, 7, 7},   Shape{1, 24, 4, 4},   Shape{3, 29, 5, 1},
                          Shape{1, 58, 28, 28}, Shape{2, 20, 2, 3, 3}};
  for (const Isa isa : {Isa::generic, Isa::sse41})
    for (const Shape& shape : shapes)
      for (const Layout from : layouts)
        for (const Layout to : layouts)
          if (to != from) expect_like_onednn(shape, from, to, isa);
}

}  // namespace
}  // namespace ns::onednn
