// How an executor comes to be: which layers the backend runs, which the interpreter, and in what order.
#include "kernels/memory_limit.hpp"
#include "net/folded_weights.hpp"
#include "net/group.hpp"
#include "net/onnx/captures.hpp"
#include "net/onnx/mapping/net_of.hpp"
#include "runtime/executor.hpp"
#include "runtime/stored_weights.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace ns {
namespace {

/// Whether the tensor's extents are numbers before anything runs, so that a plan can make room for it. Those
/// inside a node are.
bool is_sized(const onnx::ModelFile& file, const std::string& tensor) {
  const auto fact = file.inferred.facts.find(tensor);
  return fact == file.inferred.facts.end() ||
         (fact->second.kind == onnx::Kind::tensor && fact->second.dims && all_known(*fact->second.dims));
}

/// Whether nothing that the model makes depends on the values of its inputs.
bool is_known_beforehand(const onnx::ModelFile& file) {
  return std::ranges::all_of(file.model.graph.outputs, [&](const auto& output) {
    const auto fact = file.inferred.facts.find(output.name);
    return fact != file.inferred.facts.end() && fact->second.constant;
  });
}

/// The model's inputs alone.
Net net_without_layers(const onnx::ModelFile& file) {
  Net net;
  net.name = file.model.graph.name;
  net.file = file.path;
  net.format = "onnx";
  for (const auto& input : file.model.graph.inputs) {
    const auto known = file.inferred.facts.find(input.name);
    if (known == file.inferred.facts.end() || known->second.constant) continue;
    auto type = known_type(known->second);
    if (!type) continue;
    net.inputs.push_back(static_cast<TensorId>(net.tensors.size()));
    net.tensors.push_back({input.name, std::move(*type), std::nullopt, {}, true});
  }
  return net;
}

}  // namespace

/// Divides the net between the backend and the interpreter.
class Executor::Preparation {
 public:
  Preparation(Executor& executor, Net original, const Weights& weights, Backend& backend)
      : executor_{executor}, original_{std::move(original)}, backend_{backend}, folded_{original_, weights} {}

  Result<void> run(const onnx::ModelFile* file) {
    if (auto marked = mark_interpreted(file); !marked) return marked;
    executor_.net_ = fold(original_);
    for (const auto input : executor_.net_.inputs) {
      // As doubles, and once more in what reads it.
      const auto& tensor = executor_.net_.tensors[input];
      if (auto fits = check_memory(TensorType{tensor.type.shape, DType::float64}); !fits)
        return failure_within(std::move(fits), fmt::format("input '{}'", tensor.name));
      executor_.input_names_.push_back(tensor.name);
    }
    name_outputs(file);
    find_phases();
    if (file != nullptr)
      for (const auto& node : file->model.graph.nodes) nodes_.emplace(node.name, &node);
    for (LayerId id = 0; id < original_.layers.size(); ++id)
      originals_.emplace(original_.layers[id].name, id);
    for (const auto& [phase, layers] : phases_) {
      if (auto added = is_planned(phase) ? add_plan(layers) : add_nodes(layers); !added) return added;
    }
    return {};
  }

 private:
  /// Those of the model's file, of which some may be constants that the net leaves out.
  void name_outputs(const onnx::ModelFile* file) {
    const auto& net = executor_.net_;
    std::map<std::string_view, TensorId> made;
    for (std::size_t i = 0; i < net.outputs.size(); ++i)
      made.emplace(original_.tensors[original_.outputs[i]].name, net.outputs[i]);
    if (file == nullptr) {
      for (const auto output : net.outputs) executor_.outputs_.emplace_back(net.tensors[output].name, output);
      return;
    }
    for (const auto& output : file->model.graph.outputs) {
      const auto tensor = made.find(output.name);
      executor_.outputs_.emplace_back(output.name,
                                      tensor == made.end() ? std::nullopt : std::optional{tensor->second});
    }
  }

  /// Layers that the backend does not run become opaque ones, so that nothing is folded into them.
  Result<void> mark_interpreted(const onnx::ModelFile* file) {
    for (LayerId id = 0; id < original_.layers.size(); ++id) {
      auto& layer = original_.layers[id];
      const auto supported = backend_.supports({layer.params, {}, original_.input_types(id)});
      const auto sized = [&](TensorId tensor) { return is_sized(*file, original_.tensors[tensor].name); };
      const auto exact = [&](TensorId tensor) {
        return original_.tensors[tensor].type.dtype != DType::float64;  // plans take and give floats
      };
      const auto all = [&](const auto& holds) {
        return file == nullptr ||
               (std::ranges::all_of(layer.inputs, holds) && std::ranges::all_of(layer.outputs, holds));
      };
      if (supported && all(sized) && all(exact)) continue;
      if (file == nullptr) return failure_within(Result<void>{supported}, "layer " + layer.name);
      executor_.interpreted_.push_back({layer.name, layer.op, why_not(layer, supported, all(sized))});
      if (std::holds_alternative<Opaque>(layer.params)) continue;
      Opaque opaque;
      opaque.op = layer.op;
      for (const auto output : layer.outputs) opaque.outputs.push_back(print(original_.tensors[output].type));
      layer.params = std::move(opaque);
    }
    return {};
  }

