#include "apps/fit_report.hpp"

#include "core/json.hpp"
#include "core/quantity.hpp"
#include "core/statistics.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

std::string percent(double share) { return fmt::format("{:.1f}", 100.0 * share); }

/// One line per family of one quantity of one type.
struct ErrorRow {
  const TypeFit* type;
  std::string_view quantity;  // "time" or "power"
  const QuantityFit* fit;
  const FamilyErrors* family;
};

std::vector<ErrorRow> error_rows(const Fit& fit) {
  std::vector<ErrorRow> rows;
  for (const auto& type : fit.types) {
    for (const auto& family : type.time.families) rows.push_back({&type, "time", &type.time, &family});
    if (!type.power) continue;
    for (const auto& family : type.power->families) rows.push_back({&type, "power", &*type.power, &family});
  }
  return rows;
}

std::string family_name(const FamilyErrors& family) {
  return family.form.empty() ? family.family : fmt::format("{} ({})", family.family, family.form);
}

Table error_table(const Fit& fit) {
  Table table;
  table.column("type", Align::left)
      .column("quantity", Align::left)
      .column("rows")
      .column("family", Align::left);
  table.column("mean (%)").column("median (%)").column("90th (%)").column("within 5 % (%)");
  table.column("within 10 % (%)").column("chosen", Align::left);
  for (const auto& [type, quantity, quantity_fit, family] : error_rows(fit)) {
    const auto& errors = family->errors;
    table.row({type->type, std::string{quantity}, std::to_string(errors.rows), family_name(*family),
               percent(errors.mean), percent(errors.median), percent(errors.p90), percent(errors.within_5),
               percent(errors.within_10), family->family == quantity_fit->chosen ? "chosen" : ""});
  }
  for (const auto& type : fit.types)
    if (type.time.families.empty())  // a single row: nothing can be left out
      table.row({type.type, "time", "1", type.time.chosen, "n/a", "n/a", "n/a", "n/a", "n/a", "chosen"});
  return table;
}

/// How far the left-out prediction is off.
double net_error(const CalibrationNet& net) { return net.left_out / net.measured - 1.0; }

Table net_table(const Fit& fit) {
  Table table;
  table.column("net", Align::left).column("family left out", Align::left).column("groups").column("measured");
  table.column("sum of groups").column("predicted").column("off (%)");
  for (const auto& net : fit.data.nets)
    table.row({net.net, net.family, std::to_string(net.groups), print(net.measured), print(net.groups_sum),
               print(net.left_out), fmt::format("{:+.1f}", 100.0 * net_error(net))});
  return table;
}

/// How far energies, power x time, are off on layers of which neither was seen.
std::string energy_section(const Fit& fit) {
  Table table;
  table.column("type", Align::left).column("layers").column("median (%)").column("90th (%)");
  for (const auto& type : fit.data.types) {
    if (type.energy_residuals.empty()) continue;
    const auto off = [&](double share) {
      return percent(std::expm1(percentile(type.energy_residuals, share)));
    };
    table.row({type.type, std::to_string(type.energy_residuals.size()), off(0.5), off(0.9)});
  }
  Table nets;
  nets.column("net", Align::left).column("measured").column("predicted").column("off (%)");
  for (const auto& net : fit.data.nets)
    if (net.energy && net.energy_left_out)
      nets.row({net.net, print(*net.energy), print(*net.energy_left_out),
                fmt::format("{:+.1f}", 100.0 * (*net.energy_left_out / *net.energy - 1.0))});
  if (!fit.data.power) return {};
  auto text = fmt::format("Power by {} ({})", fit.data.power->meter, fit.data.power->rail);
  if (fit.data.power->idle) text += fmt::format(", idle {}", print(*fit.data.power->idle));
  text += ".\n";
  if (!table.empty())
    text += fmt::format("Energy, power x time of layers left out:\n\n{}\n", table.text("  "));
  if (!nets.empty())
    text += fmt::format("Energy of nets, predicted from layers alone:\n\n{}\n", nets.text("  "));
  return text;
}

