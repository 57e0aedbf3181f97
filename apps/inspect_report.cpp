#include "apps/inspect_report.hpp"

#include "apps/prefix_cuts.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

/// Beyond these a table is cut short; the other formats hold everything.
constexpr std::size_t most_layers = 500;
constexpr std::size_t first_layers = 200;
constexpr std::size_t last_layers = 50;
constexpr std::size_t most_cuts = 60;

/// "conv", "act:relu", "eltwise Add", "opaque Permute": the operator where our type does not tell it.
std::string kind_of(const ListedLayer& layer) {
  if (!layer.kind.empty()) return layer.kind;
  const auto same = [](char a, char b) { return a == b || (a >= 'A' && a <= 'Z' && a - 'A' + 'a' == b); };
  if (layer.type != "opaque" && std::ranges::equal(layer.op, layer.type, same))
    return std::string{layer.type};
  return fmt::format("{} {}", layer.type, shortened(layer.op));
}

/// Bytes as far as they are known.
struct Size {
  std::optional<Bytes> exact;
  std::optional<Bytes> most;  // a bound, where `exact` is none
};

Size size_of(const ListedTensor& tensor) { return {tensor.bytes(), tensor.most_bytes()}; }

Size output_size(const Listing& net, const ListedLayer& layer) {
  Size sum{Bytes{}, Bytes{}};
  for (const auto id : layer.outputs()) {
    const auto [exact, most] = size_of(net.tensors[id]);
    const auto bound = exact ? exact : most;
    sum.exact = sum.exact && exact ? std::optional{*sum.exact + *exact} : std::nullopt;
    sum.most = sum.most && bound ? std::optional{*sum.most + *bound} : std::nullopt;
  }
  return sum;
}

std::string print(const Size& size) {
  if (size.exact) return print(*size.exact);
  return size.most ? fmt::format("<= {}", print(*size.most)) : "?";
}

std::string output_shapes(const Listing& net, const ListedLayer& layer) {
  std::string text;
  for (const auto id : layer.outputs()) text += (text.empty() ? "" : " ") + print(net.tensors[id]);
  return text;
}

/// Nothing where there is nothing, so that what counts stands out.
template <class Count>
std::string unless_zero(Count count) {
  return count == Count{} ? "-" : print(count);
}

std::vector<std::string> layer_row(const Listing& net, std::size_t id) {
  const auto& layer = net.layers[id];
  return {std::to_string(id),
          shortened(layer.name),
          kind_of(layer),
          printable(output_shapes(net, layer)),
          unless_zero(layer.macs),
          unless_zero(layer.flops),
          layer.parameters == 0 ? "-" : print_count(static_cast<double>(layer.parameters)),
          print(output_size(net, layer))};
}

std::string layer_table(const Listing& net, bool all) {
  std::vector<std::size_t> ids;
  for (std::size_t id = 0; id < net.layers.size(); ++id)
    if (all || !net.layers[id].constant) ids.push_back(id);
  Table table;
  table.column("#").column("layer", Align::left).column("type", Align::left).column("output", Align::left);
  table.column("MACs").column("FLOPs").column("parameters").column("output size");
  const bool shortens = !all && ids.size() > most_layers;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (shortens && i == first_layers)
      table.row({"", fmt::format("... {} more: --format csv", ids.size() - first_layers - last_layers), "",
                 "", "", "", "", ""});
    if (!shortens || i < first_layers || i + last_layers >= ids.size()) table.row(layer_row(net, ids[i]));
  }
  table.row({"", "total", "", "", print(net.totals.macs), print(net.totals.flops),
             print_count(static_cast<double>(net.totals.parameters)), ""});
  auto text = table.text();
  if (const auto hidden = net.layers.size() - ids.size(); hidden > 0)
    text += fmt::format("Not shown: {} constants, such as shapes; --all shows them\n",
                        counted(hidden, "layer that computes", "layers that compute"));
  return text;
}

/// What a row of the second table shows of a cut.
struct CutRow {
  std::size_t index = 0;
  Size ships;
  std::string names;
};

std::string crossing_names(const Listing& net, const std::set<TensorId>& crossing) {
  constexpr std::size_t most_names = 3;
  std::string text;
  std::size_t named = 0;
  for (const auto id : crossing) {
    if (named == most_names) return text + fmt::format(" and {} more", crossing.size() - most_names);
    text += (named++ == 0 ? "" : " ") + shortened(net.tensors[id].name);
  }
  return text;
}

