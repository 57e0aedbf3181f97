#include "apps/inspect_report.hpp"
#include "apps/prefix_cuts.hpp"
#include "core/json.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

namespace ns {
namespace {

/// On one line. Names are bytes of the file; what is no UTF-8 in them is replaced.
std::string compact(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

std::string member(const std::string& key, const Json& value) { return compact(key) + ": " + compact(value); }

/// A list or object with a line for each element: readable, and never as a whole in memory twice.
template <class Element>
void append_lines(std::string& text, const std::string& key, std::string_view brackets, std::size_t count,
                  Element element) {
  text += " " + compact(key) + ": " + brackets[0];
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "\n  " : ",\n  ") + element(i);
  text += brackets[1];
  text += ",\n";
}

/// Counts are whole numbers, exact in a double up to 2^53; beyond that they stay doubles.
template <class Count>
Json count(Count quantity) {
  constexpr double exact = 9007199254740992.0;
  if (quantity.value() > exact) return quantity.value();
  return static_cast<std::int64_t>(quantity.value());
}

Json type_json(const TensorType& type) {
  return Json{{"shape", std::vector<std::int64_t>(type.shape.extents().begin(), type.shape.extents().end())},
              {"dtype", to_string(type.dtype)},
              {"size_bytes", count(type.bytes())}};
}

Json names_json(const Net& net, const std::vector<TensorId>& ids) {
  auto list = Json::array();
  for (const auto id : ids) list.push_back(net.tensors[id].name);
  return list;
}

Json ends_json(const Net& net, const std::vector<TensorId>& ids) {
  auto list = Json::array();
  for (const auto id : ids) {
    Json entry{{"name", net.tensors[id].name}};
    entry.update(type_json(net.tensors[id].type));
    list.push_back(std::move(entry));
  }
  return list;
}

Json layer_json(const Net& net, LayerId id) {
  const auto& layer = net.layers[id];
  const auto signature = net.signature(id);
  const auto values = parameters(layer.params, signature.inputs);
  const TensorType weights{Shape{values}, signature.inputs[0].dtype};
  return Json{{"index", id},
              {"name", layer.name},
              {"op", layer.op},
              {"type", type_of(layer.params)},
              {"inputs", names_json(net, layer.inputs)},
              {"outputs", names_json(net, layer.outputs)},
              {"macs", count(macs(layer.params, signature))},
              {"flops", count(flops(layer.params, signature))},
              {"parameters", values},
              {"parameter_bytes", count(weights.bytes())}};
}

Json totals_json(const Net& net) {
  const auto sum = totals(net);
  return Json{{"layers", net.layers.size()},
              {"macs", count(sum.macs)},
              {"flops", count(sum.flops)},
              {"parameters", sum.parameters},
              {"parameter_bytes", count(sum.parameter_bytes)},
              {"opaque_layers", sum.opaque_layers},
              {"lower_bound", sum.lower_bound()}};
}

Json cut_json(const Net& net, const PrefixCut& cut) {
  return Json{{"index", cut.index},
              {"after", cut.index == 0 ? Json{} : Json(net.layers[cut.index - 1].name)},
              {"tensors", names_json(net, cut.crossing)},
              {"size_bytes", count(cut.size)}};
}

}  // namespace

std::string inspect_json(const Net& net) {
  std::string text = "{" + member("schema", "ns.net/1") + ", " + member("name", net.name) + ", " +
                     member("file", net.file) + ", " + member("format", net.format) + ",\n " +
                     member("inputs", ends_json(net, net.inputs)) + ",\n " +
                     member("outputs", ends_json(net, net.outputs)) + ",\n";
  append_lines(text, "layers", "[]", net.layers.size(),
               [&](std::size_t id) { return compact(layer_json(net, static_cast<LayerId>(id))); });
  append_lines(text, "tensors", "{}", net.tensors.size(),
               [&](std::size_t id) { return member(net.tensors[id].name, type_json(net.tensors[id].type)); });
  text += " " + member("totals", totals_json(net)) + ",\n";
  const auto cuts = prefix_cuts(net);
  append_lines(text, "cuts", "[]", cuts.size(),
               [&](std::size_t i) { return compact(cut_json(net, cuts[i])); });
  return text + " " + member("warnings", net.warnings) + "}\n";
}

}  // namespace ns
