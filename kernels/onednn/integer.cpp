#include "kernels/onednn/integer.hpp"

#include "core/array.hpp"
#include "kernels/onednn/integer_paths.hpp"

#include <algorithm>
#include <utility>

namespace ns::onednn {
namespace {

using Type = dnnl::memory::data_type;

Type type_of(DType dtype) {
  return dtype == DType::int8 ? Type::s8 : dtype == DType::uint8 ? Type::u8 : Type::f32;
}

Desc any_of(const Dims& dims, Type type) { return {dims, type, Tag::any}; }

Requantisation requantisation_of(const Quantisation& quantisation, const IntegerWeights& stored) {
  return {stored.factors, static_cast<std::int32_t>(quantisation.in.zero_point),
          static_cast<std::int32_t>(quantisation.out.zero_point)};
}

/// oneDNN multiplies with signed bytes; a zero point that was taken away may have left more.
bool are_bytes(const std::vector<float>& filters) {
  const auto [low, high] = range_of(DType::int8);
  return std::ranges::all_of(filters, [low = low, high = high](float value) {
    return static_cast<double>(value) >= low && static_cast<double>(value) <= high;
  });
}

/// `source` and `destination` are in the layouts that `recipe` asks for.
void run_primitive(const Recipe& recipe, const IntegerProduct& product, const IntegerWeights& stored,
                   Builder& plan, const View& source, const View& destination) {
  const Requantisation requantisation = requantisation_of(product.quantisation, stored);
  std::vector<Argument> arguments{
      {DNNL_ARG_SRC, source},
      {DNNL_ARG_WEIGHTS, plan.pack(stored.filters, dense(filter_dims(product)), recipe.weights())},
      {DNNL_ARG_BIAS, plan.constant(bias_for(requantisation, stored.bias))},
      {DNNL_ARG_DST, destination}};
  for (const RunTimeValue& value : run_time_values(requantisation))
    arguments.push_back({value.argument, constant_bytes(value.bytes, value.desc, plan)});
  plan.run(recipe, std::move(arguments));
}

Recipe recipe_of(const IntegerProduct& product, const IntegerWeights& stored, const Builder& plan,
                 const Desc& source, const Desc& destination) {
  if (!plan.device().multiplies_bytes || product.quantisation.dynamic || !are_bytes(stored.filters))
    return {};
  Recipe recipe = integer_convolution(plan.device().engine, source, any_of(filter_dims(product), Type::s8),
                                      dense(Dims{product.window.filters}), destination, sliding_of(product),
                                      product.groups > 1, requantisation_of(product.quantisation, stored));
  return recipe && !recipe.is_plain_loop() ? recipe : Recipe{};
}

bool build_primitive(const Conv& layer, const IntegerProduct& product, const IntegerWeights& stored,
                     Builder& plan) {
  const Recipe recipe = recipe_of(product, stored, plan, any_of(dims_of(plan.in()), type_of(product.input)),
                                  any_of(dims_of(plan.out()), type_of(layer.quantisation.out_dtype)));
  if (!recipe) return false;
  const View source = plan.read(0, recipe.source());
  run_primitive(recipe, product, stored, plan, source, plan.write(recipe.destination()));
  return true;
}

/// Rows of features stand in memory like pixels with their channels last.
bool build_primitive(const Fc& layer, const IntegerProduct& product, const IntegerWeights& stored,
                     Builder& plan) {
  const Type from = type_of(product.input);
  const Type to = type_of(layer.quantisation.out_dtype);
  const Desc source{dims_of(product.in), from, Tag::nhwc};
  const Desc destination{dims_of(product.out), to, Tag::nhwc};
  const Recipe recipe = recipe_of(product, stored, plan, source, destination);
  if (!recipe) return false;
  const View read = plan.read(0, dense_of(plan.in(), from));
  const View written = plan.write(dense_of(plan.out(), to));
  run_primitive(recipe, product, stored, plan, {read.buffer, source}, {written.buffer, destination});
  return true;
}

template <class Layer>
Result<void> build_any(const Layer& layer, Builder& plan) {
  const IntegerProduct product = product_of(layer, plan);
  const auto stored = read_weights(product, layer.bias, plan);
  if (!stored) return tl::unexpected{stored.error()};
  if (!build_primitive(layer, product, *stored, plan) && !build_sums(product, *stored, plan))
    build_loops(product, *stored, plan);
  return {};
}

}  // namespace

Result<void> build_integer(const Conv& layer, Builder& plan) { return build_any(layer, plan); }
Result<void> build_integer(const Fc& layer, Builder& plan) { return build_any(layer, plan); }

}  // namespace ns::onednn
