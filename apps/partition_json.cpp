#include "apps/partition_answer.hpp"
#include "core/json.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <type_traits>

namespace ns {
namespace {

template <class Quantity>
double number(Quantity quantity) {
  if constexpr (std::is_same_v<Quantity, Seconds>)
    return quantity.count();
  else
    return quantity.value();
}

template <class Quantity>
Json value_json(Quantity value, const std::optional<Range<Quantity>>& range) {
  Json json{{"value", number(value)}, {"low", nullptr}, {"high", nullptr}};
  if (range) {
    json["low"] = number(range->low);
    json["high"] = number(range->high);
  }
  return json;
}

/// Sizes are whole numbers of bytes, but for what a user says an input costs to send.
Json size_json(Bytes size) {
  const auto whole = static_cast<std::int64_t>(size.value());
  return static_cast<double>(whole) == size.value() ? Json(whole) : Json(size.value());
}

Json breakdown_json(const Figures& figures) {
  return {{"device_s", figures.device.count()},
          {"uplink_s", figures.uplink.count()},
          {"server_s", figures.server.count()},
          {"downlink_s", figures.downlink.count()},
          {"wait_s", figures.wait.count()}};
}

Json crossing_json(const Answer& answer, const Cut& cut) {
  Json list = Json::array();
  const auto add = [&](const std::vector<std::size_t>& tensors, std::string_view direction) {
    for (const auto index : tensors) {
      const auto& tensor = answer.scenario->graph.tensors[index];
      list.push_back({{"tensor", answer.net->tensors[tensor.tensor].name},
                      {"direction", direction},
                      {"size_bytes", size_json(tensor.size)}});
    }
  };
  add(cut.uploads, "up");
  add(cut.downloads, "down");
  return list;
}

Json cut_json(const Answer& answer, const Cut& cut) {
  Json here = Json::array();
  Json there = Json::array();
  for (LayerId layer = 0; layer < answer.net->layers.size(); ++layer)
    (cut.on_device[answer.scenario->graph.block_of[layer]] ? here : there)
        .push_back(answer.net->layers[layer].name);
  Json json{{"after", label(*answer.net, *answer.scenario, cut)},
            {"device_layers", std::move(here)},
            {"server_layers", std::move(there)},
            {"crossing", crossing_json(answer, cut)},
            {"latency_s", value_json(cut.figures.latency(), latency_range(cut.figures, answer.factors))},
            {"device_energy_j", nullptr}};
  if (cut.figures.energy)
    json["device_energy_j"] = value_json(*cut.figures.energy, energy_range(cut.figures, answer.factors));
  json["server_s"] = cut.figures.server.count();
  json["objective_value"] = cut.value;
  json["breakdown"] = breakdown_json(cut.figures);
  return json;
}

Json optional_cut_json(const Answer& answer, const std::optional<Cut>& cut) {
  return cut ? cut_json(answer, *cut) : Json(nullptr);
}

Json runner_up_json(const Answer& answer) {
  if (!answer.runner_up) return nullptr;
  auto json = cut_json(answer, answer.runner_up->cut);
  json["proven"] = answer.runner_up->proven;
  json["too_close_to_call"] = answer.too_close;
  return json;
}

Json prefix_json(const Answer& answer, const PrefixCut& cut) {
  Json json{{"index", cut.layers},
            {"after", nullptr},
            {"latency_s", {{"value", cut.figures.latency().count()}}},
            {"device_energy_j", nullptr},
            {"size_bytes", size_json(cut.tally.up)},
            {"server_s", cut.figures.server.count()}};
  if (cut.after) json["after"] = answer.net->layers[*cut.after].name;
  if (cut.figures.energy) json["device_energy_j"] = {{"value", cut.figures.energy->value()}};
  return json;
}

Json side_json(const Costs& costs) {
  Json json{{"name", costs.device}, {"predictor", nullptr}, {"modelled", costs.modelled_device}};
  if (!costs.predictor.empty()) json["predictor"] = costs.predictor;
  return json;
}

Json power_json(const Costs& costs) {
  Json json{{"busy_w", nullptr}, {"idle_w", nullptr}, {"source", nullptr}};
  if (costs.busy) json["busy_w"] = costs.busy->value();
  if (costs.idle) json["idle_w"] = costs.idle->value();
  if (costs.power_source.starts_with("measured"))
    json["source"] = costs.power_source;
  else if (!costs.power_source.empty())
    json["source"] = "given (" + costs.power_source + ")";
  return json;
}

Json link_json(const Link& link) {
  return {{"name", link.name},
          {"uplink_bytes_per_s", link.uplink.value()},
          {"downlink_bytes_per_s", link.downlink.value()},
          {"rtt_s", link.rtt.count()},
          {"message_s", link.message.count()},
          {"source", link.source}};
}

Json outside_json(const Answer& answer) {
  Json list = Json::array();
  const auto add = [&](const Costs& costs, std::string_view side) {
    for (const auto& group : costs.groups)
      if (const auto why = outside_of(group); !why.empty())
        list.push_back({{"side", side}, {"layers", group.layers}, {"reason", why}});
  };
  add(*answer.device, "device");
  add(*answer.server, "server");
  return list;
}

Json thresholds_json(const Answer& answer) {
  Json list = Json::array();
  for (const auto& threshold : answer.thresholds)
    list.push_back({{"uplink_bytes_per_s", threshold.uplink.value()},
                    {"from", label(*answer.net, *answer.scenario, threshold.from)},
                    {"to", label(*answer.net, *answer.scenario, threshold.to)}});
  return list;
}

}  // namespace

std::string partition_json(const Answer& answer, std::optional<std::size_t> top) {
  const auto& scenario = *answer.scenario;
  auto device = side_json(*answer.device);
  device["power"] = power_json(*answer.device);
  Json server = nullptr;  // where the device was asked alone
  if (!answer.alone) {
    server = side_json(*answer.server);
    server["load"] = scenario.question.load;
  }
  Json json{{"schema", "ns.cut/1"},
            {"net", answer.net->file},
            {"objective", print(scenario.question.objective)},
            {"device", std::move(device)},
            {"server", std::move(server)},
            {"link", answer.alone ? Json(nullptr) : link_json(scenario.link)},
            {"interval_level", answer.interval_level},
            {"best", cut_json(answer, answer.best)},
            {"gain", answer.gain ? Json(*answer.gain) : Json(nullptr)},
            {"runner_up", runner_up_json(answer)},
            {"device_only", optional_cut_json(answer, answer.device_only)},
            {"server_only", optional_cut_json(answer, answer.server_only)}};
  auto& cuts = json["cuts"] = Json::array();
  for (const auto* cut : shown_cuts(answer, top)) cuts.push_back(prefix_json(answer, *cut));
  json["thresholds"] = thresholds_json(answer);
  const std::array shares{coverage_of(*answer.device), coverage_of(*answer.server)};
  json["coverage"] = {{"device", shares[0].time}, {"server", shares[1].time}};
  json["coverage_macs"] = {{"device", shares[0].macs}, {"server", shares[1].macs}};
  json["out_of_range"] = outside_json(answer);
  auto& warnings = json["warnings"] = answer.warnings;
  for (const auto& unknown : answer.unknown) warnings.push_back(unknown);
  return json.dump(2) + '\n';
}

std::string partition_csv(const Answer& answer, std::optional<std::size_t> top) {
  Table table;
  for (const auto* title : {"index", "after", "latency_s", "device_energy_j", "size_bytes", "device_s",
                            "uplink_s", "server_s", "downlink_s", "wait_s"})
    table.column(title);
  for (const auto* cut : shown_cuts(answer, top)) {
    const auto& figures = cut->figures;
    table.row({std::to_string(cut->layers), cut->after ? answer.net->layers[*cut->after].name : "",
               print_number(figures.latency().count()),
               figures.energy ? print_number(figures.energy->value()) : "",
               print_number(cut->tally.up.value()), print_number(figures.device.count()),
               print_number(figures.uplink.count()), print_number(figures.server.count()),
               print_number(figures.downlink.count()), print_number(figures.wait.count())});
  }
  return table.csv();
}

}  // namespace ns
