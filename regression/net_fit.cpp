#include "regression/net_fit.hpp"

#include "core/statistics.hpp"
#include "regression/least_squares.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <optional>

namespace ns {
namespace {

struct FamilyName {
  std::string_view net;
  std::string_view family;
};

/// Nets whose names do not tell their family.
constexpr std::array family_names{
    FamilyName{"pos", "senna"},
    FamilyName{"ner", "senna"},
    FamilyName{"chk", "senna"},
    FamilyName{"lenet", "mnist"},
};

/// What nets were measured to draw, back to back, by name and hash; of several rows the median.
using NetPowers = std::map<std::pair<std::string, std::string>, std::vector<double>>;

NetPowers net_powers(std::span<const Profile> profiles, const PredictorData& data) {
  NetPowers powers;
  for (const auto& profile : profiles) {
    for (const auto& row : profile.rows) {
      const auto* power = std::get_if<PowerRow>(&row);
      if (power == nullptr || power->net.empty() || power->pause > Seconds{0}) continue;
      if (power->status != RowStatus::ok || !power->power() || !data.power) continue;
      const auto& meter = power->meters.front();
      if (meter.meter != data.power->meter || meter.rail != data.power->rail) continue;
      powers[{power->net, power->hash}].push_back(power->power()->value());
    }
  }
  return powers;
}

/// The net's groups summed up, or why they cannot be. Their energy is put into energy_left_out until the
/// correction is known, if all of them have a power.
Result<CalibrationNet> summed(const NetRow& row, const PredictorData& data) {
  CalibrationNet net;
  net.net = row.net;
  net.family = net_family(row.net);
  net.measured = *row.cold.median;
  Joules energy;
  bool all_powers = true;
  for (const auto& group : row.groups) {
    const auto config = parse_layer(group.config);
    if (!config) return tl::unexpected{config.error()};
    const auto predicted = predict(data, *config, false, 0.9);
    if (!predicted) return tl::unexpected{predicted.error()};
    if (predicted->family == "free") continue;
    net.groups_sum += predicted->time;
    ++net.groups;
    if (predicted->power)
      energy += *predicted->power * predicted->time;
    else
      all_powers = false;
  }
  if (all_powers) net.energy_left_out = energy;
  return net;
}

/// One net per name and structure, of several rows the quickest: what else a machine does only adds. Nets
/// without groups or time say nothing.
std::vector<CalibrationNet> calibration_nets(std::span<const Profile> profiles, const PredictorData& data,
                                             std::vector<std::string>& warnings) {
  std::map<std::pair<std::string, std::string>, CalibrationNet> nets;
  for (const auto& profile : profiles) {
    for (const auto& row : profile.rows) {
      const auto* net = std::get_if<NetRow>(&row);
      if (net == nullptr || net->status != RowStatus::ok || !net->cold.median || net->groups.empty())
        continue;
      const std::pair key{net->net, net->hash};
      const auto known = nets.find(key);
      if (known != nets.end() && known->second.measured <= *net->cold.median) continue;
      auto sum = summed(*net, data);
      if (sum)
        nets.insert_or_assign(key, std::move(*sum));
      else
        warnings.push_back(fmt::format("net {} is not used: {}", net->net, sum.error().message));
    }
  }
  const auto powers = net_powers(profiles, data);
  std::vector<CalibrationNet> list;
  for (auto& [name, net] : nets) {
    const auto power = powers.find(name);
    if (power != powers.end()) net.energy = Watts{median(power->second)} * net.measured;
    if (!net.energy) net.energy_left_out.reset();
    list.push_back(std::move(net));
  }
  return list;
}

/// Which costs beyond the groups' sum a device is said to have.
struct Form {
  bool per_net = false;
  bool per_group = false;
};

/// The plainest first: a later one must do clearly better on families left out.
constexpr std::array forms{Form{false, false}, Form{false, true}, Form{true, false}, Form{true, true}};

using Nets = std::vector<CalibrationNet>;

/// The costs of `form` with the least relative errors: what is left of each net's time beyond its groups'
/// sum.
NetCorrection corrected(const Nets& nets, Form form) {
  Matrix table{2, {}};
  std::vector<double> rest;
  for (const auto& net : nets) {
    const auto measured = net.measured.count();
    table.values.push_back(form.per_net ? 1.0 / measured : 0.0);
    table.values.push_back(form.per_group ? net.groups / measured : 0.0);
    rest.push_back(1.0 - net.groups_sum.count() / measured);
  }
  NetCorrection correction;
  if (rest.empty()) return correction;
  const auto costs = non_negative_least_squares(table, rest);
  correction.per_net = Seconds{costs[0]};
  correction.per_group = Seconds{costs[1]};
  return correction;
}

Seconds total_of(const CalibrationNet& net, const NetCorrection& correction) {
  return net.groups_sum + correction.per_net + correction.per_group * net.groups;
}

Nets without(const Nets& nets, std::string_view family) {
  Nets others;
  std::ranges::copy_if(nets, std::back_inserter(others),
                       [&](const CalibrationNet& net) { return net.family != family; });
  return others;
}

/// How far off nets are on average when `form` is fitted on the other families.
double left_out_error(const Nets& nets, Form form) {
  double sum = 0.0;
  for (const auto& net : nets)
    sum += std::abs(std::log(net.measured / total_of(net, corrected(without(nets, net.family), form))));
  return sum;
}

/// The correction of the form that does best on families left out, by a tenth for each step away from the
/// plainest: a few large nets say little of what a group costs, and nothing is better than a guess.
NetCorrection best_correction(const Nets& nets) {
  constexpr double clearly = 0.9;
  auto best = forms.front();
  auto least = left_out_error(nets, best);
  for (const auto form : forms) {
    const auto error = left_out_error(nets, form);
    if (!(error < clearly * least)) continue;
    best = form;
    least = error;
  }
  return corrected(nets, best);
}

/// The ratio farthest from 0 of each family: variants of one net count once.
class WorstOfFamilies {
 public:
  void add(const std::string& family, double ratio) {
    auto& kept = worst_.try_emplace(family, 0.0).first->second;
    if (std::abs(ratio) > std::abs(kept)) kept = ratio;
  }
  [[nodiscard]] std::vector<std::pair<double, std::string>> sorted() const {
    std::vector<std::pair<double, std::string>> ratios;
    for (const auto& [family, ratio] : worst_) ratios.emplace_back(ratio, family);
    std::ranges::sort(ratios);
    return ratios;
  }

