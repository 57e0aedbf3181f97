#include "regression/dataset.hpp"

#include "core/statistics.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace ns {
namespace {

/// All that was measured of one layer.
struct Repeats {
  std::vector<double> times;
  std::vector<double> powers;
  std::vector<double> runs;  // times back to back, while power was measured
};

using ByLayer = std::map<std::string, Repeats>;

bool is_of_a_net(const std::string& origin) { return !origin.empty() && origin != "sweep"; }

void add_row(const LayerRow& row, ByLayer& layers, Dataset& dataset) {
  if (is_of_a_net(row.origin)) {
    ++dataset.of_nets;
    return;
  }
  const bool usable = row.status == RowStatus::ok && row.timing.median && row.timing.median->count() > 0.0;
  if (!usable) {
    ++dataset.unusable;
    return;
  }
  if (!row.timing.settled) ++dataset.unsettled;
  auto& repeats = layers[row.layer];
  if (!repeats.times.empty()) ++dataset.merged;
  repeats.times.push_back(row.timing.median->count());
  if (row.power && row.power->value() > 0.0) repeats.powers.push_back(row.power->value());
}

/// What the meter says that fits learn from: the first that any row names. Rows of others are left out.
class Powers {
 public:
  void add(const PowerRow& row, ByLayer& layers, Dataset& dataset) {
    if (is_of_a_net(row.origin)) return;
    const auto power = row.status == RowStatus::ok ? row.power() : std::nullopt;
    if (!power) {
      ++dataset.unusable;
      return;
    }
    if (!is_of_source(row)) return;
    if (row.idle() && *row.idle() > Watts{}) idles_.push_back(row.idle()->value());
    if (row.layer.empty()) return;
    if (!row.settled) ++dataset.unsettled;
    auto& repeats = layers[row.layer];
    if (!repeats.powers.empty()) ++dataset.merged;
    repeats.powers.push_back(power->value());
    if (row.time) repeats.runs.push_back(row.time->count());
  }

  void finish(Dataset& dataset) {
    if (source_ && !idles_.empty()) source_->idle = Watts{median(idles_)};
    dataset.power = source_;
    if (others_ > 0)
      dataset.warnings.push_back(
          fmt::format("{} of another meter than {} ({}): left out; fit each meter by itself",
                      counted(others_, "power row is", "power rows are"), source_->meter, source_->rail));
  }

 private:
  bool is_of_source(const PowerRow& row) {
    const auto& meter = row.meters.front();
    if (!source_) source_ = PowerSource{meter.meter, meter.rail, std::nullopt, std::nullopt};
    const bool same = source_->meter == meter.meter && source_->rail == meter.rail;
    if (!same) ++others_;
    return same;
  }

  std::optional<PowerSource> source_;
  std::vector<double> idles_;
  std::size_t others_ = 0;
};

/// Puts what was measured of a layer into the rows of its type.
Result<void> add_layer(const std::string& text, const Repeats& repeats, Dataset& dataset) {
  const auto config = parse_layer(text);
  if (!config) return tl::unexpected{config.error()};
  auto facts = facts_of(*config);
  if (!facts) return tl::unexpected{std::move(facts.error())};
  auto type = std::ranges::find(dataset.types, facts->type, &TypeRows::type);
  if (type == dataset.types.end())
    type = dataset.types.insert(type, TypeRows{std::string{facts->type}, {}, {}});
  std::optional<Seconds> run_time;
  if (!repeats.runs.empty()) run_time = Seconds{median(repeats.runs)};
  if (!repeats.powers.empty())
    type->powers.push_back({text, *facts, Watts{median(repeats.powers)}, run_time});
  if (!repeats.times.empty()) type->rows.push_back({text, std::move(*facts), Seconds{median(repeats.times)}});
  return {};
}

}  // namespace

Dataset collect(std::span<const Profile> profiles) {
  Dataset dataset;
  ByLayer layers;
  Powers powers;
  for (const auto& profile : profiles) {
    for (const auto& row : profile.rows) {
      if (const auto* layer = std::get_if<LayerRow>(&row)) add_row(*layer, layers, dataset);
      if (const auto* power = std::get_if<PowerRow>(&row)) powers.add(*power, layers, dataset);
    }
  }
  powers.finish(dataset);

  for (const auto type : layer_types()) dataset.types.push_back(TypeRows{std::string{type}, {}, {}});
  for (const auto& [text, repeats] : layers)
    if (auto added = add_layer(text, repeats, dataset); !added)
      dataset.warnings.push_back(fmt::format("row left out: {}: {}", text, added.error().message));
  for (const auto& type : dataset.types)
    if (type.rows.empty() && !type.powers.empty())
      dataset.warnings.push_back(fmt::format(
          "{}: its power was measured but not its time; profile it with --quantity latency as well",
          type.type));
  std::erase_if(dataset.types, [](const TypeRows& type) { return type.rows.empty(); });
  return dataset;
}

}  // namespace ns
