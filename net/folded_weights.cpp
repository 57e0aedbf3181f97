#include "net/folded_weights.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <utility>

namespace ns {
namespace {

using Values = std::vector<double>;

/// Whether a layer's name for its slot is `name`.
std::size_t slot_of(const std::vector<Weight>& described, std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(described, name, &Weight::name) - described.begin());
}

void copy(const Values& from, std::int64_t first, std::span<float> values) {
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<float>(from[static_cast<std::size_t>(first) + i]);
}

/// Whether the layer is a head into which others were folded: of one kind before and after.
bool is_head(const LayerParams& folded, const LayerParams& original) {
  if (folded.index() != original.index()) return false;
  const auto* const norm = std::get_if<Norm>(&folded);
  return std::holds_alternative<Conv>(folded) || std::holds_alternative<Fc>(folded) ||
         (norm != nullptr && norm->kind == Norm::Kind::batch);
}

}  // namespace

/// x * scale + shift, per channel; an empty scale is 1, an empty shift 0.
struct FoldedWeights::Affine {
  Values scale;
  Values shift;

  /// What this and then `next` do together.
  void then(const Affine& next) {
    for (std::size_t i = 0; i < scale.size(); ++i) {
      const double factor = next.scale.empty() ? 1.0 : next.scale[i];
      scale[i] *= factor;
      shift[i] = shift[i] * factor + (next.shift.empty() ? 0.0 : next.shift[i]);
    }
  }
};

FoldedWeights::FoldedWeights(const Net& original, const Weights& weights)
    : original_{original}, weights_{weights} {
  ids_.reserve(original.layers.size());
  for (LayerId id = 0; id < original.layers.size(); ++id) ids_.emplace(original.layers[id].name, id);
}

std::vector<LayerId> FoldedWeights::sources(const Layer& layer) const {
  std::vector<LayerId> found;
  for (const auto& name : layer.sources)
    if (const auto id = ids_.find(name); id != ids_.end()) found.push_back(id->second);
  return found;
}

Result<Values> FoldedWeights::whole(LayerId layer, std::size_t slot) const {
  const auto described = weights(original_.layers[layer].params, original_.input_types(layer));
  std::vector<float> values(static_cast<std::size_t>(described[slot].shape.elements()));
  if (auto read = weights_.read(original_, layer, slot, 0, values); !read)
    return tl::unexpected{std::move(read.error())};
  return Values(values.begin(), values.end());
}

/// What a layer behind a head does per channel; nothing for one that changes no value.
Result<FoldedWeights::Affine> FoldedWeights::affine_of(LayerId source) const {
  const auto& params = original_.layers[source].params;
  const auto described = weights(params, original_.input_types(source));
  Result<void> failed;
  const auto read = [&](std::string_view name) {
    const auto slot = slot_of(described, name);
    if (slot == described.size() || !failed) return Values{};
    auto values = whole(source, slot);
    if (!values) failed = tl::unexpected{std::move(values.error())};
    return values ? std::move(*values) : Values{};
  };
  Affine made;
  if (const auto* const norm = std::get_if<Norm>(&params)) {
    made.scale = read("scale");
    made.shift = read("bias");
    if (norm->kind == Norm::Kind::batch) {
      const auto mean = read("mean");
      const auto variance = read("variance");
      const auto sum = read("factor");
      if (!failed) return tl::unexpected{std::move(failed.error())};
      // Caffe keeps running sums and what to divide them by (0: never trained).
      const double factor = sum.empty() ? 1.0 : sum.front() == 0.0 ? 0.0 : 1.0 / sum.front();
      if (made.scale.empty()) made.scale.assign(mean.size(), 1.0);
      if (made.shift.empty()) made.shift.assign(mean.size(), 0.0);
      for (std::size_t c = 0; c < mean.size(); ++c) {
        made.scale[c] /= std::sqrt(variance[c] * factor + norm->epsilon);
        made.shift[c] -= mean[c] * factor * made.scale[c];
      }
    }
  } else if (std::holds_alternative<Eltwise>(params)) {
    made.shift = read("operand");
  }
  if (!failed) return tl::unexpected{std::move(failed.error())};
  return made;
}

