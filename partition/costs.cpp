#include "partition/costs.hpp"

#include "core/json.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <utility>

namespace ns {
namespace {

constexpr std::array sources{std::pair{std::string_view{"predicted"}, Source::predicted},
                             std::pair{std::string_view{"measured"}, Source::measured},
                             std::pair{std::string_view{"given"}, Source::given}};

Result<Source> parse_source(std::string_view text) {
  for (const auto& [name, source] : sources)
    if (name == text) return source;
  return bad_input(fmt::format("'source': '{}' is none of predicted, measured or given", text));
}

/// The number `key` of `object`, at least 0; nothing if it is missing.
Result<std::optional<double>> find_positive(const JsonValue& object, std::string_view key) {
  if (!object.find(key)) return std::optional<double>{};
  const auto value = object.number(key);
  if (!value) return tl::unexpected{value.error()};
  if (*value < 0.0) return bad_input(fmt::format("'{}' is {}; it must be at least 0", key, *value));
  return std::optional{*value};
}

/// Reads `key` into `target`, which keeps its value if it is missing.
template <class Target>
Result<void> read_positive(const JsonValue& object, std::string_view key, Target& target) {
  const auto value = find_positive(object, key);
  if (!value) return tl::unexpected{value.error()};
  if (*value) target = Target{**value};
  return {};
}

template <class Quantity>
Result<void> read_positive(const JsonValue& object, std::string_view key, std::optional<Quantity>& target) {
  const auto value = find_positive(object, key);
  if (!value) return tl::unexpected{value.error()};
  if (*value) target = Quantity{**value};
  return {};
}

Result<void> read_layers(const JsonValue& object, std::vector<std::string>& layers) {
  const auto names = object.elements("layers");
  if (!names) return tl::unexpected{names.error()};
  if (names->empty()) return bad_input("'layers' is empty; a group has at least one layer");
  layers.reserve(names->size());
  for (const auto& name : *names) {
    const auto text = name.text();
    if (!text) return bad_input("'layers' must be an array of strings");
    layers.emplace_back(*text);
  }
  return {};
}

Result<void> check_energy(const GroupCost& group) {
  constexpr double rounding = 1e-9;
  if (!group.energy_low && !group.energy_high) return {};
  if (!group.power) return bad_input("'low_j' and 'high_j' are of an energy, which needs 'power_w'");
  const auto energy = *group.power * group.time;
  const bool above_low = group.energy_low.value_or(energy) <= (1.0 + rounding) * energy;
  const bool below_high = (1.0 + rounding) * group.energy_high.value_or(energy) >= energy;
  if (above_low && below_high) return {};
  return bad_input("'power_w' x 'time_s' lies outside 'low_j' to 'high_j'");
}

Result<GroupCost> read_group(const JsonValue& object) {
  GroupCost group;
  if (auto status = read_layers(object, group.layers); !status) return tl::unexpected{status.error()};
  const auto place = fmt::format("group of '{}'", group.layers.front());
  const auto within = [&](Result<void>&& status) { return failure_within(std::move(status), place); };
  const auto time = object.number("time_s");
  if (!time) return failure_within(Result<void>{tl::unexpected{time.error()}}, place);
  if (*time < 0.0) return bad_input(fmt::format("{}: 'time_s' is {}; it must be at least 0", place, *time));
  group.time = Seconds{*time};
  if (auto status = read_positive(object, "low_s", group.low); !status) return within(std::move(status));
  if (auto status = read_positive(object, "high_s", group.high); !status) return within(std::move(status));
  if (auto status = read_positive(object, "power_w", group.power); !status) return within(std::move(status));
  if (auto status = read_positive(object, "low_j", group.energy_low); !status)
    return within(std::move(status));
  if (auto status = read_positive(object, "high_j", group.energy_high); !status)
    return within(std::move(status));
  if (auto status = check_energy(group); !status) return within(std::move(status));
  if (group.low.value_or(group.time) > group.time || group.high.value_or(group.time) < group.time)
    return bad_input(fmt::format("{}: 'time_s' lies outside 'low_s' to 'high_s'", place));
  const auto source = object.text_or("source", "given").and_then(parse_source);
  if (!source) return failure_within(Result<void>{tl::unexpected{source.error()}}, place);
  group.source = *source;
  const auto modelled = object.boolean_or("modelled", true);
  const auto note = object.text_or("note", "");
  if (!modelled) return failure_within(Result<void>{tl::unexpected{modelled.error()}}, place);
  if (!note) return failure_within(Result<void>{tl::unexpected{note.error()}}, place);
  group.modelled = *modelled;
  if (auto status = read_positive(object, "macs", group.macs); !status) return within(std::move(status));
  group.note = *note;
  return group;
}

Result<void> read_border(const JsonValue& boundary, std::string_view key, BorderCost& border) {
  const auto object = boundary.find(key);
  if (!object) return {};
  auto status = read_positive(*object, "base_s", border.base);
  if (status) status = read_positive(*object, "s_per_byte", border.seconds_per_byte);
  if (!status) return failure_within(std::move(status), fmt::format("'boundary': '{}'", key));
  return {};
}

Result<void> read_factor(const JsonValue& interval, std::string_view key, std::optional<double>& factor) {
  if (!interval.find(key)) return {};
  const auto value = interval.number(key);
  if (!value) return tl::unexpected{value.error()};
  if (*value < 1.0) return bad_input(fmt::format("'{}' is {}; it must be at least 1", key, *value));
  factor = *value;
  return {};
}

Result<void> read_interval(const JsonValue& root, Costs& costs) {
  const auto interval = root.find("interval");
  if (!interval) return {};
  const auto level = interval->number_or("level", costs.interval_level);
  if (!level) return failure_within(Result<void>{tl::unexpected{level.error()}}, "'interval'");
  auto status = read_factor(*interval, "factor", costs.interval_factor);
  if (status) status = read_factor(*interval, "energy_factor", costs.energy_factor);
  if (!status) return failure_within(std::move(status), "'interval'");
  if (*level <= 0.0 || *level >= 1.0)
    return bad_input(fmt::format("'interval': 'level' is {}; it lies between 0 and 1", *level));
  costs.interval_level = *level;
  return {};
}

Result<void> read_texts(const JsonValue& root, Costs& costs) {
  const std::array texts{std::pair{"net", &costs.net}, std::pair{"device", &costs.device},
                         std::pair{"predictor", &costs.predictor},
                         std::pair{"power_source", &costs.power_source}};
  for (const auto& [key, target] : texts) {
    auto text = root.text_or(key, "");
    if (!text) return tl::unexpected{text.error()};
    *target = std::move(*text);
  }
  const auto modelled = root.boolean_or("modelled", false);
  if (!modelled) return tl::unexpected{modelled.error()};
  costs.modelled_device = *modelled;
  return {};
}

Result<void> read_warnings(const JsonValue& root, Costs& costs) {
  if (!root.find("warnings")) return {};
  const auto warnings = root.elements("warnings");
  if (!warnings) return tl::unexpected{warnings.error()};
  for (const auto& warning : *warnings) {
    const auto text = warning.text();
    if (!text) return bad_input("'warnings' must be an array of strings");
    costs.warnings.emplace_back(*text);
  }
  return {};
}

Result<Costs> parse_costs(const JsonValue& root) {
  Costs costs;
  auto status = read_texts(root, costs);
  if (status) status = read_positive(root, "overhead_s", costs.overhead);
  if (status) status = read_positive(root, "busy_w", costs.busy);
  if (status) status = read_positive(root, "idle_w", costs.idle);
  if (status) status = read_interval(root, costs);
  if (status) status = read_warnings(root, costs);
  if (const auto boundary = root.find("boundary"); boundary && status) {
    status = read_border(*boundary, "export", costs.export_border);
    if (status) status = read_border(*boundary, "import", costs.import_border);
  }
  if (!status) return tl::unexpected{status.error()};
  const auto groups = root.elements("groups");
  if (!groups) return tl::unexpected{groups.error()};
  costs.groups.reserve(groups->size());
  for (const auto& object : *groups) {
    auto group = read_group(object);
    if (!group) return failure_within(std::move(group), "'groups'");
    costs.groups.push_back(std::move(*group));
  }
  return costs;
}

template <class Quantity>
Json optional_json(const std::optional<Quantity>& quantity) {
  if (!quantity) return nullptr;
  if constexpr (std::is_same_v<Quantity, Seconds>)
    return quantity->count();
  else
    return quantity->value();
}

Json group_json(const GroupCost& group) {
  Json json{{"layers", group.layers},
            {"time_s", group.time.count()},
            {"low_s", optional_json(group.low)},
            {"high_s", optional_json(group.high)},
            {"power_w", optional_json(group.power)},
            {"source", to_string(group.source)}};
  if (group.energy_low) json["low_j"] = group.energy_low->value();
  if (group.energy_high) json["high_j"] = group.energy_high->value();
  if (group.macs) json["macs"] = group.macs->value();
  if (!group.modelled) json["modelled"] = false;
  if (!group.note.empty()) json["note"] = group.note;
  return json;
}

Json border_json(const BorderCost& border) {
  return {{"base_s", border.base.count()}, {"s_per_byte", border.seconds_per_byte}};
}

void scale(BorderCost& border, double factor) {
  border.base *= factor;
  border.seconds_per_byte *= factor;
}

}  // namespace

std::string_view outside_of(const GroupCost& group) {
  const std::string_view note = group.note;
  const auto mark = note.find("; ");
  return group.source != Source::predicted || mark == std::string_view::npos ? std::string_view{}
                                                                             : note.substr(mark + 2);
}

Coverage coverage_of(const Costs& costs) {
  Seconds time{};
  Seconds floors{};
  Macs macs;
  Macs unknown;
  for (const auto& group : costs.groups) {
    time += group.time;
    macs += group.macs.value_or(Macs{});
    if (group.modelled) continue;
    floors += group.time;
    unknown += group.macs.value_or(Macs{});
  }
  Coverage coverage;
  if (time > Seconds{}) coverage.time = 1.0 - floors / time;
  if (macs > Macs{}) coverage.macs = 1.0 - unknown / macs;
  return coverage;
}

std::string_view to_string(Source source) {
  return std::ranges::find(sources, source, &std::pair<std::string_view, Source>::second)->first;
}

void scale_times(Costs& costs, double factor) {
  costs.overhead *= factor;
  scale(costs.export_border, factor);
  scale(costs.import_border, factor);
  for (auto& group : costs.groups) {
    group.time *= factor;
    if (group.low) *group.low *= factor;
    if (group.high) *group.high *= factor;
    if (group.energy_low) *group.energy_low = factor * *group.energy_low;
    if (group.energy_high) *group.energy_high = factor * *group.energy_high;
  }
}

Result<Costs> read_costs(const std::string& path) {
  const auto document = JsonDocument::load(path);
  if (!document) return tl::unexpected{document.error()};
  if (const auto schema = document->expect_schema("ns.costs"); !schema) return tl::unexpected{schema.error()};
  auto costs = parse_costs(document->root());
  if (!costs) return failure_within(std::move(costs), path);
  return costs;
}

std::string print_json(const Costs& costs) {
  Json json{{"schema", "ns.costs/1"},
            {"net", costs.net},
            {"device", costs.device},
            {"predictor", costs.predictor},
            {"modelled", costs.modelled_device},
            {"overhead_s", costs.overhead.count()},
            {"busy_w", optional_json(costs.busy)},
            {"idle_w", optional_json(costs.idle)},
            {"power_source", costs.power_source}};
  auto& interval = json["interval"] = nullptr;
  if (costs.interval_factor || costs.energy_factor) interval = {{"level", costs.interval_level}};
  if (costs.interval_factor) interval["factor"] = *costs.interval_factor;
  if (costs.energy_factor) interval["energy_factor"] = *costs.energy_factor;
  json["boundary"] = {{"export", border_json(costs.export_border)},
                      {"import", border_json(costs.import_border)}};
  json["groups"] = Json::array();
  for (const auto& group : costs.groups) json["groups"].push_back(group_json(group));
  json["warnings"] = costs.warnings;
  return json.dump(2) + '\n';
}

}  // namespace ns
