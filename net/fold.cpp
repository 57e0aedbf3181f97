#include "core/array.hpp"
#include "net/idiom.hpp"
#include "net/net.hpp"

#include <algorithm>
#include <optional>

namespace ns {
namespace {

/// Whether a stored operand has one number for each of `count` channels, with `behind` axes behind theirs.
bool is_along(const std::vector<std::int64_t>& extents, std::int64_t count, std::size_t behind) {
  if (extents.size() <= behind) return false;
  const auto channels = extents.size() - 1 - behind;
  for (std::size_t axis = 0; axis < extents.size(); ++axis)
    if (extents[axis] != (axis == channels ? count : 1)) return false;
  return true;
}

/// Rewrites layer by layer; every tensor of the old net is known by the tensor of the new net that holds its
/// values.
class Folder {
 public:
  explicit Folder(const Net& net)
      : old_{net},
        is_output_(net.tensors.size(), false),
        made_(net.tensors.size(), 0),
        dequantised_(net.tensors.size(), nullptr) {
    for (const auto output : net.outputs) is_output_[output] = true;
    new_.name = net.name;
    new_.file = net.file;
    new_.format = net.format;
    new_.warnings = net.warnings;
  }

  Net run() {
    for (const auto input : old_.inputs) new_.inputs.push_back(copy(input, std::nullopt));
    for (const auto& layer : old_.layers)
      if (!drop_identity(layer) && !fold_norm(layer) && !fold_bias(layer) && !drop_implied(layer) &&
          !fold_scale(layer) && !drop_dequantised(layer))
        keep(layer);
    for (const auto output : old_.outputs) new_.outputs.push_back(made_[output]);
    return std::move(new_);
  }

 private:
  TensorId copy(TensorId old, std::optional<LayerId> producer) {
    const auto id = static_cast<TensorId>(new_.tensors.size());
    const auto& tensor = old_.tensors[old];
    new_.tensors.push_back({tensor.name, tensor.type, producer, {}, tensor.crosses});
    shared_.push_back(is_output_[old] || old_.tensors[old].consumers.size() > 1);
    made_[old] = id;
    return id;
  }

  /// `output` holds the values of `input` (or what its producer now makes of them).
  void pass_on(const Layer& layer, TensorId input, TensorId output) {
    const auto id = made_[input];
    auto& tensor = new_.tensors[id];
    auto& sources = new_.layers[*tensor.producer].sources;
    if (std::ranges::find(sources, layer.name) == sources.end()) sources.push_back(layer.name);
    if (!shared_[id]) tensor.name = old_.tensors[output].name;
    shared_[id] = shared_[id] || is_output_[output] || old_.tensors[output].consumers.size() > 1;
    made_[output] = id;
  }

  bool drop_identity(const Layer& layer) {
    if (!std::holds_alternative<Identity>(layer.params)) return false;
    const auto id = made_[layer.inputs[0]];
    if (!new_.tensors[id].producer) return false;
    if (layer.outputs.size() > 1) shared_[id] = true;
    for (const auto output : layer.outputs) pass_on(layer, layer.inputs[0], output);
    return true;
  }

  /// Batch norm and scale become part of a convolution's or fc's filters and bias, a scale part of a batch
  /// norm.
  bool fold_norm(const Layer& layer) {
    const auto* const norm = std::get_if<Norm>(&layer.params);
    if (norm == nullptr || (norm->kind != Norm::Kind::batch && norm->kind != Norm::Kind::scale)) return false;
    const auto id = made_[layer.inputs[0]];
    if (shared_[id] || !new_.tensors[id].producer) return false;
    auto& before = new_.layers[*new_.tensors[id].producer].params;
    if (const auto* const quantisation = quantisation_of(before); quantisation && quantisation->has_factors())
      return false;
    if (auto* const conv = std::get_if<Conv>(&before); conv != nullptr && conv->stored) {
      conv->bias = true;
    } else if (auto* const fc = std::get_if<Fc>(&before); fc != nullptr && fc->axis == 1) {
      fc->bias = true;
    } else if (auto* const batch = std::get_if<Norm>(&before);
               batch != nullptr && batch->kind == Norm::Kind::batch && norm->kind == Norm::Kind::scale) {
      batch->affine = true;
    } else {
      return false;
    }
    pass_on(layer, layer.inputs[0], layer.outputs[0]);
    return true;
  }

  /// A stored vector that is added to the channels or features becomes their bias. Not that of whole numbers,
  /// which would round it.
  bool fold_bias(const Layer& layer) {
    const auto* const sum = std::get_if<Eltwise>(&layer.params);
    if (sum == nullptr || sum->kind != Eltwise::Kind::add || sum->with.empty() || layer.inputs.size() != 1)
      return false;
    const auto id = made_[layer.inputs[0]];
    if (shared_[id] || !new_.tensors[id].producer) return false;
    auto& before = new_.layers[*new_.tensors[id].producer].params;
    if (const auto* const quantisation = quantisation_of(before); quantisation && quantisation->rounds_bias())
      return false;
    if (auto* const conv = std::get_if<Conv>(&before);
        conv != nullptr && conv->stored && is_along(sum->with, conv->filters, conv->kernel.size())) {
      conv->bias = true;
    } else if (auto* const fc = std::get_if<Fc>(&before);
               fc != nullptr && is_along(sum->with, fc->features, 0)) {
      fc->bias = true;
    } else {
      return false;
    }
    pass_on(layer, layer.inputs[0], layer.outputs[0]);
    return true;
  }

