#include "net/net.hpp"

#include "core/hash.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ns {

std::vector<TensorType> Net::input_types(LayerId layer) const {
  std::vector<TensorType> types;
  types.reserve(layers[layer].inputs.size());
  for (const auto tensor : layers[layer].inputs) types.push_back(tensors[tensor].type);
  return types;
}

Signature Net::signature(LayerId layer) const {
  Signature signature{input_types(layer), {}};
  for (const auto tensor : layers[layer].outputs) signature.outputs.push_back(tensors[tensor].type);
  return signature;
}

NetTotals totals(const Net& net) {
  NetTotals sum;
  for (LayerId id = 0; id < net.layers.size(); ++id) {
    const auto& params = net.layers[id].params;
    const auto signature = net.signature(id);
    sum.macs += macs(params, signature);
    sum.flops += flops(params, signature);
    sum.parameters += parameters(params, signature.inputs);
    sum.parameter_bytes += parameter_bytes(params, signature.inputs);
    sum.opaque_layers += std::holds_alternative<Opaque>(params) ? 1 : 0;
  }
  return sum;
}

Result<TensorId> NetBuilder::add_input(std::string name, TensorType type) {
  if (name.empty()) return bad_input("an input of the net has no name");
  if (auto checked = check_shape(type.shape); !checked)
    return tl::unexpected{std::move(checked.error()).within(fmt::format("input {}", name))};
  const auto id = static_cast<TensorId>(net_.tensors.size());
  if (!tensor_ids_.emplace(name, id).second)
    return bad_input(fmt::format("input {} is declared twice; give each its own name", name));
  net_.tensors.push_back({std::move(name), std::move(type), std::nullopt, {}});
  net_.inputs.push_back(id);
  return id;
}

const TensorType* NetBuilder::find(const std::string& tensor) const {
  const auto found = tensor_ids_.find(tensor);
  return found == tensor_ids_.end() ? nullptr : &net_.tensors[found->second].type;
}

void NetBuilder::keep_in_place(const std::string& tensor) {
  net_.tensors[tensor_ids_.at(tensor)].crosses = false;
}

Result<std::vector<TensorId>> NetBuilder::resolve(const std::vector<std::string>& names) const {
  std::vector<TensorId> ids;
  ids.reserve(names.size());
  for (const auto& name : names) {
    const auto found = tensor_ids_.find(name);
    if (found == tensor_ids_.end()) {
      std::vector<std::string> known;
      if (tensor_ids_.size() <= 10'000)
        for (const auto& [tensor, id] : tensor_ids_) known.push_back(tensor);
      std::ranges::sort(known);
      return bad_input(
          fmt::format("reads '{}', which nothing before it makes{}", name, suggestion(name, known)));
    }
    ids.push_back(found->second);
  }
  return ids;
}

void NetBuilder::rename_overwritten(const std::string& name) {
  const auto found = tensor_ids_.find(name);
  if (found == tensor_ids_.end()) return;
  const auto id = found->second;
  auto& tensor = net_.tensors[id];
  auto earlier = fmt::format("{}@{}", name, tensor.producer ? net_.layers[*tensor.producer].name : "input");
  while (tensor_ids_.contains(earlier)) earlier += '\'';
  tensor_ids_.erase(found);
  tensor_ids_.emplace(earlier, id);
  tensor.name = std::move(earlier);
}

Result<LayerId> NetBuilder::add_layer(std::string name, std::string op, LayerParams params,
                                      const std::vector<std::string>& inputs,
                                      const std::vector<std::string>& outputs) {
  const auto place = [&] { return fmt::format("layer {}", name); };
  if (name.empty()) return bad_input("a layer has no name");
  const auto id = static_cast<LayerId>(net_.layers.size());
  if (layer_ids_.contains(name))
    return bad_input(fmt::format("layer {} stands twice; give each its own name", name));
  auto input_ids = resolve(inputs);
  if (!input_ids) return failure_within(std::move(input_ids), place());

  std::vector<TensorType> input_types;
  input_types.reserve(input_ids->size());
  for (const auto tensor : *input_ids) input_types.push_back(net_.tensors[tensor].type);
  auto types = output_types(params, input_types);
  if (!types) return failure_within(std::move(types), place());
  if (types->size() != outputs.size())
    return bad_input(fmt::format("{}: makes {}, but {} named", place(), counted(types->size(), "tensor"),
                                 counted(outputs.size(), "is", "are")));
  for (const auto& type : *types)
    if (auto checked = check_shape(type.shape); !checked)
      return tl::unexpected{std::move(checked.error()).within(place())};

  for (const auto tensor : *input_ids) {
    auto& consumers = net_.tensors[tensor].consumers;
    if (consumers.empty() || consumers.back() != id) consumers.push_back(id);
  }
  std::vector<TensorId> output_ids;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    rename_overwritten(outputs[i]);
    output_ids.push_back(static_cast<TensorId>(net_.tensors.size()));
    tensor_ids_.emplace(outputs[i], output_ids.back());
    net_.tensors.push_back({outputs[i], std::move((*types)[i]), id, {}});
  }
  layer_ids_.emplace(name, id);
  std::vector<std::string> sources{name};
  net_.layers.push_back({std::move(name), std::move(op), std::move(params), std::move(*input_ids),
                         std::move(output_ids), std::move(sources)});
  return id;
}

