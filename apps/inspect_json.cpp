#include "apps/inspect_report.hpp"
#include "apps/prefix_cuts.hpp"
#include "core/json.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

namespace ns {
namespace {

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
  Json root{{"schema", "ns.net/1"}, {"name", net.name}, {"file", net.file}, {"format", net.format}};
  root["inputs"] = ends_json(net, net.inputs);
  root["outputs"] = ends_json(net, net.outputs);
  auto& layers = root["layers"] = Json::array();
  for (LayerId id = 0; id < net.layers.size(); ++id) layers.push_back(layer_json(net, id));
  auto tensors = Json::object();
  auto& pairs = tensors.get_ref<Json::object_t&>();  // names are unique: no search for an earlier one
  for (const auto& tensor : net.tensors) pairs.emplace_back(tensor.name, type_json(tensor.type));
  root["tensors"] = std::move(tensors);
  root["totals"] = totals_json(net);
  auto& cuts = root["cuts"] = Json::array();
  for (const auto& cut : prefix_cuts(net)) cuts.push_back(cut_json(net, cut));
  root["warnings"] = net.warnings;
  // Names are bytes of the file; what is no UTF-8 in them is replaced.
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace ns