std::string net_section(const Fit& fit) {
  const auto& correction = fit.data.correction;
  if (fit.data.nets.empty())
    return "No net was measured of which all layers have a model, so totals have no interval; profile with "
           "ns-profile NETS... to have one.\n";
  const auto within = std::ranges::count_if(
      fit.data.nets, [](const CalibrationNet& net) { return std::abs(net_error(net)) <= 0.10; });
  auto text = fmt::format(
      "Nets, predicted from layers alone; the correction fitted with the net's family left out: {} of {} "
      "within 10 %\n\n{}\n",
      within, fit.data.nets.size(), net_table(fit).text("  "));
  text += fmt::format("Correction of totals: {} per net and {} per group.\n", print(correction.per_net),
                      print(correction.per_group));
  if (correction.log_ratios.size() < 9)
    text += fmt::format("{} families of nets: a 90 % interval of totals needs 9.\n",
                        correction.log_ratios.size());
  return text;
}

std::string outlier_section(const Fit& fit) {
  Table table;
  table.column("layer", Align::left).column("measured").column("others say");
  for (const auto& type : fit.types)
    for (const auto& row : type.time.outliers)
      table.row({row.layer, print(Seconds{row.measured}), print(Seconds{row.predicted})});
  if (table.empty()) return {};
  return fmt::format("Outliers, not fitted; measure them again:\n\n{}\n", table.text("  "));
}

Json error_json(const ErrorRow& row) {
  const auto& errors = row.family->errors;
  return {{"type", row.type->type},
          {"quantity", row.quantity},
          {"family", row.family->family},
          {"form", row.family->form.empty() ? Json(nullptr) : Json(row.family->form)},
          {"rows", errors.rows},
          {"mean", errors.mean},
          {"median", errors.median},
          {"p90", errors.p90},
          {"within_5", errors.within_5},
          {"within_10", errors.within_10},
          {"chosen", row.family->family == row.fit->chosen}};
}

Json net_json(const CalibrationNet& net) {
  Json json{{"net", net.net},
            {"family", net.family},
            {"groups", net.groups},
            {"measured_s", net.measured.count()},
            {"groups_sum_s", net.groups_sum.count()},
            {"predicted_s", net.left_out.count()},
            {"error", net_error(net)}};
  if (net.energy) json["measured_j"] = net.energy->value();
  if (net.energy_left_out) json["predicted_j"] = net.energy_left_out->value();
  return json;
}

}  // namespace

std::string fit_table(const Fit& fit) {
  auto text =
      fmt::format("{} ({}): cross-validated absolute errors, in percent of the measured value\n\n{}\n",
                  fit.data.device, fit.data.backend, error_table(fit).text("  "));
  text += outlier_section(fit) + energy_section(fit) + net_section(fit);
  return text;
}

std::string fit_json(const Fit& fit) {
  auto errors = Json::array();
  for (const auto& row : error_rows(fit)) errors.push_back(error_json(row));
  auto outliers = Json::array();
  for (const auto& type : fit.types)
    for (const auto& row : type.time.outliers)
      outliers.push_back(
          {{"layer", row.layer}, {"measured_s", row.measured}, {"predicted_s", row.predicted}});
  auto nets = Json::array();
  for (const auto& net : fit.data.nets) nets.push_back(net_json(net));
  const Json json{{"schema", "ns.fit/1"},
                  {"device", fit.data.device},
                  {"backend", fit.data.backend},
                  {"merged_rows", fit.merged},
                  {"unusable_rows", fit.unusable},
                  {"unsettled_rows", fit.unsettled},
                  {"errors", std::move(errors)},
                  {"outliers", std::move(outliers)},
                  {"per_net_s", fit.data.correction.per_net.count()},
                  {"per_group_s", fit.data.correction.per_group.count()},
                  {"nets", std::move(nets)},
                  {"warnings", fit.warnings}};
  return json.dump(2) + "\n";
}

std::string fit_csv(const Fit& fit) { return error_table(fit).csv(); }

}  // namespace ns
