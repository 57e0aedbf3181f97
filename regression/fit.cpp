#include "regression/fit.hpp"

#include "core/statistics.hpp"
#include "core/text.hpp"
#include "regression/fit_quantity.hpp"
#include "regression/net_fit.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

namespace ns {
namespace {

/// bad_input unless all profiles are of one device; a warning where they are of several machines.
Result<void> check_same_device(std::span<const Profile> profiles, std::vector<std::string>& warnings) {
  const auto& first = profiles.front().header;
  for (const auto& [header, rows, hash] : profiles) {
    if (header.device != first.device || header.backend != first.backend ||
        header.rules.texts() != first.rules.texts())
      return bad_input(fmt::format("profiles are of several devices: {} ({}) and {} ({}); fit each by itself",
                                   first.device, first.backend, header.device, header.backend));
    if (header.machine.cpu != first.machine.cpu)
      warnings.push_back(fmt::format("profiles were taken on two machines: {} and {}", first.machine.cpu,
                                     header.machine.cpu));
  }
  return {};
}

std::vector<std::string> texts(const std::set<std::string>& set) { return {set.begin(), set.end()}; }

Neighbours neighbours_of(const std::vector<MeasuredLayer>& rows) {
  std::vector<std::string> names;
  for (const auto& feature : rows.front().facts.features) names.push_back(feature.name);
  std::vector<std::vector<double>> values;
  for (const auto& row : rows) {
    values.emplace_back(names.size());
    pick(row.facts.features, names, values.back());
  }
  return Neighbours::of(names, values);
}

/// The fastest twentieth of all layers, per byte moved and per floating-point operation.
Floor floor_of(const Dataset& dataset) {
  std::vector<double> per_byte;
  std::vector<double> per_flop;
  for (const auto& type : dataset.types) {
    for (const auto& row : type.rows) {
      const auto traffic = row.facts.input + row.facts.output + row.facts.weights;
      if (traffic.value() > 0.0) per_byte.push_back(row.time.count() / traffic.value());
      // What does one operation per element is bound by memory and says nothing of arithmetic.
      if (type.type == Conv::type && row.facts.flops.value() > 0.0)
        per_flop.push_back(row.time.count() / row.facts.flops.value());
    }
  }
  const auto least = [](std::vector<double>& values) {
    return values.empty() ? 0.0 : percentile(std::move(values), 0.05);
  };
  return {least(per_byte), least(per_flop)};
}

/// Least and most of each of the paper's variables and of each count that models use.
auto ranges_of(const std::vector<MeasuredLayer>& rows) {
  std::vector<std::pair<std::string, std::pair<double, double>>> ranges;
  const auto add = [&](const std::string& name, double value) {
    const auto known = std::ranges::find(ranges, name, [](const auto& range) { return range.first; });
    if (known == ranges.end()) {
      ranges.push_back({name, {value, value}});
      return;
    }
    known->second.first = std::min(known->second.first, value);
    known->second.second = std::max(known->second.second, value);
  };
  for (const auto& row : rows) {
    for (const auto& variable : row.facts.paper) add(variable.name, variable.value);
    add("flops", row.facts.flops.value());
    add("input_bytes", row.facts.input.value());
    add("output_bytes", row.facts.output.value());
    add("weight_bytes", row.facts.weights.value());
  }
  return ranges;
}

Result<ChosenFit> fit_time(const TypeRows& type, const FitOptions& options) {
  std::vector<Observation> rows;
  std::vector<std::string> layers;
  for (const auto& row : type.rows) {
    rows.push_back(Observation{&row.facts, row.time.count()});
    layers.push_back(row.layer);
  }
  return choose_fit(rows, layers, Target::time, options);
}

/// Nothing if no layer has a power.
Result<std::optional<ChosenFit>> fit_power(const TypeRows& type, const FitOptions& options) {
  std::vector<Observation> rows;
  std::vector<std::string> layers;
  for (const auto& row : type.powers) {
    rows.push_back(Observation{&row.facts, row.power.value(), row.time.value_or(Seconds{0}).count()});
    layers.push_back(row.layer);
  }
  if (rows.empty()) return std::nullopt;
  auto chosen = choose_fit(rows, layers, Target::power, options);
  if (!chosen) return tl::unexpected{std::move(chosen.error())};
  return std::optional{std::move(*chosen)};
}

/// How far off energies are of layers whose time and power were both predicted unseen. Both reports are in
/// the order of the layers' texts.
std::vector<double> energy_residuals(const QuantityFit& time, const QuantityFit& power) {
  std::vector<double> residuals;
  auto row = time.rows.begin();
  for (const auto& drawn : power.rows) {
    row = std::ranges::lower_bound(row, time.rows.end(), drawn.layer, {}, &LeftOutRow::layer);
    if (row == time.rows.end()) break;
    if (row->layer != drawn.layer) continue;
    residuals.push_back(
        std::abs(std::log(row->measured * drawn.measured / (row->predicted * drawn.predicted))));
  }
  std::ranges::sort(residuals);
  return residuals;
}

Result<void> fit_type(const TypeRows& type, const FitOptions& options, Fit& fit) {
  auto time = fit_time(type, options);
  if (!time) return failure_within(std::move(time), type.type);
  auto power = fit_power(type, options);
  if (!power) return failure_within(std::move(power), type.type);

  TypeModels models;
  models.type = type.type;
  std::set<std::string> categories;
  std::set<std::string> epilogues;
  for (const auto& row : type.rows) {
    categories.insert(row.facts.category);
    epilogues.insert(row.facts.epilogue);
  }
  models.categories = texts(categories);
  models.epilogues = texts(epilogues);
  models.neighbours = neighbours_of(type.rows);
  models.time = std::move(time->model);
  if (*power && time->report.rows.size() > 1 && (*power)->report.rows.size() > 1)
    models.energy_residuals = energy_residuals(time->report, (*power)->report);
  TypeFit report{type.type, type.rows.size(), std::move(time->report), std::nullopt, ranges_of(type.rows)};
  if (*power) {
    models.power = std::move((*power)->model);
    report.power = std::move((*power)->report);
  }
  fit.data.types.push_back(std::move(models));
  fit.types.push_back(std::move(report));
  return {};
}

bool has_power(std::span<const Profile> profiles) {
  return std::ranges::any_of(profiles, [](const Profile& profile) {
    return std::ranges::any_of(profile.rows,
                               [](const ProfileRow& row) { return std::holds_alternative<PowerRow>(row); });
  });
}

/// Times grow with a layer; what a device draws does not, beyond what it can. Says where few rows taught it.
void bound_powers(const Dataset& dataset, Fit& fit) {
  constexpr std::size_t few = 8;  // rows; ns-profile measures 25
  std::vector<std::string> thin;
  for (const auto& type : dataset.types) {
    for (const auto& row : type.powers)
      if (fit.data.power) fit.data.power->most = std::max(fit.data.power->most.value_or(Watts{}), row.power);
    if (!type.powers.empty() && !type.rows.empty() && type.powers.size() < few) thin.push_back(type.type);
  }
  if (!thin.empty())
    fit.warnings.push_back(fmt::format(
        "powers of {} were fitted from fewer than {} layers each, so trust them little; measure more with "
        "ns-profile --quantity power --configs 25",
        list_of(thin), few));
}

}  // namespace

Result<Fit> fit(std::span<const Profile> profiles, const FitOptions& options,
                const std::function<void(std::string_view type)>& progress) {
  Fit fit;
  if (profiles.empty()) return bad_input("there is no profile to fit");
  if (auto same = check_same_device(profiles, fit.warnings); !same)
    return tl::unexpected{std::move(same.error())};
  const auto& header = profiles.front().header;
  fit.data.device = header.device;
  fit.data.backend = header.backend;
  fit.data.rules = header.rules;
  fit.machine = header.machine;

  auto dataset = collect(profiles);
  if (dataset.types.empty() && has_power(profiles))
    return bad_input(
        "layers have powers but no times; profile once more without --quantity power, which is a pass of its "
        "own");
  if (dataset.types.empty())
    return bad_input("no row of a layer has a usable time; profile with ns-profile --sweep all");
  fit.merged = dataset.merged;
  fit.unusable = dataset.unusable;
  fit.unsettled = dataset.unsettled;
  fit.warnings.insert(fit.warnings.end(), dataset.warnings.begin(), dataset.warnings.end());
  for (const auto& type : dataset.types) {
    if (progress) progress(type.type);
    if (auto done = fit_type(type, options, fit); !done) return tl::unexpected{std::move(done.error())};
  }
  fit.data.power = dataset.power;
  bound_powers(dataset, fit);
  fit.data.floor = floor_of(dataset);
  fit_nets(profiles, fit.data, fit.warnings);
  fit_boundary(profiles, fit.data);
  return fit;
}

}  // namespace ns
