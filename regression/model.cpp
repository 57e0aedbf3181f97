#include "regression/model.hpp"

#include <algorithm>
#include <cmath>

namespace ns {
namespace {

/// An hour or a megawatt: no extrapolation leaves the range of finite numbers.
constexpr double most = 1e6;

double bounded(double value) { return std::isfinite(value) ? std::clamp(value, 0.0, most) : most; }

double evaluate(const VariableModel& model, const LayerFacts& layer) {
  std::vector<double> variables(model.variables.size());
  pick(layer.paper, model.variables, variables);
  double value = model.constant;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto variable = model.logarithmic ? std::log(std::max(variables[i], 1.0)) : variables[i];
    value += model.coefficients[i] * variable;
  }
  value = std::max(value, model.floor);
  return bounded(model.rate ? layer.flops.value() / (1e9 * value) : value);
}

double evaluate(const RooflineModel& model, const LayerFacts& layer) {
  return bounded(model.evaluate(layer));
}

double evaluate(const BoostedModel& model, const LayerFacts& layer) {
  std::vector<double> features(model.features.size());
  pick(layer.features, model.features, features);
  return bounded(model.base.evaluate(layer) * std::exp(model.forest.evaluate(features)));
}

double evaluate(const EnergyModel& model, const LayerFacts& layer) {
  return bounded(model.energy.evaluate(layer) / model.time.evaluate(layer));
}

}  // namespace

std::vector<double> RooflineModel::terms_of(const LayerFacts& layer) const {
  std::vector<double> terms{layer.flops.value(),
                            layer.input.value(),
                            layer.output.value(),
                            layer.weights.value(),
                            layer.unrolled.value() + layer.runs,
                            1.0};
  for (const auto& variant : variants)
    terms.push_back(variant == layer.variant ? layer.variant_bytes.value() : 0.0);
  return terms;
}

double RooflineModel::evaluate(const LayerFacts& layer) const {
  const auto found = std::ranges::find(segments, layer.segment, &Segment::name);
  const auto& segment = found == segments.end() ? segments.front() : *found;
  const auto terms = terms_of(layer);
  double sum = 0.0;
  for (std::size_t i = 0; i < terms.size(); ++i) sum += segment.coefficients[i] * terms[i];
  return sum;
}

double evaluate(const Model& model, const LayerFacts& layer) {
  return std::visit([&](const auto& family) { return evaluate(family, layer); }, model);
}

}  // namespace ns
