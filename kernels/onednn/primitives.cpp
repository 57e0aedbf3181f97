#include "kernels/onednn/primitives.hpp"

#include <utility>

namespace ns::onednn {
namespace {

constexpr auto inference = dnnl::prop_kind::forward_inference;

/// oneDNN throws both for what it cannot do and for what it was asked wrongly; here both mean: no recipe.
template <class Make>
Recipe attempt(Make&& make) {
  try {
    return Recipe{make()};
  } catch (const dnnl::error&) {
    return {};
  }
}

void append(dnnl::post_ops& chain, const EltwiseStep& step) {
#if DNNL_VERSION_MAJOR >= 3
  chain.append_eltwise(step.algorithm, step.alpha, step.beta);
#else
  chain.append_eltwise(1.0F, step.algorithm, step.alpha, step.beta);
#endif
}

dnnl::primitive_attr attributes(const PostOps& after = {}) {
  dnnl::post_ops chain;
  if (after.accumulate) chain.append_sum(1.0F);
  for (const EltwiseStep& step : after.steps) append(chain, step);
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  attr.set_post_ops(chain);
  return attr;
}

/// oneDNN counts the gaps between taps.
Dims gaps(const Dims& dilation) {
  Dims result = dilation;
  for (auto& extent : result) --extent;
  return result;
}

/// Makes the description of primitive `Primitive` from the arguments that both interfaces share.
template <class Primitive, class... Arguments>
typename Primitive::primitive_desc describe(const dnnl::engine& engine, const dnnl::primitive_attr& attr,
                                            Arguments&&... arguments) {
#if DNNL_VERSION_MAJOR >= 3
  return typename Primitive::primitive_desc(engine, std::forward<Arguments>(arguments)..., attr);
#else
  return typename Primitive::primitive_desc(typename Primitive::desc(std::forward<Arguments>(arguments)...),
                                            attr, engine);
#endif
}

bool is_empty(const Desc& desc) { return desc.get_size() == 0; }

/// Factors and zero points: fixed in version 2, given when the primitive runs in version 3.
dnnl::primitive_attr attributes(const Requantisation& requantisation, [[maybe_unused]] bool is_grouped) {
  dnnl::primitive_attr attr = attributes();
#if DNNL_VERSION_MAJOR >= 3
  attr.set_scales_mask(DNNL_ARG_WEIGHTS, is_grouped ? 3 : 1);
  if (requantisation.source_zero != 0) attr.set_zero_points_mask(DNNL_ARG_SRC, 0);
  if (requantisation.destination_zero != 0) attr.set_zero_points_mask(DNNL_ARG_DST, 0);
#else
  attr.set_output_scales(1 << 1, requantisation.factors);
  if (requantisation.source_zero != 0) attr.set_zero_points(DNNL_ARG_SRC, 0, {requantisation.source_zero});
  if (requantisation.destination_zero != 0)
    attr.set_zero_points(DNNL_ARG_DST, 0, {requantisation.destination_zero});
#endif
  return attr;
}

auto convolution_by(const dnnl::engine& engine, const dnnl::primitive_attr& attr, const Desc& source,
                    const Desc& weights, const Desc& bias, const Desc& destination, const Sliding& window) {
  constexpr auto direct = dnnl::algorithm::convolution_direct;
  if (is_empty(bias)) {
    return describe<dnnl::convolution_forward>(engine, attr, inference, direct, source, weights, destination,
                                               window.stride, gaps(window.dilation), window.pad,
                                               window.pad_end);
  }
  return describe<dnnl::convolution_forward>(engine, attr, inference, direct, source, weights, bias,
                                             destination, window.stride, gaps(window.dilation), window.pad,
                                             window.pad_end);
}

#if DNNL_VERSION_MAJOR >= 3
template <class Number>
RunTimeValue run_time_value(int argument, dnnl::memory::data_type element,
                            const std::vector<Number>& numbers) {
  const auto bytes = std::as_bytes(std::span{numbers});
  const Desc desc{Dims{static_cast<std::int64_t>(numbers.size())}, element, Tag::a};
  return {argument, desc, {bytes.begin(), bytes.end()}};
}
#endif

}  // namespace

Dims extents_of(const Desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_dims();
#else
  return desc.dims();
#endif
}

dnnl::memory::data_type element_of(const Desc& desc) {
#if DNNL_VERSION_MAJOR >= 3
  return desc.get_data_type();
#else
  return static_cast<dnnl::memory::data_type>(desc.data.data_type);
#endif
}

bool Recipe::is_plain_loop() const {
  const std::string name = implementation();
  return name.starts_with("ref") || name.starts_with("simple");
}

#if DNNL_VERSION_MAJOR >= 3
std::vector<RunTimeValue> run_time_values(const Requantisation& requantisation) {
  using Type = dnnl::memory::data_type;
  std::vector<RunTimeValue> values{
      run_time_value(DNNL_ARG_ATTR_SCALES | DNNL_ARG_WEIGHTS, Type::f32, requantisation.factors)};
  const auto add_zero = [&](int argument, std::int32_t zero) {
    if (zero != 0)
      values.push_back(
          run_time_value(DNNL_ARG_ATTR_ZERO_POINTS | argument, Type::s32, std::vector<std::int32_t>{zero}));
  };
  add_zero(DNNL_ARG_SRC, requantisation.source_zero);
  add_zero(DNNL_ARG_DST, requantisation.destination_zero);
  return values;
}

/// Version 3 adds it behind the factors.
std::vector<float> bias_for(const Requantisation& requantisation, std::vector<float> in_sums) {
  for (std::size_t i = 0; i < in_sums.size(); ++i) in_sums[i] *= requantisation.factors[i];
  return in_sums;
}
#else
std::vector<RunTimeValue> run_time_values(const Requantisation&) { return {}; }
std::vector<float> bias_for(const Requantisation&, std::vector<float> in_sums) { return in_sums; }
#endif

Recipe convolution(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& bias,
                   const Desc& destination, const Sliding& window, const PostOps& after) {
  return attempt(
      [&] { return convolution_by(engine, attributes(after), source, weights, bias, destination, window); });
}

Recipe integer_convolution(const dnnl::engine& engine, const Desc& source, const Desc& weights,
                           const Desc& bias, const Desc& destination, const Sliding& window, bool is_grouped,
                           const Requantisation& requantisation) {
  return attempt([&] {
    const auto attr = attributes(requantisation, is_grouped);
    return convolution_by(engine, attr, source, weights, bias, destination, window);
  });
}

Recipe deconvolution(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& bias,
                     const Desc& destination, const Sliding& window) {
  return attempt([&] {
    constexpr auto direct = dnnl::algorithm::deconvolution_direct;
    const auto attr = attributes();
    if (is_empty(bias)) {
      return describe<dnnl::deconvolution_forward>(engine, attr, inference, direct, source, weights,
                                                   destination, window.stride, gaps(window.dilation),
                                                   window.pad, window.pad_end);
    }
    return describe<dnnl::deconvolution_forward>(engine, attr, inference, direct, source, weights, bias,
                                                 destination, window.stride, gaps(window.dilation),
                                                 window.pad, window.pad_end);
  });
}

Recipe matmul(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& destination,
              const PostOps& after) {
  return attempt(
      [&] { return describe<dnnl::matmul>(engine, attributes(after), source, weights, destination); });
}

Recipe inner_product(const dnnl::engine& engine, const Desc& source, const Desc& weights, const Desc& bias,
                     const Desc& destination, const PostOps& after) {
  return attempt([&] {
    const auto attr = attributes(after);
    if (is_empty(bias))
      return describe<dnnl::inner_product_forward>(engine, attr, inference, source, weights, destination);
    return describe<dnnl::inner_product_forward>(engine, attr, inference, source, weights, bias, destination);
  });
}

Recipe pooling(const dnnl::engine& engine, dnnl::algorithm kind, const Desc& source, const Desc& destination,
               const Sliding& window) {
  return attempt([&] {
#if DNNL_VERSION_MAJOR >= 3
    return describe<dnnl::pooling_forward>(engine, attributes(), inference, kind, source, destination,
                                           window.stride, window.kernel, gaps(window.dilation), window.pad,
                                           window.pad_end);
#else
    return describe<dnnl::pooling_forward>(engine, attributes(), inference, kind, source, destination,
                                           window.stride, window.kernel, window.pad, window.pad_end);
#endif
  });
}

Recipe eltwise(const dnnl::engine& engine, const Desc& data, std::span<const EltwiseStep> steps) {
  return attempt([&] {
    const EltwiseStep& head = steps.front();
    const auto attr = attributes({.accumulate = false, .steps = {steps.begin() + 1, steps.end()}});
#if DNNL_VERSION_MAJOR >= 3
    return describe<dnnl::eltwise_forward>(engine, attr, inference, head.algorithm, data, data, head.alpha,
                                           head.beta);
#else
    return describe<dnnl::eltwise_forward>(engine, attr, inference, head.algorithm, data, head.alpha,
                                           head.beta);
#endif
  });
}

Recipe lrn_across(const dnnl::engine& engine, const Desc& data, std::int64_t size, float alpha, float beta,
                  float k) {
  return attempt([&] {
    constexpr auto across = dnnl::algorithm::lrn_across_channels;
#if DNNL_VERSION_MAJOR >= 3
    return describe<dnnl::lrn_forward>(engine, attributes(), inference, across, data, data, size, alpha, beta,
                                       k);
#else
    return describe<dnnl::lrn_forward>(engine, attributes(), inference, across, data, size, alpha, beta, k);
#endif
  });
}

Recipe softmax(const dnnl::engine& engine, const Desc& data, int axis) {
  return attempt([&] {
#if DNNL_VERSION_MAJOR >= 3
    return describe<dnnl::softmax_forward>(engine, attributes(), inference, dnnl::algorithm::softmax_accurate,
                                           data, data, axis);
#else
    return describe<dnnl::softmax_forward>(engine, attributes(), inference, data, axis);
#endif
  });
}

Recipe binary(const dnnl::engine& engine, dnnl::algorithm kind, const Desc& first, const Desc& second,
              const Desc& destination) {
  return attempt(
      [&] { return describe<dnnl::binary>(engine, attributes(), kind, first, second, destination); });
}

Recipe concat(const dnnl::engine& engine, const Desc& destination, int axis,
              const std::vector<Desc>& sources) {
  return attempt([&] {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl::concat::primitive_desc(engine, destination, axis, sources, attributes());
#else
    return dnnl::concat::primitive_desc(destination, axis, sources, engine, attributes());
#endif
  });
}

Recipe sum(const dnnl::engine& engine, const Desc& destination, const std::vector<float>& factors,
           const std::vector<Desc>& sources) {
  return attempt([&] {
#if DNNL_VERSION_MAJOR >= 3
    return dnnl::sum::primitive_desc(engine, destination, factors, sources, attributes());
#else
    return dnnl::sum::primitive_desc(destination, factors, sources, engine, attributes());
#endif
  });
}

Recipe reorder(const dnnl::engine& engine, const Desc& source, const Desc& destination) {
  return attempt(
      [&] { return dnnl::reorder::primitive_desc(engine, source, engine, destination, attributes()); });
}

}  // namespace ns::onednn
