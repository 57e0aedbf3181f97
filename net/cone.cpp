#include "net/cone.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace ns {
namespace {

/// Arithmetic that the samples know.
bool is_arithmetic(const Eltwise& layer) {
  using enum Eltwise::Kind;
  return layer.with.empty() && layer.coefficients.empty() &&
         (layer.kind == add || layer.kind == sub || layer.kind == mul || layer.kind == div ||
          layer.kind == max || layer.kind == min);
}

bool may_join(const LayerParams& params) {
  if (const auto* const act = std::get_if<Act>(&params)) return act->kind != Act::Kind::prelu;
  if (const auto* const eltwise = std::get_if<Eltwise>(&params)) return is_arithmetic(*eltwise);
  if (const auto* const cast = std::get_if<Cast>(&params)) return is_floating(cast->dtype);
  const auto* const reduce = std::get_if<Reduce>(&params);
  return reduce != nullptr && reduce->kind == Reduce::Kind::mean && reduce->keep;
}

/// One number per place, or one for all places of a line.
using Sample = std::vector<double>;

double at(const Sample& sample, std::size_t i) { return sample[sample.size() == 1 ? 0 : i]; }

double combine(Eltwise::Kind kind, double a, double b) {
  switch (kind) {
    case Eltwise::Kind::add:
      return a + b;
    case Eltwise::Kind::sub:
      return a - b;
    case Eltwise::Kind::mul:
      return a * b;
    case Eltwise::Kind::div:
      return a / b;
    case Eltwise::Kind::max:
      return std::max(a, b);
    default:
      return std::min(a, b);
  }
}

Sample run(const LayerParams& params, std::span<const Sample* const> inputs) {
  if (const auto* const act = std::get_if<Act>(&params)) {
    Sample made = *inputs.front();
    const auto function = function_of(act->kind);
    for (auto& value : made) value = function(*act, value);
    return made;
  }
  if (const auto* const eltwise = std::get_if<Eltwise>(&params)) {
    Sample made = *inputs.front();
    for (const auto* const other : inputs.subspan(1)) {
      Sample both(std::max(made.size(), other->size()));
      for (std::size_t i = 0; i < both.size(); ++i)
        both[i] = combine(eltwise->kind, at(made, i), at(*other, i));
      made = std::move(both);
    }
    return made;
  }
  if (std::holds_alternative<Cast>(params)) return *inputs.front();
  double sum = 0.0;
  for (const auto value : *inputs.front()) sum += value;
  return {sum / static_cast<double>(inputs.front()->size())};
}

/// What the cone makes of `sample` in the place of `root`.
Sample run(const Cone& cone, TensorId root, const Sample& sample) {
  std::unordered_map<TensorId, Sample> values{{root, sample}};
  for (const auto id : cone.layers()) {
    const auto& layer = cone.net().layers[id];
    std::vector<const Sample*> inputs;
    for (const auto input : layer.inputs) inputs.push_back(&values.at(input));
    values[layer.outputs.front()] = run(layer.params, inputs);
  }
  return values.at(cone.net().layers[cone.last()].outputs.front());
}

/// Largest error, relative above 1; not finite where either is not.
double distance(const Sample& a, const Sample& b) {
  double most = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const auto error = std::abs(a[i] - b[i]) / std::max(1.0, std::abs(b[i]));
    most = error <= most ? most : error;  // keeps what is no number
  }
  return most;
}

Act act_of(Act::Kind kind, double alpha = 0.0, double beta = 0.0) {
  return {.kind = kind, .alpha = alpha, .beta = beta, .gamma = 0.0};
}

std::optional<LayerParams> activation_of(const Cone& cone, TensorId root) {
  static const std::vector<Act> known{
      act_of(Act::Kind::gelu),
      act_of(Act::Kind::gelu_tanh),
      act_of(Act::Kind::quick_gelu, 1.702),
      act_of(Act::Kind::silu),
      act_of(Act::Kind::hardswish),
      act_of(Act::Kind::hardsigmoid, 1.0 / 6.0, 0.5),
      act_of(Act::Kind::mish),
      act_of(Act::Kind::softplus),
      act_of(Act::Kind::relu6),
      act_of(Act::Kind::softsign),
  };
  static const Sample points{-7.0, -4.0, -3.2, -2.5, -1.7, -1.0, -0.6, -0.2,
                             0.1,  0.5,  0.9,  1.6,  2.3,  3.1,  4.2,  7.5};
  const auto made = run(cone, root, points);
  if (made.size() != points.size()) return std::nullopt;
  // Constants stored in half precision are a thousandth off; the two GELUs lie half of that apart, so that
  // the nearest counts.
  constexpr double tolerance = 2e-3;
  const Act* best = nullptr;
  double least = tolerance;
  for (const auto& candidate : known) {
    Sample expected = points;
    const auto function = function_of(candidate.kind);
    for (auto& value : expected) value = function(candidate, value);
    if (const auto error = distance(made, expected); error < least) {
      least = error;
      best = &candidate;
    }
  }
  return best != nullptr ? std::optional<LayerParams>{*best} : std::nullopt;
}

