#include "regression/predictor.hpp"

#include "core/json.hpp"
#include "regression/conformal.hpp"
#include "regression/predictor_data.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

bool contains(const std::vector<std::string>& sorted, const std::string& name) {
  return std::ranges::binary_search(sorted, name);
}

/// Why the layer is unlike what was profiled, or nothing.
std::string outside_of(const TypeModels& models, const LayerFacts& layer) {
  if (!contains(models.categories, layer.category))
    return fmt::format("no {} of category '{}' was profiled", models.type, layer.category);
  if (!contains(models.epilogues, layer.epilogue))
    return fmt::format("no {} {} was profiled", models.type,
                       layer.epilogue.empty() ? "alone" : fmt::format("with '{}' fused", layer.epilogue));
  std::vector<std::string> names;
  for (const auto& axis : models.neighbours.axes()) names.push_back(axis.feature);
  std::vector<double> values(names.size());
  pick(layer.features, names, values);
  if (models.neighbours.near(values)) return {};
  return fmt::format("it is farther from every profiled {} than 99 % of those are from each other",
                     models.type);
}

double value_of(const QuantityModel& quantity, const LayerFacts& layer) {
  return std::max(evaluate(quantity.model, layer), quantity.least);
}

Prediction floor_of(const Floor& floor, const LayerFacts& layer) {
  Prediction prediction;
  prediction.time = floor.of(layer.input + layer.output + layer.weights, layer.flops);
  prediction.family = "floor";
  prediction.outside = layer.type == Opaque::type
                           ? fmt::format("{} has no layer type here, or not in this form", layer.category)
                           : fmt::format("no {} was profiled", layer.type);
  return prediction;
}

std::optional<double> factor_of(const std::vector<double>& log_ratios, double level) {
  std::vector<double> scores;
  for (const auto ratio : log_ratios) scores.push_back(std::abs(ratio));
  std::ranges::sort(scores);
  const auto quantile = conformal_quantile(scores, level);
  return quantile ? std::optional{std::exp(*quantile)} : std::nullopt;
}

Result<Predictor> read(Result<JsonDocument> document, std::string_view name,
                       std::span<const std::string_view> types, auto make) {
  if (!document) return tl::unexpected{std::move(document.error())};
  if (auto schema = document->expect_schema("ns.predictor"); !schema)
    return tl::unexpected{std::move(schema.error())};
  auto data = read_predictor_data(document->root(), types);
  if (!data) return failure_within(std::move(data), name);
  return make(std::move(*data));
}

}  // namespace

Result<Prediction> predict(const PredictorData& data, const LayerConfig& layer, bool allow_missing,
                           double level) {
  Prediction prediction;
  if (is_free(layer.params) && layer.epilogue.empty()) {
    prediction.family = "free";
    return prediction;
  }
  const auto facts = facts_of(layer);
  if (!facts) return tl::unexpected{facts.error()};
  const auto models = std::ranges::find(data.types, facts->type, &TypeModels::type);
  if (models == data.types.end()) {
    if (allow_missing || facts->type == Opaque::type) return floor_of(data.floor, *facts);
    return failure(Errc::no_model, fmt::format("no model for layers of type '{}' on {}; profile some",
                                               facts->type, data.device));
  }
  prediction.time = Seconds{value_of(models->time, *facts)};
  prediction.family = models->time.family;
  prediction.outside = outside_of(*models, *facts);
  // A model of other kinds knows nothing of this one; no kind is quicker than memory.
  if (!prediction.outside.empty())
    prediction.time =
        std::max(prediction.time, data.floor.of(facts->input + facts->output + facts->weights, facts->flops));
  if (const auto quantile = conformal_quantile(models->time.residuals, level)) {
    prediction.low = prediction.time / std::exp(*quantile);
    prediction.high = prediction.time * std::exp(*quantile);
  }
  if (!models->power) return prediction;
  prediction.power = Watts{value_of(*models->power, *facts)};
  if (data.power && data.power->most) prediction.power = std::min(*prediction.power, *data.power->most);
  if (const auto quantile = conformal_quantile(models->energy_residuals, level))
    prediction.energy_factor = std::exp(*quantile);
  return prediction;
}

Result<Predictor> Predictor::load(const std::string& path, std::span<const std::string_view> types) {
  return read(JsonDocument::load(path), path, types, [](PredictorData data) {
    return Predictor{std::make_unique<const PredictorData>(std::move(data))};
  });
}

Result<Predictor> Predictor::parse(std::string_view text, std::string_view name) {
  return read(JsonDocument::parse(text, name), name, {}, [](PredictorData data) {
    return Predictor{std::make_unique<const PredictorData>(std::move(data))};
  });
}

Predictor::Predictor(std::unique_ptr<const PredictorData> data) : data_{std::move(data)} {}
Predictor::Predictor(Predictor&&) noexcept = default;
Predictor& Predictor::operator=(Predictor&&) noexcept = default;
Predictor::~Predictor() = default;

const std::string& Predictor::device() const { return data_->device; }
const std::string& Predictor::backend() const { return data_->backend; }
const std::string& Predictor::hash() const { return data_->hash; }
const FusionRules& Predictor::rules() const { return data_->rules; }
const NetCorrection& Predictor::correction() const { return data_->correction; }
const std::vector<CalibrationNet>& Predictor::nets() const { return data_->nets; }
const BoundaryCost& Predictor::export_cost() const { return data_->export_cost; }
const BoundaryCost& Predictor::import_cost() const { return data_->import_cost; }

Result<Prediction> Predictor::predict(const LayerConfig& layer, bool allow_missing, double level) const {
  return ns::predict(*data_, layer, allow_missing, level);
}

const std::optional<PowerSource>& Predictor::power() const { return data_->power; }

std::optional<double> Predictor::net_factor(double level) const {
  return factor_of(data_->correction.log_ratios, level);
}

std::optional<double> Predictor::net_energy_factor(double level) const {
  return factor_of(data_->correction.energy_log_ratios, level);
}

}  // namespace ns
