#include "core/json.hpp"
#include "core/text.hpp"
#include "profiler/profile.hpp"

#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

constexpr std::array<std::string_view, 4> status_names{"ok", "skipped", "failed", "wrong"};

/// Overloads chosen by the alternative of a variant.
template <class... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;  // clang 14 does not make it up

Json text_or_null(const std::string& text) { return text.empty() ? Json{} : Json(text); }

template <class Unit>
Json number_or_null(const std::optional<Quantity<Unit>>& quantity) {
  return quantity ? Json(quantity->value()) : Json{};
}

void put_status(Json& json, RowStatus status, const std::string& reason) {
  json["status"] = to_string(status);
  json["reason"] = text_or_null(reason);
}

void put_timing(Json& json, const Timing& timing) {
  auto samples = Json::array();
  auto disturbed = Json::array();
  for (const auto sample : timing.samples) samples.push_back(sample.count());
  for (std::size_t i = 0; i < timing.disturbed.size(); ++i)
    if (timing.disturbed[i]) disturbed.push_back(i);
  json["samples_s"] = std::move(samples);
  json["disturbed"] = std::move(disturbed);
  json["time_s"] = timing.median ? Json(timing.median->count()) : Json{};
  json["settled"] = timing.settled;
  if (!timing.notes.empty()) json["notes"] = timing.notes;
}

Json to_json(const LayerRow& row) {
  Json json{{"kind", "layer"}, {"layer", row.layer}};
  put_status(json, row.status, row.reason);
  put_timing(json, row.timing);
  json["power_w"] = number_or_null(row.power);
  json["energy_j"] = number_or_null(row.energy);
  json["implementation"] = text_or_null(row.implementation);
  json["origin"] = text_or_null(row.origin);
  return json;
}

Json to_json(const NetRow& row) {
  Json json{{"kind", "net"}, {"net", row.net}, {"hash", row.hash}};
  put_status(json, row.status, row.reason);
  put_timing(json["cold"], row.cold);
  put_timing(json["warm"], row.warm);
  auto groups = Json::array();
  for (const auto& group : row.groups)
    groups.push_back(Json{{"layers", group.layers},
                          {"config", group.config},
                          {"time_s", group.time.count()},
                          {"implementation", text_or_null(group.implementation)}});
  json["groups"] = std::move(groups);
  return json;
}

Json to_json(const BoundaryRow& row) {
  Json json{{"kind", "boundary"},
            {"direction", row.direction},
            {"tensor", row.tensor},
            {"size_bytes", static_cast<std::int64_t>(row.size.value())}};
  put_status(json, row.status, row.reason);
  put_timing(json, row.timing);
  return json;
}

Json to_json(const IdleRow& row) {
  Json json{{"kind", "idle"}, {"net", row.net}, {"pause_s", row.pause.count()}};
  put_status(json, row.status, row.reason);
  put_timing(json, row.timing);
  json["power_w"] = number_or_null(row.power);
  return json;
}

Json to_json(const MeterPower& power) {
  auto blocks = Json::array();
  for (const auto block : power.blocks) blocks.push_back(block.value());
  return {{"meter", power.meter},
          {"rail", power.rail},
          {"blocks_w", std::move(blocks)},
          {"power_w", number_or_null(power.power)},
          {"low_w", number_or_null(power.low)},
          {"high_w", number_or_null(power.high)},
          {"idle_w", number_or_null(power.idle)},
          {"distinct", power.distinct},
          {"faults", power.faults}};
}

Json to_json(const PowerRow& row) {
  Json json{{"kind", "power"}};
  if (row.net.empty())
    json["layer"] = row.layer;
  else
    json.update(Json{{"net", row.net}, {"hash", row.hash}, {"pause_s", row.pause.count()}});
  put_status(json, row.status, row.reason);
  json["runs"] = row.runs;
  json["time_s"] = row.time ? Json(row.time->count()) : Json{};
  json["power_w"] = number_or_null(row.power());
  json["energy_j"] = row.power() && row.time ? Json((*row.power() * *row.time).value()) : Json{};
  json["idle_w"] = number_or_null(row.idle());
  json["settled"] = row.settled;
  json["throttled"] = row.throttled;
  auto meters = Json::array();
  for (const auto& meter : row.meters) meters.push_back(to_json(meter));
  json["meters"] = std::move(meters);
  json["origin"] = text_or_null(row.origin);
  if (!row.notes.empty()) json["notes"] = row.notes;
  return json;
}

Json to_json(const LaunchRow& row) {
  Json json{{"kind", "launch"}, {"clock", row.clock}};
  put_status(json, row.status, row.reason);
  put_timing(json, row.timing);
  return json;
}

Json to_json(const Fingerprint& machine) {
  Json json{{"cpu", machine.cpu},        {"cores", machine.cores},   {"instructions", machine.instructions},
            {"caches", machine.caches},  {"memory", machine.memory}, {"kernel", machine.kernel},
            {"library", machine.library}};
  if (!machine.gpu) return json;
  const GpuFacts& gpu = *machine.gpu;
  json["gpu"] = Json{{"name", gpu.name},
                     {"capability", gpu.capability},
                     {"multiprocessors", gpu.multiprocessors},
                     {"clock_mhz", gpu.clock_mhz},
                     {"memory_bytes", gpu.memory.value()},
                     {"bandwidth_bytes_per_s", gpu.bandwidth.value()},
                     {"l2_bytes", gpu.l2.value()},
                     {"driver", gpu.driver},
                     {"cudnn", gpu.cudnn},
                     {"cublas", gpu.cublas},
                     {"partition", gpu.is_partition}};
  return json;
}

/// One line; bytes that are no UTF-8 (a net's name may hold any) become replacement characters.
std::string line(const Json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace

std::string_view to_string(RowStatus status) { return status_names[static_cast<std::size_t>(status)]; }

RowStatus status_of(const ProfileRow& row) {
  return std::visit([](const auto& kind) { return kind.status; }, row);
}

bool is_settled(const ProfileRow& row) {
  return std::visit(Overloaded{[](const NetRow& net) { return net.cold.settled && net.warm.settled; },
                               [](const PowerRow& power) { return power.settled; },
                               [](const auto& kind) { return kind.timing.settled; }},
                    row);
}

std::string print(const ProfileHeader& header) {
  return line(Json{{"schema", "ns.profile/1"},
                   {"device", header.device},
                   {"backend", header.backend},
                   {"machine", to_json(header.machine)},
                   {"rules", header.rules.texts()},
                   {"measured_at", header.measured_at},
                   {"version", header.version},
                   {"seed", header.seed}});
}

std::string print(const ProfileRow& row) {
  return line(std::visit([](const auto& kind) { return to_json(kind); }, row));
}

std::string key(const ProfileRow& row) {
  return std::visit(Overloaded{[](const LayerRow& layer) { return "layer " + layer.layer; },
                               [](const NetRow& net) { return fmt::format("net {} {}", net.net, net.hash); },
                               [](const BoundaryRow& copy) {
                                 return fmt::format("boundary {} {}", copy.direction, copy.tensor);
                               },
                               [](const LaunchRow& launch) { return "launch " + launch.clock; },
                               [](const IdleRow& idle) {
                                 return fmt::format("idle {} {}", idle.net, print_number(idle.pause.count()));
                               },
                               [](const PowerRow& power) {
                                 if (power.net.empty()) return "power " + power.layer;
                                 return fmt::format("power net {} {} {}", power.net, power.hash,
                                                    print_number(power.pause.count()));
                               }},
                    row);
}

}  // namespace ns
