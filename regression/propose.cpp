#include "regression/propose.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <random>
#include <set>
#include <string_view>

namespace ns {
namespace {

/// A number between a half and 1.2 times `count`, but not `count`; every other one a multiple of 8.
std::int64_t near(std::int64_t count, std::mt19937_64& random) {
  const auto share = 0.5 + 0.7 * static_cast<double>(random() % 1000) / 1000.0;
  auto near = std::max<std::int64_t>(1, std::llround(static_cast<double>(count) * share));
  if (near > 8 && random() % 2 == 0) near = near / 8 * 8;
  return near == count ? count + 1 : near;
}

/// Replaces the number behind `key` in a layer's parameters, as in "filters=96"; nothing changes without it.
std::string with_number(const std::string& params, std::string_view key, std::int64_t value) {
  std::string text;
  for (const auto field : split(params, ',')) {
    const auto at = field.find(fmt::format("{}=", key));
    const bool is_field = at == 0 || (at != std::string_view::npos && field[at - 1] == ':');
    if (!text.empty()) text += ',';
    text += is_field ? fmt::format("{}{}={}", field.substr(0, at), key, value) : std::string{field};
  }
  return text;
}

std::optional<std::int64_t> number_of(const std::string& params, std::string_view key) {
  for (const auto field : split(params, ',')) {
    const auto start = field.find(fmt::format("{}=", key));
    const bool is_field = start == 0 || (start != std::string_view::npos && field[start - 1] == ':');
    if (is_field) return parse_integer(field.substr(start + key.size() + 1));
  }
  return std::nullopt;
}

/// The text of the parameters and the number of channels, changed together where groups tie them.
struct Widths {
  std::string params;
  std::int64_t channels = 0;
};

Widths changed(Widths widths, std::mt19937_64& random) {
  const auto groups = number_of(widths.params, "groups").value_or(1);
  if (groups > 1 && groups == widths.channels) {  // depthwise
    const auto multiplier = number_of(widths.params, "filters").value_or(groups) / groups;
    widths.channels = near(widths.channels, random);
    widths.params = with_number(widths.params, "groups", widths.channels);
    widths.params = with_number(widths.params, "filters", widths.channels * multiplier);
    return widths;
  }
  for (const std::string_view key : {"filters", "features"})
    if (const auto count = number_of(widths.params, key))
      widths.params =
          with_number(widths.params, key, near(std::max<std::int64_t>(*count / groups, 1), random) * groups);
  widths.channels = near(std::max<std::int64_t>(widths.channels / groups, 1), random) * groups;
  return widths;
}

/// The second operand of a residual addition follows the head's output.
Result<void> refit_operands(LayerConfig& layer, std::size_t head_inputs) {
  const std::vector<TensorType> inputs(layer.inputs.begin(),
                                       layer.inputs.begin() + static_cast<std::ptrdiff_t>(head_inputs));
  const auto outputs = output_types(layer.params, inputs);
  if (!outputs) return tl::unexpected{outputs.error()};
  for (auto i = head_inputs; i < layer.inputs.size(); ++i) layer.inputs[i] = outputs->front();
  return {};
}

/// The same layer with other channels, or nothing if that makes no layer.
std::optional<LayerConfig> neighbour_of(const LayerConfig& layer, std::mt19937_64& random) {
  auto made = layer;
  const auto operands = static_cast<std::size_t>(std::ranges::count_if(
      layer.epilogue, [](const LayerParams& step) { return type_of(step) == Eltwise::type; }));
  const auto head_inputs = layer.inputs.size() - std::min(operands, layer.inputs.size());
  if (head_inputs == 0 || layer.inputs.front().shape.rank() < 2) return std::nullopt;
  const auto rank = layer.inputs.front().shape.rank();
  const auto spatial = rank - 2;
  const auto widths = changed({print(layer.params, spatial), layer.inputs.front().shape[1]}, random);
  const auto params = parse_params(widths.params, spatial);
  if (!params) return std::nullopt;
  made.params = *params;
  for (std::size_t i = 0; i < head_inputs; ++i) made.inputs[i].shape[1] = widths.channels;
  if (const auto* const conv = std::get_if<Conv>(&made.params); conv != nullptr && !conv->stored)
    made.inputs[1].shape = filter_shape(*conv, made.inputs[0].shape);
  if (!refit_operands(made, head_inputs) || !cost(made)) return std::nullopt;
  return made;
}

/// Every row of every type, the worst predicted first.
std::vector<const LeftOutRow*> worst_first(const Fit& fit) {
  std::vector<const LeftOutRow*> rows;
  for (const auto& type : fit.types)
    for (const auto& row : type.time.rows) rows.push_back(&row);
  std::ranges::stable_sort(rows, std::greater{}, [](const LeftOutRow* row) {
    return std::abs(std::log(row->measured / row->predicted));
  });
  return rows;
}

class Proposal {
 public:
  Proposal(const Fit& fit, std::size_t count) : count_{count} {
    for (const auto& type : fit.types)
      for (const auto& row : type.time.rows) taken_.insert(row.layer);
  }
  [[nodiscard]] bool full() const { return lines_.size() >= count_; }
  void add(const LayerConfig& layer) {
    auto text = print(layer);
    if (!full() && taken_.insert(text).second) lines_.push_back(std::move(text));
  }
  [[nodiscard]] const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::size_t count_;
  std::set<std::string> taken_;
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> propose(const Fit& fit, std::span<const LayerConfig> wanted, std::size_t count,
                                 std::uint64_t seed) {
  Proposal proposal{fit, count};
  for (const auto& layer : wanted) {
    const auto predicted = predict(fit.data, layer, true, 0.9);
    if (predicted && !predicted->outside.empty() && type_of(layer.params) != Opaque::type)
      proposal.add(layer);
  }
  // Several neighbours of each bad row, as many as fill the sweep from the worst tenth of all rows.
  constexpr int rounds = 20;
  const auto rows = worst_first(fit);
  const auto worst = std::max<std::size_t>(1, rows.size() / 10);
  std::mt19937_64 random{seed};
  for (int round = 0; round < rounds && !proposal.full(); ++round) {
    for (std::size_t i = 0; i < std::min(worst, rows.size()) && !proposal.full(); ++i) {
      const auto layer = parse_layer(rows[i]->layer);
      if (!layer) continue;
      if (const auto made = neighbour_of(*layer, random)) proposal.add(*made);
    }
  }
  return proposal.lines();
}

}  // namespace ns