Result<FoldedWeights::Affine> FoldedWeights::affine_of_all(std::span<const LayerId> sources,
                                                           std::size_t channels) const {
  Affine all{Values(channels, 1.0), Values(channels, 0.0)};
  for (const auto source : sources) {
    const auto next = affine_of(source);
    if (!next) return next;
    all.then(*next);
  }
  return all;
}

Result<void> FoldedWeights::read_head(const Layer& layer, std::span<const LayerId> sources,
                                      std::string_view name, std::int64_t first,
                                      std::span<float> values) const {
  const auto head = sources.front();
  const auto described = weights(original_.layers[head].params, original_.input_types(head));
  const bool is_norm = std::holds_alternative<Norm>(layer.params);
  const auto channels = static_cast<std::size_t>(described.front().shape[0]);
  auto affine = affine_of_all(sources.subspan(1), channels);
  if (!affine) return tl::unexpected{std::move(affine.error())};
  // A norm's own scale and shift, or a bias, come before those of the layers behind it.
  Affine own{Values(channels, 1.0), Values(channels, 0.0)};
  const auto take = [&](std::string_view weight, Values& target) -> Result<void> {
    const auto place = slot_of(described, weight);
    if (place == described.size()) return {};
    auto read = whole(head, place);
    if (!read) return tl::unexpected{std::move(read.error())};
    target = std::move(*read);
    return {};
  };
  if (auto taken = take("bias", own.shift); !taken) return taken;
  if (is_norm)
    if (auto taken = take("scale", own.scale); !taken) return taken;
  own.then(*affine);
  if (name == "bias") return copy(own.shift, first, values), Result<void>{};
  if (is_norm && name == "scale") return copy(own.scale, first, values), Result<void>{};
  if (auto read = weights_.read(original_, head, slot_of(described, name), first, values); !read) return read;
  const auto* const quantisation = quantisation_of(layer.params);
  if (is_norm || (quantisation != nullptr && quantisation->has_factors())) return {};
  const auto row = described.front().shape.elements() / static_cast<std::int64_t>(channels);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto channel = static_cast<std::size_t>((first + static_cast<std::int64_t>(i)) / row);
    values[i] = static_cast<float>(static_cast<double>(values[i]) * affine->scale[channel]);
  }
  return {};
}

/// The scale is the stored operand of the last product among the sources, the shift that of the last sum.
Result<void> FoldedWeights::read_joined_norm(std::span<const LayerId> sources, std::size_t slot,
                                             std::int64_t first, std::span<float> values) const {
  const auto kind = slot == 0 ? Eltwise::Kind::mul : Eltwise::Kind::add;
  for (auto source = sources.rbegin(); source != sources.rend(); ++source) {
    const auto* const eltwise = std::get_if<Eltwise>(&original_.layers[*source].params);
    if (eltwise != nullptr && eltwise->kind == kind && !eltwise->with.empty())
      return weights_.read(original_, *source, 0, first, values);
  }
  return bad_input("its scale or shift is not among the layers that it is made of");
}

Result<void> FoldedWeights::read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                                 std::span<float> values) const {
  const auto& folded = net.layers[layer];
  const auto made_of = sources(folded);
  if (made_of.empty()) return bad_input("layer " + folded.name + " is made of none of the net's layers");
  if (made_of.size() > 1 && is_head(folded.params, original_.layers[made_of.front()].params))
    return read_head(folded, made_of, weights(folded.params, net.input_types(layer))[slot].name, first,
                     values);
  const auto own = ids_.find(folded.name);
  if (own != ids_.end() && original_.layers[own->second].params.index() == folded.params.index())
    return weights_.read(original_, own->second, slot, first, values);
  return read_joined_norm(made_of, slot, first, values);
}

}  // namespace ns
