#include "kernels/onednn/integer.hpp"

#include "core/array.hpp"
#include "kernels/onednn/windows.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>

namespace ns::onednn {
namespace {

using Type = dnnl::memory::data_type;

/// A convolution, or a fully connected layer seen as one whose rows are pixels.
struct Product {
  Quantisation quantisation;
  WindowGeometry window;
  Shape in;   // as the window sees it
  Shape out;  // likewise
  std::int64_t groups = 1;
  std::size_t spatial_axes = 2;
};

Product product_of(const Conv& layer, const Builder& plan) {
  return {layer.quantisation, ns::window_of(layer, plan.in(), plan.out()),
          plan.in(),          plan.out(),
          layer.groups,       plan.in().rank() - 2};
}

Product product_of(const Fc& layer, const Builder& plan) {
  const auto rows = plan.out().elements() / layer.features;
  const auto columns = plan.in().elements() / rows;
  Product product{layer.quantisation, {}, Shape{1, columns, 1, rows}, Shape{1, layer.features, 1, rows}};
  product.window.channels = columns;
  product.window.filters = layer.features;
  product.window.in[2] = product.window.out[2] = rows;
  return product;
}

/// What the layer stores, with factors and bias as the sums need them.
struct Stored {
  std::vector<float> filters;
  std::vector<float> factors;  // on the sums
  std::vector<float> bias;     // in units of the sums
};

Result<Stored> read_stored(const Quantisation& quantisation, bool bias, Builder& plan) {
  auto filters = plan.weight(0);
  if (!filters) return tl::unexpected{std::move(filters.error())};
  auto factors = plan.weight(1);
  if (!factors) return tl::unexpected{std::move(factors.error())};
  Stored stored{std::move(*filters), std::move(*factors), {}};
  stored.bias.assign(stored.factors.size(), 0.0F);
  if (bias) {
    auto values = plan.weight(quantisation.bias_slot());
    if (!values) return tl::unexpected{std::move(values.error())};
    for (std::size_t f = 0; f < values->size(); ++f)
      stored.bias[f] = static_cast<float>(
          std::nearbyint(static_cast<double>((*values)[f]) / (quantisation.in.scale * stored.factors[f])));
  }
  const double scale = quantisation.in.scale / (quantisation.out ? quantisation.out.scale : 1.0);
  for (float& factor : stored.factors) factor = static_cast<float>(factor * scale);
  return stored;
}

Type type_of(DType dtype) {
  return dtype == DType::int8 ? Type::s8 : dtype == DType::uint8 ? Type::u8 : Type::f32;
}

Desc any_of(const Dims& dims, Type type) { return {dims, type, Tag::any}; }

Dims filter_dims(const Product& product) {
  const WindowGeometry& window = product.window;
  Dims dims{window.filters / product.groups, window.channels / product.groups};
  if (product.groups > 1) dims.insert(dims.begin(), product.groups);
  dims.insert(dims.end(), window.kernel.end() - static_cast<std::ptrdiff_t>(product.spatial_axes),
              window.kernel.end());
  return dims;
}

Sliding sliding_of(const Product& product) {
  const auto last = [&](const WindowGeometry::Extents& extents) {
    return Dims(extents.end() - static_cast<std::ptrdiff_t>(product.spatial_axes), extents.end());
  };
  const WindowGeometry& window = product.window;
  return {last(window.kernel), last(window.stride), last(window.dilation), last(window.pad),
          last(window.pad_end)};
}

// ---------------------------------------------------------------- oneDNN

Requantisation requantisation_of(const Quantisation& quantisation, const Stored& stored) {
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

View constant_bytes(const RunTimeValue& value, Builder& plan) {
  std::vector<float> words((value.bytes.size() + sizeof(float) - 1) / sizeof(float));
  std::memcpy(words.data(), value.bytes.data(), value.bytes.size());
  return {plan.constant(words).buffer, value.desc};
}

/// `source` and `destination` are in the layouts that `recipe` asks for.
void run_primitive(const Recipe& recipe, const Product& product, const Stored& stored, Builder& plan,
                   const View& source, const View& destination) {
  const Requantisation requantisation = requantisation_of(product.quantisation, stored);
  std::vector<Argument> arguments{
      {DNNL_ARG_SRC, source},
      {DNNL_ARG_WEIGHTS, plan.pack(stored.filters, dense(filter_dims(product)), recipe.weights())},
      {DNNL_ARG_BIAS, plan.constant(bias_for(requantisation, stored.bias))},
      {DNNL_ARG_DST, destination}};
  for (const RunTimeValue& value : run_time_values(requantisation))
    arguments.push_back({value.argument, constant_bytes(value, plan)});
  plan.run(recipe, std::move(arguments));
}

Recipe recipe_of(const Product& product, const Stored& stored, const Builder& plan, const Desc& source,
                 const Desc& destination) {
  if (!plan.device().multiplies_bytes || !are_bytes(stored.filters)) return {};
  Recipe recipe = integer_convolution(plan.device().engine, source, any_of(filter_dims(product), Type::s8),
                                      dense(Dims{product.window.filters}), destination, sliding_of(product),
                                      product.groups > 1, requantisation_of(product.quantisation, stored));
  return recipe && !recipe.is_plain_loop() ? recipe : Recipe{};
}

// ---------------------------------------------------------------- loops

IntegerWork work_of(const Product& product) {
  const WindowGeometry& window = product.window;
  IntegerWork work{};
  work.windows = windows_of(window);
  work.batch = window.batch;
  work.channels = window.channels;
  work.filters = window.filters;
  work.groups = product.groups;
  work.is_depthwise = window.channels == product.groups && window.filters == product.groups;
  const Quantisation& quantisation = product.quantisation;
  work.in_zero_point = static_cast<float>(quantisation.in.zero_point);
  if (!quantisation.out) return work;
  const auto [low, high] = range_of(quantisation.out_dtype);
  work.is_scaled = true;
  work.out_zero_point = static_cast<float>(quantisation.out.zero_point);
  work.low = static_cast<float>(low);
  work.high = static_cast<float>(high);
  return work;
}

/// From [filter][channel][tap] to [filter][tap][channel], or [tap][channel] of depthwise ones, in pairs of
/// bytes.
std::vector<float> packed(const std::vector<float>& filters, const IntegerWork& work, std::int64_t taps) {
  const auto channels = work.channels / work.groups;
  std::vector<std::int16_t> numbers(filters.size());
  for (std::int64_t f = 0; f < work.filters; ++f)
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t tap = 0; tap < taps; ++tap) {
        const auto to = work.is_depthwise ? tap * work.channels + f : (f * taps + tap) * channels + c;
        numbers[static_cast<std::size_t>(to)] =
            static_cast<std::int16_t>(filters[static_cast<std::size_t>((f * channels + c) * taps + tap)]);
      }
  std::vector<float> words((numbers.size() + 1) / 2);
  std::memcpy(words.data(), numbers.data(), numbers.size() * sizeof(std::int16_t));
  return words;
}

void run_loop(const Product& product, const Stored& stored, Builder& plan, const View& source,
              const View& destination) {
  constexpr std::int64_t windows_at_once = 8;
  const IntegerWork work = work_of(product);
  const auto taps = product.window.taps();
  const auto shorts =
      product.window.in_plane() * work.channels + windows_at_once * taps * work.channels / work.groups;
  const auto room = static_cast<std::size_t>(work.channels) * sizeof(std::int32_t) +
                    static_cast<std::size_t>(shorts) * sizeof(std::int16_t);
  plan.run("loops:int8",
           [work, loop = plan.device().loops->convolve_integers](float* const* memory) {
             loop(work, memory[0], reinterpret_cast<const std::int16_t*>(memory[1]), memory[2], memory[3],
                  memory[4], memory[5]);
           },
           {source, plan.constant(packed(stored.filters, work, taps)), plan.constant(stored.bias),
            plan.constant(stored.factors), destination, plan.scratch(room + sizeof(float))});
}

}  // namespace

Result<void> build_integer(const Conv& layer, Builder& plan) {
  const Product product = product_of(layer, plan);
  const auto stored = read_stored(layer.quantisation, layer.bias, plan);
  if (!stored) return tl::unexpected{stored.error()};
  const Recipe recipe =
      recipe_of(product, *stored, plan, any_of(dims_of(plan.in()), type_of(plan.config().inputs[0].dtype)),
                any_of(dims_of(plan.out()), type_of(layer.quantisation.out_dtype)));
  if (recipe) {
    const View source = plan.read(0, recipe.source());
    run_primitive(recipe, product, *stored, plan, source, plan.write(recipe.destination()));
  } else {
    const View source = plan.read(0, in_layout(plan.in(), Layout::channels_last));
    run_loop(product, *stored, plan, source, plan.write(in_layout(plan.out(), Layout::channels_last)));
  }
  return {};
}

/// Rows of features stand in memory like pixels with their channels last.
Result<void> build_integer(const Fc& layer, Builder& plan) {
  const Product product = product_of(layer, plan);
  const auto stored = read_stored(layer.quantisation, layer.bias, plan);
  if (!stored) return tl::unexpected{stored.error()};
  const Type from = type_of(plan.config().inputs[0].dtype);
  const Type to = type_of(layer.quantisation.out_dtype);
  const Desc source{dims_of(product.in), from, Tag::nhwc};
  const Desc destination{dims_of(product.out), to, Tag::nhwc};
  const Recipe recipe = recipe_of(product, *stored, plan, source, destination);
  const View read = plan.read(0, recipe ? dense_of(plan.in(), from) : dense(plan.in()));
  const View written = plan.write(recipe ? dense_of(plan.out(), to) : dense(plan.out()));
  if (recipe) {
    run_primitive(recipe, product, *stored, plan, {read.buffer, source}, {written.buffer, destination});
  } else {
    run_loop(product, *stored, plan, read, written);
  }
  return {};
}

}  // namespace ns::onednn