  static std::string why_not(const Layer& layer, const Result<void>& supported, bool sized) {
    if (!sized) return "its size depends on data";
    if (std::holds_alternative<Opaque>(layer.params)) return "no layer type describes it";
    return supported ? "its numbers are of double precision, and plans take and give single"
                     : supported.error().message;
  }

  /// Plans and interpreted layers take turns: a plan's phases are even, and a layer runs as early as it can,
  /// so that there are as few plans as possible.
  void find_phases() {
    const auto& net = executor_.net_;
    std::vector<std::size_t> phase_of(net.layers.size(), 0);
    for (LayerId id = 0; id < net.layers.size(); ++id) {
      const bool planned = !std::holds_alternative<Opaque>(net.layers[id].params);
      std::size_t phase = planned ? 0 : 1;
      for (const auto input : net.layers[id].inputs)
        if (const auto producer = net.tensors[input].producer) {
          const auto before = phase_of[*producer];
          phase = std::max(phase, is_planned(before) == planned ? before : before + 1);
        }
      phase_of[id] = phase;
      phases_[phase].push_back(id);
    }
  }

  static bool is_planned(std::size_t phase) { return phase % 2 == 0; }

  Result<void> add_plan(const std::vector<LayerId>& layers) {
    Planned planned{part_of(executor_.net_, layers), nullptr};
    const auto groups = group(planned.part.net, backend_.rules());
    auto plan = backend_.prepare(planned.part.net, groups, folded_, false);
    if (!plan) return tl::unexpected{std::move(plan.error())};
    planned.plan = std::move(*plan);
    executor_.planned_layers_ += layers.size();
    executor_.steps_.emplace_back(std::move(planned));
    return {};
  }

  Result<void> add_nodes(const std::vector<LayerId>& layers) {
    for (const auto layer : layers) {
      const auto& name = executor_.net_.layers[layer].name;
      const auto node = nodes_.find(name);
      if (node == nodes_.end())
        return failure(Errc::unsupported,
                       fmt::format("layer {}: it is a part of a node, of which this device does not run all "
                                   "parts",
                                   name));
      add_node(layer, originals_.at(name), *node->second);
    }
    return {};
  }

  /// A layer's inputs are those of the node that are no constants, then what its subgraphs read beside them.
  void add_node(LayerId layer, LayerId original, const onnx::Node& node) {
    const auto& inputs = executor_.net_.layers[layer].inputs;
    const auto& names = original_.layers[original].inputs;
    const auto name_of = [&](std::size_t i) -> const std::string& {
      return original_.tensors[names[i]].name;
    };
    Interpreted step{layer, &node, {}, {}, {}};
    for (const auto output : original_.layers[original].outputs)
      step.outputs.push_back(original_.tensors[output].name);
    std::size_t next = 0;
    for (const auto& input : node.inputs) {
      const bool is_activation = next < names.size() && name_of(next) == input;
      step.inputs.push_back(is_activation ? std::optional{inputs[next]} : std::nullopt);
      next += is_activation ? 1 : 0;
    }
    if (!captured_names(node).empty())
      for (std::size_t i = 0; i < names.size(); ++i) step.captured.emplace_back(name_of(i), inputs[i]);
    executor_.steps_.emplace_back(std::move(step));
  }

  Executor& executor_;
  Net original_;
  Backend& backend_;
  const FoldedWeights folded_;
  std::map<std::size_t, std::vector<LayerId>> phases_;
  std::map<std::string_view, const onnx::Node*> nodes_;  // by name
  std::map<std::string_view, LayerId> originals_;        // likewise
};

Result<std::unique_ptr<Executor>> Executor::prepare(onnx::ModelFile& file, Backend& backend) {
  auto net = is_known_beforehand(file) ? Result<Net>{net_without_layers(file)} : onnx::net_of(file);
  if (!net) return tl::unexpected{std::move(net.error())};
  std::unique_ptr<Executor> executor{new Executor};
  executor->interpreter_ = std::make_unique<Interpreter>(file);
  const StoredWeights weights{file, *executor->interpreter_};
  if (auto prepared = Preparation{*executor, std::move(*net), weights, backend}.run(&file); !prepared)
    return failure_within(std::move(prepared), file.path);
  executor->interpreter_->forget();  // what weights were computed from
  return executor;
}

Result<std::unique_ptr<Executor>> Executor::prepare(const Net& net, const Weights& weights,
                                                    Backend& backend) {
  std::unique_ptr<Executor> executor{new Executor};
  if (auto prepared = Preparation{*executor, net, weights, backend}.run(nullptr); !prepared)
    return failure_within(std::move(prepared), net.file);
  return executor;
}

}  // namespace ns