Result<Net> NetBuilder::finish(const std::vector<std::string>& outputs) && {
  if (net_.layers.empty()) return bad_input("the net has no layers");
  if (outputs.empty()) {
    for (TensorId id = 0; id < net_.tensors.size(); ++id)
      if (net_.tensors[id].producer && net_.tensors[id].consumers.empty()) net_.outputs.push_back(id);
  } else {
    auto ids = resolve(outputs);
    if (!ids) return failure_within(std::move(ids), "output");
    net_.outputs = std::move(*ids);
  }
  return std::move(net_);
}

Result<Net> net_of(const LayerConfig& layer) {
  NetBuilder builder{kernel_kind(layer)};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) {
    names.push_back(fmt::format("x{}", i));
    if (auto added = builder.add_input(names.back(), layer.inputs[i]); !added)
      return tl::unexpected{std::move(added.error())};
  }
  const auto operands = static_cast<std::size_t>(std::ranges::count_if(
      layer.epilogue, [](const LayerParams& step) { return std::holds_alternative<Eltwise>(step); }));
  if (operands >= names.size()) return bad_input("the epilogue reads more inputs than there are");
  auto operand = names.begin() + static_cast<std::ptrdiff_t>(names.size() - operands);
  const std::vector<std::string> head_inputs(names.begin(), operand);

  auto types = output_types(
      layer.params,
      std::vector(layer.inputs.begin(), layer.inputs.end() - static_cast<std::ptrdiff_t>(operands)));
  if (!types) return tl::unexpected{std::move(types.error())};
  std::vector<std::string> made;
  for (std::size_t i = 0; i < types->size(); ++i) made.push_back(i == 0 ? "head" : fmt::format("head.{}", i));
  auto added = builder.add_layer("head", std::string{type_of(layer.params)}, layer.params, head_inputs, made);
  for (std::size_t i = 0; added && i < layer.epilogue.size(); ++i) {
    const auto& step = layer.epilogue[i];
    std::vector<std::string> inputs{i == 0 ? "head" : fmt::format("epilogue{}", i)};
    if (std::holds_alternative<Eltwise>(step)) inputs.push_back(*operand++);
    const auto name = fmt::format("epilogue{}", i + 1);
    added = builder.add_layer(name, std::string{type_of(step)}, step, inputs, {name});
  }
  if (!added) return tl::unexpected{std::move(added.error())};
  return std::move(builder).finish();
}

std::string hash(const Net& net) {
  std::string text;
  const auto name = [&](TensorId id) -> const std::string& { return net.tensors[id].name; };
  for (const auto input : net.inputs)
    text += fmt::format("input {} {}\n", name(input), print(net.tensors[input].type));
  for (const auto& layer : net.layers) {
    const auto rank = layer.inputs.empty() ? 0 : net.tensors[layer.inputs[0]].type.shape.rank();
    text += fmt::format("{} {}", layer.name, print(layer.params, rank < 2 ? 0 : rank - 2));
    for (const auto tensor : layer.inputs) text += ' ' + name(tensor);
    text += " ->";
    for (const auto tensor : layer.outputs) text += ' ' + name(tensor);
    text += '\n';
  }
  for (const auto output : net.outputs) text += fmt::format("output {}\n", name(output));
  return content_hash(text);
}

}  // namespace ns
