#include "apps/run_report.hpp"

#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"
#include "net/layers/signature.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

/// Of the numbers among an array's values.
struct Summary {
  double low = 0.0;
  double high = 0.0;
  double mean = 0.0;
  std::size_t not_finite = 0;
};

Summary summary_of(const Array& array) {
  Summary made{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  std::size_t count = 0;
  for (const double value : array.values) {
    if (!std::isfinite(value)) {
      ++made.not_finite;
      continue;
    }
    made.low = std::min(made.low, value);
    made.high = std::max(made.high, value);
    made.mean += value;
    ++count;
  }
  if (count == 0) return {0.0, 0.0, 0.0, made.not_finite};
  made.mean /= static_cast<double>(count);
  return made;
}

std::string type_of(const RunOutput& output) {
  if (!output.note.empty()) return output.note;
  return fmt::format("{} {}", to_string(output.array.shape), to_string(output.array.dtype));
}

Table table_of(const RunResult& result) {
  const bool compared =
      std::ranges::any_of(result.outputs, [](const auto& output) { return output.difference.has_value(); });
  Table table;
  table.column("output", Align::left).column("type", Align::left);
  table.column("smallest").column("largest").column("mean").column("not finite");
  if (compared) table.column("difference");
  for (const auto& output : result.outputs) {
    const auto summary = summary_of(output.array);
    std::vector<std::string> cells{output.name, type_of(output)};
    for (const double number : {summary.low, summary.high, summary.mean})
      cells.push_back(output.array.values.empty() ? "" : fmt::format("{:.6g}", number));
    cells.push_back(fmt::format("{}", summary.not_finite));
    if (compared) cells.push_back(output.difference ? fmt::format("{:.1e}", *output.difference) : "");
    table.row(std::move(cells));
  }
  return table;
}

std::string headline(const RunResult& result) {
  auto line =
      fmt::format("{} on {} ({}): {}", result.net, result.device, result.description, print(result.time));
  if (result.runs > 1) line += fmt::format(", median of {}", result.runs);
  if (!result.interpreted.empty())
    line += fmt::format(
        "; interpreted, for the device has no kernels: {} of {} (--format json says which and why)",
        result.interpreted.size(), counted(result.interpreted.size() + result.planned, "layer"));
  if (!result.compared_with.empty()) line += fmt::format("; differences from {}", result.compared_with);
  return line + "\n";
}

std::string json_of(const RunResult& result) {
  using Json = nlohmann::ordered_json;
  Json outputs = Json::array();
  for (const auto& output : result.outputs) {
    const auto summary = summary_of(output.array);
    Json row{{"name", output.name},
             {"dtype", to_string(output.array.dtype)},
             {"shape", output.array.shape.extents()},
             {"smallest", summary.low},
             {"largest", summary.high},
             {"mean", summary.mean},
             {"not_finite", summary.not_finite}};
    if (!output.note.empty()) row["note"] = output.note;
    if (output.difference) {
      if (std::isfinite(*output.difference))
        row["difference"] = *output.difference;
      else
        row["difference"] = nullptr;
    }
    outputs.push_back(std::move(row));
  }
  Json interpreted = Json::array();
  for (const auto& layer : result.interpreted)
    interpreted.push_back({{"name", layer.name}, {"op", layer.op}, {"why", layer.why}});
  const Json root{
      {"schema", "ns.run/1"},
      {"net", result.net},
      {"device", result.device},
      {"description", result.description},
      {"planned_layers", result.planned},
      {"interpreted_layers", interpreted},
      {"weight_bytes", result.weights.value()},
      {"activation_bytes", result.activations.value()},
      {"peak_bytes", result.peak.value()},
      {"prepare_s", result.prepare.count()},
      {"time_s", result.time.count()},
      {"runs", result.runs},
      {"compared_with", result.compared_with.empty() ? Json(nullptr) : Json(result.compared_with)},
      {"outputs", outputs}};
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::optional<double> relative_difference(const Array& made, const Array& expected) {
  if (made.shape != expected.shape) return std::nullopt;
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  double largest = 0.0;
  double apart = 0.0;
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const double a = made.values[i];
    const double b = expected.values[i];
    if (std::isfinite(b)) largest = std::max(largest, std::abs(b));
    if (a == b || (std::isnan(a) && std::isnan(b))) continue;
    const double between = std::abs(a - b);
    apart = std::max(apart, std::isnan(between) ? infinity : between);
  }
  if (apart == 0.0) return 0.0;
  return largest > 0.0 ? apart / largest : apart;
}

std::string run_text(const RunResult& result, Format format) {
  if (format == Format::json) return json_of(result);
  const auto table = table_of(result);
  return format == Format::csv ? table.csv() : headline(result) + "\n" + table.text();
}

}  // namespace ns