 private:
  std::map<std::string, double> worst_;
};

BoundaryCost boundary_cost(std::span<const Profile> profiles, std::string_view direction) {
  Matrix table{2, {}};
  std::vector<double> times;
  for (const auto& profile : profiles) {
    for (const auto& row : profile.rows) {
      const auto* boundary = std::get_if<BoundaryRow>(&row);
      if (boundary == nullptr || boundary->direction != direction || !boundary->timing.median) continue;
      if (!(boundary->timing.median->count() > 0.0)) continue;
      table.values.insert(table.values.end(), {1.0, boundary->size.value()});
      times.push_back(boundary->timing.median->count());
    }
  }
  if (times.empty()) return {};
  const auto costs = non_negative_relative_fit(table, times);
  return {Seconds{costs[0]}, costs[1]};
}

}  // namespace

std::string net_family(std::string_view net) {
  const auto known = std::ranges::find(family_names, net, &FamilyName::net);
  if (known != family_names.end()) return std::string{known->family};
  // "resnet50" and "resnet18", "mobilenet_v2" and "mobilenet_v3": what stands before a number or a mark.
  const auto end = net.find_first_of("0123456789_-. ");
  return std::string{end == 0 ? net : net.substr(0, end)};
}

void fit_nets(std::span<const Profile> profiles, PredictorData& data, std::vector<std::string>& warnings) {
  data.nets = calibration_nets(profiles, data, warnings);
  data.correction = best_correction(data.nets);
  WorstOfFamilies times;
  WorstOfFamilies energies;
  for (auto& net : data.nets) {
    net.left_out = total_of(net, best_correction(without(data.nets, net.family)));
    times.add(net.family, std::log(net.measured / net.left_out));
    if (!net.energy || !net.energy_left_out || !(*net.energy_left_out > Joules{})) continue;
    // What the correction adds to the groups draws what they do on average.
    *net.energy_left_out = (net.left_out / net.groups_sum) * *net.energy_left_out;
    energies.add(net.family, std::log(*net.energy / *net.energy_left_out));
  }
  for (auto& [ratio, family] : times.sorted()) {
    data.correction.log_ratios.push_back(ratio);
    data.correction.families.push_back(std::move(family));
  }
  for (const auto& [ratio, family] : energies.sorted()) data.correction.energy_log_ratios.push_back(ratio);
}

void fit_boundary(std::span<const Profile> profiles, PredictorData& data) {
  data.export_cost = boundary_cost(profiles, "export");
  data.import_cost = boundary_cost(profiles, "import");
}

}  // namespace ns