/// What there is to say of all cuts before any is shown.
struct CutSummary {
  std::size_t count = 0;
  std::size_t unknown = 0;  // cuts of which not even a bound is known
  Bytes largest;
};

CutSummary summary_of_cuts(const Listing& net) {
  CutSummary all;
  visit_prefix_cuts(net, [&](const PrefixCut& cut) {
    ++all.count;
    all.unknown += cut.size || cut.most ? 0 : 1;
    all.largest = std::max(all.largest, cut.size.value_or(Bytes{}));
  });
  return all;
}

/// All cuts, or those that ship less than every one before them: only those can pay, if the server is the
/// faster side.
std::vector<CutRow> cut_rows(const Listing& net, bool only_falling) {
  std::vector<CutRow> rows;
  std::optional<Bytes> least;
  visit_prefix_cuts(net, [&](const PrefixCut& cut) {
    const auto size = cut.size ? cut.size : cut.most;
    if (only_falling && (!size || (least && *size >= *least))) return;
    least = size;
    rows.push_back({cut.index, {cut.size, cut.most}, crossing_names(net, cut.crossing)});
  });
  return rows;
}

/// What is not known is not counted: it has no bar.
std::string bar_of(const Size& ships, Bytes largest) {
  constexpr int bar_width = 32;
  return ships.exact && largest > Bytes{} ? bar(*ships.exact / largest, bar_width) : "";
}

std::string cut_table(const Listing& net, bool all) {
  const auto cuts = summary_of_cuts(net);
  const bool only_falling = !all && cuts.count > most_cuts;
  std::string title = "What each cut ships";
  if (only_falling) {
    title += fmt::format(", of {} cuts those that ship less than all before them", cuts.count);
    if (cuts.unknown > 0) title += fmt::format("; of {} the size is not known", cuts.unknown);
  }
  Table table;
  table.column("cut")
      .column("after", Align::left)
      .column("ships")
      .column("", Align::left)
      .column("tensors", Align::left);
  for (const auto& cut : cut_rows(net, only_falling))
    table.row({std::to_string(cut.index),
               cut.index == 0 ? "(input)" : shortened(net.layers[cut.index - 1].name),
               cut.names.empty() ? "nothing" : print(cut.ships), bar_of(cut.ships, cuts.largest), cut.names});
  return title + "\n" + table.text();
}

std::string whole(double count) { return fmt::format("{:.0f}", count); }

}  // namespace

std::string inspect_heading(const Listing& net) {
  const auto& sum = net.totals;
  auto text = fmt::format("{} ({}): {}, {}{} MACs, {} FLOPs, {} parameters ({})\n", printable(net.name),
                          net.format, counted(net.layers.size(), "layer"), net.lower_bound ? "at least " : "",
                          print(sum.macs), print(sum.flops), print_count(static_cast<double>(sum.parameters)),
                          print(sum.parameter_bytes));
  Table ends;
  ends.column("", Align::left).column("", Align::left).column("", Align::left).column("");
  for (const auto& [title, ids] : {std::pair{"input", &net.inputs}, {"output", &net.outputs}})
    for (const auto id : *ids) {
      const auto& tensor = net.tensors[id];
      ends.row({title, shortened(tensor.name), print(tensor), print(size_of(tensor))});
    }
  const auto rows = ends.text("  ");
  return text + rows.substr(rows.find('\n') + 1);
}

void inspect_table(const Listing& net, bool all, ResultStream& result) {
  result.text() += inspect_heading(net) + '\n';
  result.text() += layer_table(net, all) + '\n';
  result.pass();
  result.text() += cut_table(net, all);
}

void inspect_csv(const Listing& net, ResultStream& result) {
  Table table;
  for (const auto* title : {"index", "layer", "op", "type", "output_shape", "macs", "flops", "parameters",
                            "parameter_bytes", "output_bytes"})
    table.column(title);
  for (std::size_t id = 0; id < net.layers.size(); ++id) {
    const auto& layer = net.layers[id];
    const auto size = output_size(net, layer).exact;
    table.row({std::to_string(id), layer.name, layer.op, std::string{layer.type}, output_shapes(net, layer),
               whole(layer.macs.value()), whole(layer.flops.value()), std::to_string(layer.parameters),
               std::to_string(layer.parameter_bytes), size ? whole(size->value()) : ""});
  }
  result.text() += table.csv();
}

}  // namespace ns
