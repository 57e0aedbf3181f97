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

/// The net's groups summed up, or why they cannot be.
Result<CalibrationNet> summed(const NetRow& row, const PredictorData& data) {
  CalibrationNet net;
  net.net = row.net;
  net.family = net_family(row.net);
  net.measured = *row.cold.median;
  for (const auto& group : row.groups) {
    const auto config = parse_layer(group.config);
    if (!config) return tl::unexpected{config.error()};
    const auto predicted = predict(data, *config, false, 0.9);
    if (!predicted) return tl::unexpected{predicted.error()};
    if (predicted->family == "free") continue;
    net.groups_sum += predicted->time;
    ++net.groups;
  }
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
  std::vector<CalibrationNet> list;
  for (auto& [name, net] : nets) list.push_back(std::move(net));
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
  std::map<std::string, double> worst;  // of each family
  for (auto& net : data.nets) {
    net.left_out = total_of(net, best_correction(without(data.nets, net.family)));
    const auto ratio = std::log(net.measured / net.left_out);
    auto& kept = worst.try_emplace(net.family, 0.0).first->second;
    if (std::abs(ratio) > std::abs(kept)) kept = ratio;
  }
  std::vector<std::pair<double, std::string>> ratios;
  for (const auto& [family, ratio] : worst) ratios.emplace_back(ratio, family);
  std::ranges::sort(ratios);
  for (auto& [ratio, family] : ratios) {
    data.correction.log_ratios.push_back(ratio);
    data.correction.families.push_back(std::move(family));
  }
}

void fit_boundary(std::span<const Profile> profiles, PredictorData& data) {
  data.export_cost = boundary_cost(profiles, "export");
  data.import_cost = boundary_cost(profiles, "import");
}

}  // namespace ns
