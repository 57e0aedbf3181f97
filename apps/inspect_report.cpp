#include "apps/inspect_report.hpp"

#include "apps/prefix_cuts.hpp"
#include "core/quantity.hpp"
#include "core/table.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

/// Beyond these a table is cut short; the other formats hold everything.
constexpr std::size_t most_layers = 500;
constexpr std::size_t first_layers = 200;
constexpr std::size_t last_layers = 50;
constexpr std::size_t most_cuts = 60;

/// A long name without its middle, so that columns stay in sight.
std::string shortened(const std::string& name) {
  constexpr std::size_t longest = 40;
  if (name.size() <= longest) return name;
  auto begin = longest / 2 - 1;
  auto end = name.size() - longest / 2;
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(name[at]) & 0xC0U) == 0x80U;
  };
  while (begin > 0 && continues(begin)) --begin;
  while (end < name.size() && continues(end)) ++end;
  return fmt::format("{}..{}", name.substr(0, begin), name.substr(end));
}

/// "conv", "act:relu", "pool:max", "opaque Permute".
std::string kind_of(const Layer& layer) {
  if (std::holds_alternative<Opaque>(layer.params)) return fmt::format("opaque {}", shortened(layer.op));
  auto text = print(layer.params, 0);
  text.resize(std::min(text.find(','), text.size()));
  return text.find('=') == std::string::npos ? text : text.substr(0, text.find(':'));
}

Bytes output_bytes(const Signature& signature) {
  Bytes sum;
  for (const auto& output : signature.outputs) sum += output.bytes();
  return sum;
}

std::string output_shapes(const Signature& signature) {
  std::string text;
  for (const auto& output : signature.outputs) text += (text.empty() ? "" : " ") + print(output);
  return text;
}

/// Nothing where there is nothing, so that what counts stands out.
template <class Count>
std::string unless_zero(Count count) {
  return count == Count{} ? "-" : print(count);
}

std::string heading(const Net& net) {
  const auto sum = totals(net);
  auto text = fmt::format("{} ({}): {} layer{}, {}{} MACs, {} FLOPs, {} parameters ({})\n", net.name,
                          net.format, net.layers.size(), net.layers.size() == 1 ? "" : "s",
                          sum.lower_bound() ? "at least " : "", print(sum.macs), print(sum.flops),
                          print_count(static_cast<double>(sum.parameters)), print(sum.parameter_bytes));
  Table ends;
  ends.column("", Align::left).column("", Align::left).column("", Align::left).column("");
  for (const auto& [title, ids] : {std::pair{"input", &net.inputs}, {"output", &net.outputs}})
    for (const auto id : *ids) {
      const auto& tensor = net.tensors[id];
      ends.row({title, shortened(tensor.name), print(tensor.type), print(tensor.type.bytes())});
    }
  const auto rows = ends.text("  ");
  return text + rows.substr(rows.find('\n') + 1);
}

std::string layer_table(const Net& net) {
  Table table;
  table.column("#").column("layer", Align::left).column("type", Align::left).column("output", Align::left);
  table.column("MACs").column("FLOPs").column("parameters").column("output size");
  const auto count = net.layers.size();
  const bool shortens = count > most_layers;
  for (LayerId id = 0; id < count; ++id) {
    if (shortens && id == first_layers)
      table.row({"", fmt::format("... {} more: --format csv", count - first_layers - last_layers), "", "", "",
                 "", "", ""});
    if (shortens && id >= first_layers && id + last_layers < count) continue;
    const auto& layer = net.layers[id];
    const auto signature = net.signature(id);
    const auto values = parameters(layer.params, signature.inputs);
    table.row({std::to_string(id), shortened(layer.name), kind_of(layer), output_shapes(signature),
               unless_zero(macs(layer.params, signature)), unless_zero(flops(layer.params, signature)),
               values == 0 ? "-" : print_count(static_cast<double>(values)), print(output_bytes(signature))});
  }
  const auto sum = totals(net);
  table.row({"", "total", "", "", print(sum.macs), print(sum.flops),
             print_count(static_cast<double>(sum.parameters)), ""});
  return table.text();
}

std::string crossing_names(const Net& net, const PrefixCut& cut) {
  constexpr std::size_t most_names = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(most_names, cut.crossing.size()); ++i)
    text += (i == 0 ? "" : " ") + shortened(net.tensors[cut.crossing[i]].name);
  if (cut.crossing.size() > most_names) text += fmt::format(" and {} more", cut.crossing.size() - most_names);
  return text;
}

/// The cuts that ship less than every one before them: only those can pay, if the server is the faster side.
std::vector<PrefixCut> falling(const std::vector<PrefixCut>& cuts) {
  std::vector<PrefixCut> kept;
  for (const auto& cut : cuts)
    if (kept.empty() || cut.size < kept.back().size) kept.push_back(cut);
  return kept;
}

std::string cut_table(const Net& net) {
  constexpr int bar_width = 32;
  auto cuts = prefix_cuts(net);
  Bytes largest;
  for (const auto& cut : cuts) largest = std::max(largest, cut.size);
  std::string title = "What each cut ships";
  if (cuts.size() > most_cuts) {
    const auto all = cuts.size();
    cuts = falling(cuts);
    title += fmt::format(", of {} cuts those that ship less than all before them", all);
  }
  Table table;
  table.column("cut")
      .column("after", Align::left)
      .column("ships")
      .column("", Align::left)
      .column("tensors", Align::left);
  for (const auto& cut : cuts)
    table.row({std::to_string(cut.index),
               cut.index == 0 ? "(input)" : shortened(net.layers[cut.index - 1].name),
               cut.crossing.empty() ? "nothing" : print(cut.size),
               largest > Bytes{} ? bar(cut.size / largest, bar_width) : "", crossing_names(net, cut)});
  return title + "\n" + table.text();
}

}  // namespace

std::string inspect_table(const Net& net) {
  return fmt::format("{}\n{}\n{}", heading(net), layer_table(net), cut_table(net));
}

std::string inspect_csv(const Net& net) {
  Table table;
  for (const auto* title : {"index", "layer", "op", "type", "output_shape", "macs", "flops", "parameters",
                            "parameter_bytes", "output_bytes"})
    table.column(title);
  const auto whole = [](auto quantity) { return fmt::format("{:.0f}", quantity.value()); };
  for (LayerId id = 0; id < net.layers.size(); ++id) {
    const auto& layer = net.layers[id];
    const auto signature = net.signature(id);
    const auto values = parameters(layer.params, signature.inputs);
    const TensorType weights{Shape{values}, signature.inputs[0].dtype};
    table.row({std::to_string(id), layer.name, layer.op, std::string{type_of(layer.params)},
               output_shapes(signature), whole(macs(layer.params, signature)),
               whole(flops(layer.params, signature)), std::to_string(values), whole(weights.bytes()),
               whole(output_bytes(signature))});
  }
  return table.csv();
}

}  // namespace ns
