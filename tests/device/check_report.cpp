#include "check_report.hpp"

#include "core/json.hpp"
#include "core/statistics.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

constexpr std::size_t most_offenders = 3;  // of one type; JSON holds all

double largest(const std::vector<double>& errors) {
  return errors.empty() ? 0.0 : *std::max_element(errors.begin(), errors.end());
}

std::string shown(const std::vector<double>& errors, double error) {
  return errors.empty() ? "" : fmt::format("{:.1e}", error);
}

std::uint64_t unsupported_of(const TypeCheck& check) {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : check.unsupported) sum += count;
  return sum;
}

Table table_of(const std::vector<TypeCheck>& checks) {
  Table table;
  table.column("type", Align::left)
      .column("compared")
      .column("unsupported")
      .column("failed")
      .column("left out");
  table.column("median error").column("largest").column("tolerance").column("verdict", Align::left);
  for (const auto& check : checks) {
    const auto& errors = check.errors;
    table.row({check.type, std::to_string(errors.size()), std::to_string(unsupported_of(check)),
               std::to_string(check.failed.size()), std::to_string(check.left_out),
               shown(errors, errors.empty() ? 0.0 : median(errors)), shown(errors, largest(errors)),
               shown(errors, check.tolerance), std::string{to_string(check.verdict())}});
  }
  return table;
}

void append_offenders(std::string& text, const std::string& device, const TypeCheck& check,
                      const std::vector<Offender>& offenders) {
  const bool is_word = check.type.find(' ') == std::string::npos;
  const std::string type = is_word ? check.type : "'" + check.type + "'";
  for (std::size_t i = 0; i < std::min(most_offenders, offenders.size()); ++i)
    text += fmt::format("{}: {}\n  ns-check --device {} --type {} --seed {} --per-type 1\n",
                        offenders[i].layer, offenders[i].what, device, type, offenders[i].seed);
  if (offenders.size() > most_offenders)
    text += fmt::format("{}: and {} more; --format json lists all\n", check.type,
                        offenders.size() - most_offenders);
}

std::size_t count(const std::vector<TypeCheck>& checks, Verdict verdict) {
  return static_cast<std::size_t>(std::count_if(
      checks.begin(), checks.end(), [&](const TypeCheck& check) { return check.verdict() == verdict; }));
}

std::string summary(const CheckedDevice& device, const std::vector<TypeCheck>& checks) {
  std::vector<double> errors;
  for (const auto& check : checks) errors.insert(errors.end(), check.errors.begin(), check.errors.end());
  auto text = fmt::format("{} of {} agree with the reference on {}", count(checks, Verdict::agrees),
                          counted(checks.size(), "type"), device.settings);
  for (const auto verdict : {Verdict::wrong, Verdict::failed, Verdict::cut_short, Verdict::unsupported})
    if (const auto found = count(checks, verdict); found > 0)
      text += fmt::format(", {} {}", found, to_string(verdict));
  if (!errors.empty())
    text += fmt::format("; of {} the median error is {:.1e}, the largest {:.1e}",
                        counted(errors.size(), "layer"), median(errors), largest(errors));
  return text + ".\n";
}

Json json_of(const std::vector<Offender>& offenders) {
  auto list = Json::array();
  for (const auto& offender : offenders)
    list.push_back(Json{{"seed", offender.seed}, {"layer", offender.layer}, {"what", offender.what}});
  return list;
}

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }

}  // namespace

std::string check_text(const CheckedDevice& device, const std::vector<TypeCheck>& checks) {
  auto text = table_of(checks).text();
  std::string reasons;
  std::string offenders;
  for (const auto& check : checks) {
    for (const auto& [reason, layers] : check.unsupported)
      reasons += fmt::format("{}, {}: {}\n", check.type, counted(layers, "layer"), reason);
    append_offenders(offenders, device.settings, check, check.wrong);
    append_offenders(offenders, device.settings, check, check.failed);
  }
  if (!reasons.empty()) text += "\nUnsupported:\n" + reasons;
  if (!offenders.empty())
    text += "\nNot as the reference, each with the command that repeats it:\n" + offenders;
  return text + "\n" + summary(device, checks);
}

std::string check_csv(const std::vector<TypeCheck>& checks) { return table_of(checks).csv(); }

std::string check_json(const CheckedDevice& device, const CheckRequest& request,
                       const std::vector<TypeCheck>& checks) {
  Json json{{"schema", "ns.check/1"},
            {"device", device.settings},
            {"library", device.description},
            {"seed", request.seed},
            {"per_type", request.per_type}};
  auto types = Json::array();
  for (const auto& check : checks) {
    auto unsupported = Json::array();
    for (const auto& [reason, layers] : check.unsupported)
      unsupported.push_back(Json{{"reason", reason}, {"layers", layers}});
    const bool ran = !check.errors.empty();
    types.push_back(Json{{"type", check.type},
                         {"verdict", to_string(check.verdict())},
                         {"compared", check.errors.size()},
                         {"left_out", check.left_out},
                         {"median_error", ran ? number(median(check.errors)) : Json()},
                         {"largest_error", ran ? number(largest(check.errors)) : Json()},
                         {"tolerance", ran ? Json(check.tolerance) : Json()},
                         {"unsupported", std::move(unsupported)},
                         {"wrong", json_of(check.wrong)},
                         {"failed", json_of(check.failed)}});
  }
  json["types"] = std::move(types);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ns