/// The first of the axes up to the last that all means of the cone run over; nothing for other axes.
std::optional<std::int64_t> normalised_axis(const Cone& cone, const Shape& shape) {
  std::optional<std::int64_t> axis;
  for (const auto id : cone.layers()) {
    const auto* const reduce = std::get_if<Reduce>(&cone.net().layers[id].params);
    if (reduce == nullptr) continue;
    const auto first =
        static_cast<std::int64_t>(shape.rank()) - static_cast<std::int64_t>(reduce->axes.size());
    for (std::size_t i = 0; i < reduce->axes.size(); ++i)
      if (reduce->axes[i] != first + static_cast<std::int64_t>(i)) return std::nullopt;
    if (reduce->axes.empty() || (axis && *axis != first)) return std::nullopt;
    axis = first;
  }
  return axis;
}

/// The small number that is added below a root: nothing else is added in a cone that is a norm.
double epsilon_of(const Cone& cone) {
  for (const auto id : cone.layers())
    if (const auto* const act = std::get_if<Act>(&cone.net().layers[id].params))
      if (act->kind == Act::Kind::power && act->alpha == 1.0 && act->beta == 1.0 && act->gamma > 0.0)
        return act->gamma;
  return 0.0;
}

std::optional<LayerParams> norm_of(const Cone& cone, TensorId root) {
  const auto axis = normalised_axis(cone, cone.net().tensors[root].type.shape);
  if (!axis) return std::nullopt;
  static const Sample line{3.0, -1.0, 4.0, 1.5, -5.0, 9.0, 2.0, 6.0};
  const auto count = static_cast<double>(line.size());
  double mean = 0.0;
  double square = 0.0;
  for (const auto value : line) {
    mean += value / count;
    square += value * value / count;
  }
  Sample layer = line;
  Sample rms = line;
  for (auto& value : layer) value = (value - mean) / std::sqrt(square - mean * mean);
  for (auto& value : rms) value /= std::sqrt(square);
  const auto made = run(cone, root, line);
  constexpr double tolerance = 5e-3;  // the epsilon is not known here
  Norm norm;
  norm.axis = *axis;
  norm.affine = false;
  norm.bias = false;
  norm.epsilon = epsilon_of(cone);
  if (made.size() != line.size()) return std::nullopt;
  if (distance(made, layer) < tolerance)
    norm.kind = Norm::Kind::layer;
  else if (distance(made, rms) < tolerance)
    norm.kind = Norm::Kind::rms;
  else
    return std::nullopt;
  return norm;
}

bool has_mean(const Cone& cone) {
  return std::ranges::any_of(cone.layers(), [&](LayerId id) {
    return std::holds_alternative<Reduce>(cone.net().layers[id].params);
  });
}

}  // namespace

Cone::Cone(const Net& net, LayerId last) : net_{&net}, layers_{last} {}

bool Cone::contains(LayerId layer) const { return std::ranges::binary_search(layers_, layer); }

std::vector<TensorId> Cone::leaves() const {
  std::vector<TensorId> tensors;
  for (const auto id : layers_)
    for (const auto input : net_->layers[id].inputs) {
      const auto producer = net_->tensors[input].producer;
      if ((!producer || !contains(*producer)) && std::ranges::find(tensors, input) == tensors.end())
        tensors.push_back(input);
    }
  return tensors;
}

std::optional<TensorId> Cone::root() const {
  const auto tensors = leaves();
  return tensors.size() == 1 ? std::optional{tensors.front()} : std::nullopt;
}

std::optional<LayerId> Cone::next(const std::function<bool(LayerId)>& taken,
                                  const std::vector<bool>& outputs) const {
  if (!may_join(net_->layers[last()].params)) return std::nullopt;
  std::optional<LayerId> latest;
  for (const auto leaf : leaves()) {
    const auto& tensor = net_->tensors[leaf];
    if (!tensor.producer || outputs[leaf] || taken(*tensor.producer)) continue;
    const auto& layer = net_->layers[*tensor.producer];
    const auto is_inside = [&](LayerId consumer) { return contains(consumer); };
    if (layer.outputs.size() == 1 && may_join(layer.params) &&
        std::ranges::all_of(tensor.consumers, is_inside) && (!latest || *tensor.producer > *latest))
      latest = *tensor.producer;
  }
  return latest;
}

void Cone::add(LayerId layer) { layers_.insert(std::ranges::upper_bound(layers_, layer), layer); }

std::optional<LayerParams> meaning_of(const Cone& cone, TensorId root) {
  const auto& type = cone.net().tensors[root].type;
  const auto output = cone.net().layers[cone.last()].outputs.front();
  if (cone.net().tensors[output].type != type || !is_floating(type.dtype)) return std::nullopt;
  if (has_mean(cone)) return norm_of(cone, root);
  const auto has_type = [&](LayerId id) {
    return cone.net().tensors[cone.net().layers[id].outputs.front()].type == type;
  };
  return std::ranges::all_of(cone.layers(), has_type) ? activation_of(cone, root) : std::nullopt;
}

}  // namespace ns
