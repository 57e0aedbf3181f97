#include "kernels/cudnn/kernels/parameters.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/runnable.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace ns::cudnn {
namespace {

Result<void> refuse(std::string message) { return failure(Errc::unsupported, std::move(message)); }

Result<void> refuse_type(std::string_view type) {
  return refuse(fmt::format("the cudnn backend has no {} yet; use onednn", type));
}

template <class Layer>
concept Buildable = requires(const Layer& layer, Builder& plan) {
  build(layer, plan);
};

struct Dispatch {
  Builder& plan;
  template <class Layer>
  Result<void> operator()(const Layer& layer) const {
    if constexpr (Buildable<Layer>) return build(layer, plan);
    return refuse_type(Layer::type);
  }
};

// What the libraries, or our kernels, cannot do of a type that they know otherwise.

template <class Layer>
Result<void> check_kind(const Layer&) {
  if constexpr (Buildable<Layer>) return {};
  return refuse_type(Layer::type);
}

Result<void> check_kind(const Norm& layer) {
  if (layer.kind != Norm::Kind::lrn) return {};
  if (layer.size <= CUDNN_LRN_MAX_N && layer.k >= CUDNN_LRN_MIN_K && layer.beta >= CUDNN_LRN_MIN_BETA)
    return {};
  return refuse(
      fmt::format("cuDNN's lrn takes a size of at most {}, k of at least {} and beta of at least {}",
                  CUDNN_LRN_MAX_N, CUDNN_LRN_MIN_K, CUDNN_LRN_MIN_BETA));
}

Result<void> check_kind(const Rnn& layer) {
  if (layer.quantisation.dynamic)
    return refuse("cuDNN computes all steps at once, so no state can be made whole in between");
  if (layer.kind != Rnn::Kind::gru || layer.reset_after) return {};
  return refuse("cuDNN's gru applies the reset gate behind the product alone (reset_after)");
}

bool multiplies_whole(const LayerParams& params) {
  const auto* const quantisation = quantisation_of(params);
  return quantisation != nullptr && quantisation->is_integer();
}

/// Sums of more products of bytes may be beyond 32 bits.
Result<void> check_quantisation(const LayerConfig& layer, const Facts& gpu) {
  constexpr int oldest = 61;
  constexpr int ten = 10;
  constexpr std::int64_t most_summands = std::int64_t{1} << 17U;
  if (!multiplies_whole(layer.params)) return {};
  if (gpu.capability_major * ten + gpu.capability_minor < oldest)
    return refuse(
        fmt::format("{} has no products of 8-bit whole numbers, which sm_61 and later have", gpu.name));
  const Shape filters = weights(layer.params, layer.inputs).front().shape;
  const auto summands = filters.elements(1, filters.rank());
  if (summands < most_summands) return {};
  return refuse(fmt::format("sums of {} products of bytes may not fit 32 bits, those of fewer than {} do",
                            summands, most_summands));
}

Result<void> check_operands(const LayerConfig& layer) {
  const auto* const eltwise = std::get_if<Eltwise>(&layer.params);
  if (eltwise == nullptr) return {};
  const auto operands = operand_shapes(*eltwise, layer.inputs).size();
  if (operands <= static_cast<std::size_t>(most_operands)) return {};
  return refuse(
      fmt::format("{} operands are more than the {} that one kernel takes", operands, most_operands));
}

Result<void> check_elements(const TensorType& type) {
  const auto elements = type.shape.elements();
  if (elements == 0)
    return refuse(fmt::format("{} has no elements, so there is nothing to run", print(type)));
  if (elements <= std::numeric_limits<std::int32_t>::max()) return {};
  return refuse(fmt::format("{} has 2^31 elements or more, which cuDNN does not take", print(type)));
}

Result<void> check_tensors(const LayerConfig& layer) {
  for (const TensorType& type : layer.inputs)
    if (auto checked = check_elements(type); !checked) return checked;
  for (const Weight& weight : weights(layer.params, layer.inputs))
    if (auto checked = check_elements({weight.shape, DType::float32}); !checked) return checked;
  const auto whole = cost(layer);
  if (!whole) return {};  // its shapes are refused elsewhere
  for (const TensorType& type : whole->tensors.outputs)
    if (auto checked = check_elements(type); !checked) return checked;
  return {};
}

/// The windows of an integer layer, each laid out as a row.
Result<void> check_columns(const LayerConfig& layer) {
  const auto whole = cost(layer);
  if (!whole) return {};
  const Shape filters = weights(layer.params, layer.inputs).front().shape;
  const auto rows = whole->tensors.outputs.front().shape.elements() / filters[0];
  const auto* const conv = std::get_if<Conv>(&layer.params);
  const auto summands = filters.elements(1, filters.rank()) + 3;  // filled up to four at most
  return check_elements({Shape{rows, conv == nullptr ? 1 : conv->groups, summands}, DType::int8});
}

/// Tensors between the steps of a layer.
Result<void> check_temporaries(const LayerConfig& layer) {
  if (multiplies_whole(layer.params)) return check_columns(layer);
  const auto* const attention = std::get_if<Attention>(&layer.params);
  if (attention == nullptr || !cost(layer)) return {};
  const auto shapes = operands_of(*attention, layer.inputs);
  const auto& queries = shapes.queries;
  return check_elements(
      {Shape{queries.batch, queries.heads, queries.steps, shapes.keys.steps}, DType::float32});
}

Result<void> check_epilogue(const LayerConfig& layer) {
  if (layer.epilogue.empty()) return {};
  if (!std::holds_alternative<Conv>(layer.params) && !std::holds_alternative<Fc>(layer.params))
    return refuse(
        fmt::format("nothing is fused behind a {}; only behind conv and fc", type_of(layer.params)));
  for (const LayerParams& follower : layer.epilogue) {
    const auto* const act = std::get_if<Act>(&follower);
    if (act != nullptr && act->kind == Act::Kind::prelu)
      return refuse("a prelu is not fused, for its slopes are stored");
  }
  return {};
}

/// Whether there are real numbers and others among inputs and outputs.
bool is_mixed(const LayerConfig& layer) {
  std::size_t real = 0;
  std::size_t all = 0;
  const auto count = [&](const std::vector<TensorType>& types) {
    for (const TensorType& type : types) real += is_floating(type.dtype) ? 1U : 0U;
    all += types.size();
  };
  count(layer.inputs);
  if (const auto whole = cost(layer)) count(whole->tensors.outputs);
  return real != 0 && real != all;
}

// Atomic sums of 16 bits, recurrent weight spaces of them, and operators between real numbers and truth
// values are not worth kernels of their own; cuDNN documents half, but not bfloat16, for the rest.
bool is_wide(const Scatter&, Element) { return true; }
bool is_wide(const Rnn&, Element) { return true; }
bool is_wide(const Conv& layer, Element) { return layer.quantisation.is_integer(); }
bool is_wide(const Fc& layer, Element) { return layer.quantisation.is_integer(); }
bool is_wide(const Argmax&, Element) { return true; }  // whose places are real numbers, too
bool is_wide(const Softmax& layer, Element kept) {
  return kept == Element::bfloat16 && layer.kind != Softmax::Kind::hard;
}
bool is_wide(const Reduce&, Element kept) { return kept == Element::bfloat16; }
bool is_wide(const Norm& layer, Element kept) {
  return kept == Element::bfloat16 && layer.kind == Norm::Kind::lrn;
}
template <class Layer>
bool is_wide(const Layer&, Element) {
  return false;
}

bool takes_layouts(const Conv& layer, const std::vector<TensorType>&) {
  return layer.stored && !layer.quantisation.is_integer();
}
bool takes_layouts(const Pool&, const std::vector<TensorType>&) { return true; }
bool takes_layouts(const Act&, const std::vector<TensorType>&) { return true; }
bool takes_layouts(const Identity&, const std::vector<TensorType>&) { return true; }
bool takes_layouts(const Norm& layer, const std::vector<TensorType>&) {
  return layer.kind == Norm::Kind::batch || layer.kind == Norm::Kind::scale;
}
bool takes_layouts(const Concat& layer, const std::vector<TensorType>&) { return layer.with.empty(); }
/// Of maps and of single numbers.
bool takes_layouts(const Eltwise& layer, const std::vector<TensorType>& inputs) {
  const auto shapes = operand_shapes(layer, inputs);
  const bool are_maps = std::ranges::all_of(
      shapes, [](const Shape& shape) { return shape.rank() == 4 || shape.elements() == 1; });
  return are_maps && !stored_place(layer, inputs.size()) && layer.condition.empty();
}
template <class Layer>
bool takes_layouts(const Layer&, const std::vector<TensorType>&) {
  return false;
}

}  // namespace

