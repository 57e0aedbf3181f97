#include "net/idiom.hpp"
#include "net/net.hpp"

#include <algorithm>

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
      : old_{net}, is_output_(net.tensors.size(), false), made_(net.tensors.size(), 0) {
    for (const auto output : net.outputs) is_output_[output] = true;
    new_.name = net.name;
    new_.file = net.file;
    new_.format = net.format;
    new_.warnings = net.warnings;
  }

  Net run() {
    for (const auto input : old_.inputs) new_.inputs.push_back(copy(input, std::nullopt));
    for (const auto& layer : old_.layers)
      if (!drop_identity(layer) && !fold_norm(layer) && !fold_bias(layer)) keep(layer);
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

  /// A stored vector that is added to the channels or features becomes their bias.
  bool fold_bias(const Layer& layer) {
    const auto* const sum = std::get_if<Eltwise>(&layer.params);
    if (sum == nullptr || sum->kind != Eltwise::Kind::add || sum->with.empty() || layer.inputs.size() != 1)
      return false;
    const auto id = made_[layer.inputs[0]];
    if (shared_[id] || !new_.tensors[id].producer) return false;
    auto& before = new_.layers[*new_.tensors[id].producer].params;
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

  void keep(const Layer& layer) {
    const auto id = static_cast<LayerId>(new_.layers.size());
    auto kept = layer;
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
  std::vector<bool> is_output_;  // by old tensor
  std::vector<TensorId> made_;   // old tensor -> new tensor
  std::vector<bool> shared_;     // by new tensor: read more than once or an output, so it must stay as it is
};

}  // namespace

Net fold(const Net& net) { return join_idioms(Folder{net}.run()); }

}  // namespace ns
