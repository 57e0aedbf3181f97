#include "net/idiom.hpp"

#include "net/cone.hpp"

#include <algorithm>
#include <utility>

namespace ns {
namespace {

/// A cone and the layer that takes its place.
struct Idiom {
  Cone cone;
  LayerParams params;
};

class Joiner {
 public:
  explicit Joiner(const Net& net)
      : net_{net}, place_(net.layers.size(), none), outputs_(net.tensors.size(), false) {
    for (const auto output : net.outputs) outputs_[output] = true;
  }

  Net run() {
    for (LayerId last = 0; last < net_.layers.size(); ++last)
      if (place_[last] == none) find(last);
    return idioms_.empty() ? net_ : rebuild();
  }

 private:
  static constexpr auto none = static_cast<std::size_t>(-1);

  void find(LayerId last) {
    Cone cone{net_, last};
    while (cone.layers().size() < Cone::most_layers) {
      if (const auto root = cone.root(); root && cone.layers().size() > 1)
        if (auto params = meaning_of(cone, *root)) return keep({std::move(cone), std::move(*params)});
      const auto next = cone.next([&](LayerId layer) { return place_[layer] != none; }, outputs_);
      if (!next) return;
      cone.add(*next);
    }
  }

  void keep(Idiom idiom) {
    if (auto* const norm = std::get_if<Norm>(&idiom.params)) take_affine(idiom.cone, *norm);
    for (const auto layer : idiom.cone.layers()) place_[layer] = idioms_.size();
    idioms_.push_back(std::move(idiom));
  }

  /// The only layer that reads what the cone makes, if nobody else wants it.
  [[nodiscard]] std::optional<LayerId> follower(const Cone& cone) const {
    const auto output = net_.layers[cone.last()].outputs.front();
    const auto& consumers = net_.tensors[output].consumers;
    return consumers.size() == 1 && !outputs_[output] && place_[consumers.front()] == none
               ? std::optional{consumers.front()}
               : std::nullopt;
  }

  /// Whether `layer` is `kind` with a stored operand over just the extents that `norm` normalises.
  [[nodiscard]] bool is_affine(LayerId layer, Eltwise::Kind kind, const Norm& norm) const {
    const auto* const eltwise = std::get_if<Eltwise>(&net_.layers[layer].params);
    if (eltwise == nullptr || eltwise->kind != kind || net_.layers[layer].inputs.size() != 1) return false;
    const auto extents = net_.tensors[net_.layers[layer].inputs.front()].type.shape.extents();
    const auto normalised = extents.subspan(static_cast<std::size_t>(norm.axis));
    std::span<const std::int64_t> with{eltwise->with};
    while (with.size() > normalised.size() && with.front() == 1) with = with.subspan(1);
    return std::ranges::equal(with, normalised);
  }

  void take_affine(Cone& cone, Norm& norm) const {
    const auto scale = follower(cone);
    if (!scale || !is_affine(*scale, Eltwise::Kind::mul, norm)) return;
    cone.append(*scale);
    norm.affine = true;
    const auto shift = follower(cone);
    if (!shift || !is_affine(*shift, Eltwise::Kind::add, norm)) return;
    cone.append(*shift);
    norm.bias = true;
  }

  /// The same net with each cone's last layer replaced and its other layers gone.
  Net rebuild() {
    Net made;
    made.name = net_.name;
    made.file = net_.file;
    made.format = net_.format;
    made.warnings = net_.warnings;
    ids_.assign(net_.tensors.size(), 0);
    for (const auto input : net_.inputs) made.inputs.push_back(copy(made, input, std::nullopt));
    for (LayerId id = 0; id < net_.layers.size(); ++id) {
      if (place_[id] == none)
        add(made, net_.layers[id]);
      else if (idioms_[place_[id]].cone.last() == id)
        add(made, joined(idioms_[place_[id]]));
    }
    for (const auto output : net_.outputs) made.outputs.push_back(ids_[output]);
    return made;
  }

  [[nodiscard]] Layer joined(const Idiom& idiom) const {
    auto layer = net_.layers[idiom.cone.last()];
    layer.params = idiom.params;
    layer.inputs = {*idiom.cone.root()};
    layer.sources.clear();
    for (const auto id : idiom.cone.layers())
      for (const auto& source : net_.layers[id].sources)
        if (std::ranges::find(layer.sources, source) == layer.sources.end()) layer.sources.push_back(source);
    return layer;
  }

  TensorId copy(Net& made, TensorId old, std::optional<LayerId> producer) {
    const auto& tensor = net_.tensors[old];
    ids_[old] = static_cast<TensorId>(made.tensors.size());
    made.tensors.push_back({tensor.name, tensor.type, producer, {}, tensor.crosses});
    return ids_[old];
  }

  void add(Net& made, Layer layer) {
    const auto id = static_cast<LayerId>(made.layers.size());
    for (auto& input : layer.inputs) {
      input = ids_[input];
      auto& consumers = made.tensors[input].consumers;
      if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
    }
    for (auto& output : layer.outputs) output = copy(made, output, id);
    made.layers.push_back(std::move(layer));
  }

  const Net& net_;
  std::vector<std::size_t> place_;  // by layer: the idiom that it is part of
  std::vector<bool> outputs_;       // by tensor: an output of the net
  std::vector<Idiom> idioms_;
  std::vector<TensorId> ids_;  // old tensor -> new tensor
};

}  // namespace

Net join_idioms(const Net& net) { return Joiner{net}.run(); }

}  // namespace ns
