#include "regression/predictor_print.hpp"

#include "core/hash.hpp"
#include "core/json.hpp"

#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace ns {
namespace {

/// Six significant digits: a millionth is far below any noise, and two predictors are parsed for each answer.
double rounded(double value) { return std::stod(fmt::format("{:.6g}", value)); }

Json rounded(std::span<const double> values) {
  auto array = Json::array();
  for (const auto value : values) array.push_back(rounded(value));
  return array;
}

/// A long list as one string, "1 0.25 -3": a reader that wants only some types skips it at the price of a
/// copy.
std::string packed(std::span<const double> values) {
  std::string text;
  for (const auto value : values) {
    auto number = fmt::format("{:.5f}", value);
    number.erase(number.find_last_not_of('0') + 1);
    if (number.back() == '.') number.pop_back();
    text += (text.empty() ? "" : " ") + (number == "-0" ? "0" : number);
  }
  return text;
}

Json to_json(const RooflineModel& model) {
  auto segments = Json::array();
  for (const auto& segment : model.segments)
    segments.push_back({{"segment", segment.name}, {"coefficients", rounded(segment.coefficients)}});
  return {
      {"terms", {"flops", "input_bytes", "output_bytes", "weight_bytes", "unrolled_bytes_or_runs", "one"}},
      {"variants", model.variants},
      {"segments", segments}};
}

Json to_json(const EnergyModel& model) {
  return {{"energy", to_json(model.energy)}, {"time", to_json(model.time)}};
}

Json to_json(const VariableModel& model) {
  return {{"variables", model.variables},        {"coefficients", rounded(model.coefficients)},
          {"constant", rounded(model.constant)}, {"floor", rounded(model.floor)},
          {"logarithmic", model.logarithmic},    {"gflops", model.rate}};
}

Json to_json(const BoostedModel& model) {
  std::vector<double> splits;
  std::vector<double> thresholds;
  std::vector<double> leaves;
  for (const auto& node : model.forest.nodes()) {
    splits.push_back(node.feature);
    if (node.feature == Forest::leaf)
      leaves.push_back(std::round(node.value * Forest::leaf_steps));
    else
      thresholds.push_back(std::round(node.value * Forest::threshold_steps));
  }
  return {{"base", to_json(model.base)},
          {"features", model.features},
          {"splits", packed(splits)},
          {"thresholds", packed(thresholds)},
          {"leaves", packed(leaves)}};
}

Json errors_json(const QuantityFit& report) {
  auto errors = Json::object();
  for (const auto& family : report.families) {
    auto& entry = errors[family.family];
    if (!family.form.empty()) entry["form"] = family.form;
    entry["rows"] = family.errors.rows;
    entry["mean"] = rounded(family.errors.mean);
    entry["median"] = rounded(family.errors.median);
    entry["p90"] = rounded(family.errors.p90);
    entry["within_5"] = rounded(family.errors.within_5);
    entry["within_10"] = rounded(family.errors.within_10);
  }
  return errors;
}

Json quantity_json(const QuantityModel& quantity, const QuantityFit& report) {
  auto outliers = Json::array();
  for (const auto& row : report.outliers)
    outliers.push_back(
        {{"layer", row.layer}, {"measured", row.measured}, {"predicted", rounded(row.predicted)}});
  return {{"family", quantity.family},
          {"errors", errors_json(report)},
          {"least", rounded(quantity.least)},
          {"model", std::visit([](const auto& model) { return to_json(model); }, quantity.model)},
          {"residuals", packed(quantity.residuals)},
          {"outliers", std::move(outliers)}};
}

Json neighbours_json(const Neighbours& neighbours) {
  auto features = Json::array();
  auto centers = Json::array();
  auto scales = Json::array();
  for (const auto& axis : neighbours.axes()) {
    features.push_back(axis.feature);
    centers.push_back(rounded(axis.center));
    scales.push_back(rounded(axis.scale));
  }
  return {{"features", std::move(features)},
          {"centers", std::move(centers)},
          {"scales", std::move(scales)},
          {"limit", rounded(neighbours.limit())},
          {"points", packed(std::vector<double>(neighbours.points().begin(), neighbours.points().end()))}};
}

Json type_json(const TypeModels& models, const TypeFit& report) {
  auto ranges = Json::object();
  for (const auto& [name, range] : report.ranges)
    ranges[name] = {rounded(range.first), rounded(range.second)};
  Json json{{"type", models.type},
            {"rows", report.rows},
            {"categories", models.categories},
            {"epilogues", models.epilogues},
            {"ranges", std::move(ranges)},
            {"time_s", quantity_json(models.time, report.time)}};
  json["power_w"] = models.power ? quantity_json(*models.power, *report.power) : Json(nullptr);
  json["energy_residuals"] = packed(models.energy_residuals);
  json["neighbours"] = neighbours_json(models.neighbours);
  return json;
}

Json net_json(const CalibrationNet& net) {
  Json json{{"net", net.net},
            {"family", net.family},
            {"measured_s", net.measured.count()},
            {"groups_sum_s", rounded(net.groups_sum.count())},
            {"groups", net.groups},
            {"left_out_s", rounded(net.left_out.count())}};
  if (net.energy) json["measured_j"] = net.energy->value();
  if (net.energy_left_out) json["left_out_j"] = rounded(net.energy_left_out->value());
  return json;
}

Json power_json(const std::optional<PowerSource>& power) {
  if (!power) return nullptr;
  return {{"meter", power->meter},
          {"rail", power->rail},
          {"idle_w", power->idle ? Json(rounded(power->idle->value())) : Json(nullptr)},
          {"most_w", power->most ? Json(rounded(power->most->value())) : Json(nullptr)}};
}

Json nets_json(const PredictorData& data) {
  auto calibration = Json::array();
  for (const auto& net : data.nets) calibration.push_back(net_json(net));
  return {{"per_net_s", rounded(data.correction.per_net.count())},
          {"per_group_s", rounded(data.correction.per_group.count())},
          {"log_ratios", rounded(data.correction.log_ratios)},
          {"energy_log_ratios", rounded(data.correction.energy_log_ratios)},
          {"families", data.correction.families},
          {"calibration", std::move(calibration)}};
}

Json boundary_json(const BoundaryCost& cost) {
  return {{"base_s", rounded(cost.base.count())}, {"s_per_byte", rounded(cost.seconds_per_byte)}};
}

Json machine_json(const Fingerprint& machine) {
  return {{"cpu", machine.cpu},        {"cores", machine.cores},   {"instructions", machine.instructions},
          {"caches", machine.caches},  {"memory", machine.memory}, {"kernel", machine.kernel},
          {"library", machine.library}};
}

Json content_json(const Fit& fit, std::span<const ProfileSource> profiles, const FitOptions& options) {
  const auto& data = fit.data;
  auto sources = Json::array();
  for (const auto& source : profiles)
    sources.push_back({{"file", source.file}, {"hash", source.hash}, {"rows", source.rows}});
  auto types = Json::array();
  for (std::size_t i = 0; i < data.types.size(); ++i) types.push_back(type_json(data.types[i], fit.types[i]));
  return {{"device", data.device},
          {"backend", data.backend},
          {"machine", machine_json(fit.machine)},
          {"profiles", std::move(sources)},
          {"seed", options.seed},
          {"folds", options.folds},
          {"fusion_rules", data.rules.texts()},
          {"boundary",
           {{"export", boundary_json(data.export_cost)}, {"import", boundary_json(data.import_cost)}}},
          {"floor",
           {{"s_per_byte", rounded(data.floor.seconds_per_byte)},
            {"s_per_flop", rounded(data.floor.seconds_per_flop)}}},
          {"power", power_json(data.power)},
          {"nets", nets_json(data)},
          {"types", std::move(types)}};
}

}  // namespace

std::string print_predictor(const Fit& fit, std::span<const ProfileSource> profiles,
                            const FitOptions& options) {
  const auto content = content_json(fit, profiles, options);
  Json json{{"schema", "ns.predictor/1"}, {"hash", content_hash(content.dump())}};
  json.update(content);
  // One line per type: long rows of numbers are for programs.
  std::string text = "{";
  for (const auto& [key, value] : json.items()) {
    text += fmt::format("{}\n\"{}\": ", text.size() > 1 ? "," : "", key);
    if (key != "types") {
      text += value.dump();
      continue;
    }
    text += "[";
    for (std::size_t i = 0; i < value.size(); ++i)
      text += fmt::format("{}\n{}", i > 0 ? "," : "", value[i].dump());
    text += "\n]";
  }
  return text + "\n}\n";
}

}  // namespace ns
