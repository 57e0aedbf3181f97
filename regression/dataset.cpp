#include "regression/dataset.hpp"

#include "core/statistics.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

namespace ns {
namespace {

/// All that was measured of one layer.
struct Repeats {
  std::vector<double> times;
  std::vector<double> powers;
};

using ByLayer = std::map<std::string, Repeats>;

void add_row(const LayerRow& row, ByLayer& layers, Dataset& dataset) {
  if (!row.origin.empty() && row.origin != "sweep") {
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

Result<MeasuredLayer> measured_layer(const std::string& text, const Repeats& repeats) {
  const auto config = parse_layer(text);
  if (!config) return tl::unexpected{config.error()};
  auto facts = facts_of(*config);
  if (!facts) return tl::unexpected{std::move(facts.error())};
  MeasuredLayer layer{text, std::move(*facts), Seconds{median(repeats.times)}, std::nullopt};
  if (!repeats.powers.empty()) layer.power = Watts{median(repeats.powers)};
  return layer;
}

}  // namespace

Dataset collect(std::span<const Profile> profiles) {
  Dataset dataset;
  ByLayer layers;
  for (const auto& profile : profiles)
    for (const auto& row : profile.rows)
      if (const auto* layer = std::get_if<LayerRow>(&row)) add_row(*layer, layers, dataset);

  for (const auto type : layer_types()) dataset.types.push_back(TypeRows{std::string{type}, {}});
  for (const auto& [text, repeats] : layers) {
    auto layer = measured_layer(text, repeats);
    if (!layer) {
      dataset.warnings.push_back(fmt::format("row left out: {}: {}", text, layer.error().message));
      continue;
    }
    auto type = std::ranges::find(dataset.types, layer->facts.type, &TypeRows::type);
    if (type == dataset.types.end())
      type = dataset.types.insert(type, TypeRows{std::string{layer->facts.type}, {}});
    type->rows.push_back(std::move(*layer));
  }
  std::erase_if(dataset.types, [](const TypeRows& type) { return type.rows.empty(); });
  return dataset;
}

}  // namespace ns
