#include "kernels/onednn/integer_paths.hpp"

#include <numeric>
#include <utility>

namespace ns::onednn {
namespace {

using Type = dnnl::memory::data_type;
using Sums = std::vector<std::int32_t>;

constexpr std::int64_t spread = 128;  // between signed and unsigned bytes

/// Filters as signed bytes, with what those still stand above.
struct Signed {
  std::vector<float> filters;
  Sums zeros;  // by filter; empty: none
  Sums sums;   // likewise, of the filter's bytes
};

Signed signed_filters(const IntegerProduct& product, const IntegerWeights& stored) {
  Signed made{stored.filters, {}, {}};
  const auto length = stored.filters.size() / stored.factors.size();
  for (const float point : stored.zero_points)
    made.zeros.push_back(static_cast<std::int32_t>(point) -
                         static_cast<std::int32_t>(product.quantisation.middle()));
  if (!made.zeros.empty())
    for (std::size_t i = 0; i < made.filters.size(); ++i)
      made.filters[i] += static_cast<float>(made.zeros[i / length]);
  for (auto row = made.filters.begin(); row != made.filters.end(); row += static_cast<std::ptrdiff_t>(length))
    made.sums.push_back(
        static_cast<std::int32_t>(std::accumulate(row, row + static_cast<std::ptrdiff_t>(length), 0.0)));
  return made;
}

/// The image with its edges, so that a window stands on numbers everywhere.
FrameWork work_around(const IntegerProduct& product) {
  const IntegerWork integer = work_of(product);
  FrameWork work{};
  work.windows = integer.windows;
  for (std::size_t axis = 0; axis < 3; ++axis)
    work.framed[axis] = work.windows.in[axis] + work.windows.pad[axis] + work.windows.pad_end[axis];
  work.batch = integer.batch;
  work.channels = integer.channels;
  work.filters = integer.filters;
  work.groups = integer.groups;
  work.is_dynamic = product.quantisation.dynamic;
  work.zero_above = integer.in_zero_point;
  work.is_scaled = integer.is_scaled;
  work.out_zero_point = integer.out_zero_point;
  work.low = integer.low;
  work.high = integer.high;
  return work;
}

Desc pixels_of(const Shape& shape, Type type) {
  return with_elements(in_layout(shape, Layout::channels_last), type);
}

Shape framed(const IntegerProduct& product, const FrameWork& work) {
  std::vector<std::int64_t> extents{work.batch, work.channels};
  for (std::size_t axis = 3 - product.spatial_axes; axis < 3; ++axis) extents.push_back(work.framed[axis]);
  return Shape{std::move(extents)};
}

Recipe recipe_of(const IntegerProduct& product, const Shape& image, const Builder& plan) {
  if (!plan.device().multiplies_bytes) return {};
  Sliding window = sliding_of(product);
  window.pad.assign(window.pad.size(), 0);
  window.pad_end.assign(window.pad_end.size(), 0);
  Recipe recipe = convolution(plan.device().engine, pixels_of(image, Type::u8),
                              Desc{filter_dims(product), Type::s8, Tag::any}, Desc{},
                              pixels_of(product.out, Type::s32), window, {});
  return recipe && !recipe.is_plain_loop() ? recipe : Recipe{};
}

View constant_sums(const Sums& sums, Builder& plan) {
  return constant_bytes(std::as_bytes(std::span{sums}), dense(Dims{static_cast<std::int64_t>(sums.size())}),
                        plan);
}

}  // namespace

bool build_sums(const IntegerProduct& product, const IntegerWeights& stored, Builder& plan) {
  const FrameWork work = work_around(product);
  const Shape image_shape = framed(product, work);
  const Recipe recipe = recipe_of(product, image_shape, plan);
  if (!recipe) return false;
  const Signed filters = signed_filters(product, stored);
  const Loops& loops = *plan.device().loops;
  const View source = read_pixels(product, plan);
  const View image = plan.temporary(recipe.source());
  // What divides the input, and what is added then.
  const float shift = product.input == DType::int8 ? static_cast<float>(spread) : 0.0F;
  const View scaling =
      work.is_dynamic ? plan.temporary(dense(Dims{2})) : plan.constant(std::vector<float>{1.0F, shift});
  plan.run("loops:bytes",
           [work, count = product.in.elements(), &loops](float* const* memory) {
             if (work.is_dynamic) loops.find_scaling(count, memory[0], memory[1]);
             loops.frame(work, memory[1], memory[0], reinterpret_cast<unsigned char*>(memory[2]));
           },
           {source, scaling, image});
  const View sums = plan.temporary(recipe.destination());
  plan.run(recipe,
           {{DNNL_ARG_SRC, image},
            {DNNL_ARG_WEIGHTS, plan.pack(filters.filters, dense(filter_dims(product)), recipe.weights())},
            {DNNL_ARG_DST, sums}});
  const auto pixels = work.framed[0] * work.framed[1] * work.framed[2];
  const auto room = static_cast<std::size_t>((pixels + 1) * work.groups) * sizeof(std::int32_t);
  const bool has_zeros = !filters.zeros.empty();
  const View zeros = has_zeros ? constant_sums(filters.zeros, plan) : scaling;
  const View destination = write_pixels(product, plan);
  plan.run("loops:sums",
           [work, has_zeros, &loops](float* const* memory) {
             const auto integers = [&](std::size_t i) { return reinterpret_cast<std::int32_t*>(memory[i]); };
             loops.finish_sums(work, memory[0], reinterpret_cast<const unsigned char*>(memory[1]),
                               integers(2), integers(3), has_zeros ? integers(4) : nullptr, memory[5],
                               memory[6], memory[7], integers(8));
           },
           {scaling, image, sums, constant_sums(filters.sums, plan), zeros, plan.constant(stored.bias),
            plan.constant(stored.factors), destination, plan.scratch(room)});
  return true;
}

}  // namespace ns::onednn