bool takes_layouts(const LayerConfig& layer) {
  if (layer.inputs.empty() || !is_floating(layer.inputs.front().dtype)) return false;
  return std::visit([&](const auto& room) { return takes_layouts(room, layer.inputs); },
                    layer.params.rooms());
}

Layout joint_layout(const Builder& plan) {
  for (std::size_t i = 0; takes_layouts(plan.config()) && i < plan.inputs(); ++i)
    if (plan.layout(i) == Layout::nhwc) return Layout::nhwc;
  return Layout::nchw;
}

bool is_wide(const LayerConfig& layer, Element kept) {
  if (kept == Element::float32) return false;
  const bool is_operator =
      std::holds_alternative<Eltwise>(layer.params) || std::holds_alternative<Act>(layer.params);
  if (is_operator && is_mixed(layer)) return true;
  return std::visit([kept](const auto& room) { return is_wide(room, kept); }, layer.params.rooms());
}

Result<void> build_group(Builder& plan) { return std::visit(Dispatch{plan}, plan.config().params.rooms()); }

Result<void> supports(const LayerConfig& layer, const Facts& gpu) {
  if (auto runnable = check_runnable(layer); !runnable) return runnable;
  auto known = std::visit([](const auto& room) { return check_kind(room); }, layer.params.rooms());
  if (known) known = check_quantisation(layer, gpu);
  if (known) known = check_operands(layer);
  if (known) known = check_epilogue(layer);
  if (known) known = check_tensors(layer);
  return known ? check_temporaries(layer) : known;
}

}  // namespace ns::cudnn