  /// Whether `layer` reads real numbers and has filters of whole ones: where its input was whole before, it
  /// can multiply whole numbers.
  [[nodiscard]] static bool takes_whole(const Layer& layer) {
    const auto* const quantisation = quantisation_of(layer.params);
    return quantisation != nullptr && quantisation->has_factors() && !quantisation->is_integer();
  }

  /// What makes 8-bit whole numbers real for such layers goes, unless somebody else reads it.
  bool drop_dequantised(const Layer& layer) {
    const auto* const cast = std::get_if<Cast>(&layer.params);
    if (cast == nullptr || cast->scale == 0.0 || cast->dtype != DType::float32) return false;
    const auto from = old_.tensors[layer.inputs[0]].type.dtype;
    if (from != DType::int8 && from != DType::uint8) return false;
    const auto output = layer.outputs[0];
    dequantised_[output] = &layer;
    const auto& consumers = old_.tensors[output].consumers;
    const bool is_dropped =
        !is_output_[output] && !consumers.empty() &&
        std::ranges::all_of(consumers, [&](LayerId reader) { return takes_whole(old_.layers[reader]); });
    if (is_dropped) nameless_.push_back(&layer);
    return is_dropped;
  }

  /// The quantisation of the layer that makes old tensor `id`, if it multiplies whole numbers, nobody else
  /// reads what it makes, and that is not scaled yet.
  [[nodiscard]] Quantisation* unscaled(TensorId id) {
    const auto made = made_[id];
    if (shared_[made] || !new_.tensors[made].producer) return nullptr;
    auto* const quantisation = quantisation_of(new_.layers[*new_.tensors[made].producer].params);
    const bool fits = quantisation != nullptr && quantisation->in && !quantisation->out;
    return fits ? quantisation : nullptr;
  }

  /// The scale of an 8-bit cast, else nothing.
  static std::optional<Scaling> scaling_of(const LayerParams& params) {
    const auto* const cast = std::get_if<Cast>(&params);
    if (cast == nullptr || cast->scale == 0.0) return std::nullopt;
    if (cast->dtype != DType::int8 && cast->dtype != DType::uint8) return std::nullopt;
    return Scaling{cast->scale, cast->zero_point};
  }

  /// What brings sums of whole numbers down to 8 bits becomes part of the layer that sums.
  bool fold_scale(const Layer& layer) {
    const auto scaling = scaling_of(layer.params);
    auto* const quantisation = scaling ? unscaled(layer.inputs[0]) : nullptr;
    if (quantisation == nullptr) return false;
    quantisation->out = *scaling;
    quantisation->out_dtype = std::get<Cast>(layer.params).dtype;
    new_.tensors[made_[layer.inputs[0]]].type.dtype = quantisation->out_dtype;
    pass_on(layer, layer.inputs[0], layer.outputs[0]);
    return true;
  }

  /// A ReLU between such a layer and its scaling changes nothing where the smallest number stands for 0.
  bool drop_implied(const Layer& layer) {
    const auto* const act = std::get_if<Act>(&layer.params);
    if (act == nullptr || act->kind != Act::Kind::relu || unscaled(layer.inputs[0]) == nullptr) return false;
    const auto& output = old_.tensors[layer.outputs[0]];
    if (is_output_[layer.outputs[0]] || output.consumers.size() != 1) return false;
    const auto& next = old_.layers[output.consumers.front()];
    const auto scaling = scaling_of(next.params);
    if (!scaling) return false;
    const auto lowest = range_of(std::get<Cast>(next.params).dtype).first;
    if (static_cast<double>(scaling->zero_point) != lowest) return false;
    pass_on(layer, layer.inputs[0], layer.outputs[0]);
    return true;
  }

  /// Has a layer with filters of whole numbers read what `kept` was made real of, if that is known.
  void take_whole(Layer& kept) {
    const auto* const origin = takes_whole(kept) ? dequantised_[kept.inputs[0]] : nullptr;
    if (origin == nullptr) return;
    const auto& cast = std::get<Cast>(origin->params);
    quantisation_of(kept.params)->in = {cast.scale, cast.zero_point};
    kept.inputs[0] = origin->inputs[0];
    // Each layer of the file stands for something once.
    if (std::erase(nameless_, origin) > 0) kept.sources.push_back(origin->name);
  }

  void keep(const Layer& layer) {
    const auto id = static_cast<LayerId>(new_.layers.size());
    auto kept = layer;
    take_whole(kept);
    for (auto& input : kept.inputs) {
      input = made_[input];
      auto& consumers = new_.tensors[input].consumers;
      if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
    }
    for (auto& output : kept.outputs) output = copy(output, id);
    new_.layers.push_back(std::move(kept));
  }

  const Net& old_;
  Net new_;
  std::vector<bool> is_output_;            // by old tensor
  std::vector<TensorId> made_;             // old tensor -> new tensor
  std::vector<const Layer*> dequantised_;  // by old tensor: the cast that makes it of 8-bit whole numbers
  std::vector<const Layer*> nameless_;     // such casts that are gone and are no layer's source yet
  std::vector<bool> shared_;  // by new tensor: read more than once or an output, so it must stay as it is
};

}  // namespace

Net fold(const Net& net) { return join_idioms(Folder{net}.run()); }

}  // namespace ns
