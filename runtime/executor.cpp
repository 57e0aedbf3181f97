#include "runtime/executor.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

namespace ns {
namespace {

std::vector<float> floats_of(const Array& array) {
  std::vector<float> values(array.values.size());
  std::ranges::transform(array.values, values.begin(),
                         [](double value) { return static_cast<float>(value); });
  return values;
}

Array array_of(const TensorType& type, const std::vector<float>& values) {
  return {type.dtype, type.shape, {values.begin(), values.end()}};
}

}  // namespace

/// The values of one run.
class Executor::Inference {
 public:
  explicit Inference(Executor& executor)
      : executor_{executor},
        values_(executor.net_.tensors.size()),
        readers_(executor.net_.tensors.size(), 0) {
    const auto& net = executor.net_;
    for (const auto& step : executor.steps_)
      for (const auto tensor : read_by(step)) ++readers_[tensor];
    for (const auto output : net.outputs) ++readers_[output];
  }

  Result<void> take(const std::vector<NamedDatum>& inputs) {
    const auto& net = executor_.net_;
    for (const auto& input : inputs)
      if (std::ranges::find(executor_.input_names_, input.name) == executor_.input_names_.end())
        return failure(Errc::usage, fmt::format("the net has no input '{}'; its inputs are {}", input.name,
                                                fmt::join(executor_.input_names_, ", ")));
    for (const auto tensor : net.inputs) {
      const auto& wanted = net.tensors[tensor];
      const auto given = std::ranges::find(inputs, wanted.name, &NamedDatum::name);
      if (given == inputs.end())
        return failure(Errc::usage,
                       fmt::format("input '{}' ({}) is missing", wanted.name, print(wanted.type)));
      const auto& array = given->datum.array;
      if (array.shape != wanted.type.shape || is_floating(array.dtype) != is_floating(wanted.type.dtype))
        return failure(Errc::usage, fmt::format("input '{}' is {} of {}, but {} of {} was given", wanted.name,
                                                to_string(wanted.type.shape), to_string(wanted.type.dtype),
                                                to_string(array.shape), to_string(array.dtype)));
      auto value = array;
      value.dtype = wanted.type.dtype;
      round_values(value);
      values_[tensor] = std::move(value);
    }
    return {};
  }

  Result<void> run(Step& step) {
    if (auto* const planned = std::get_if<Planned>(&step)) return run_plan(*planned);
    return run_node(std::get<Interpreted>(step));
  }

  void release(const Step& step) {
    for (const auto tensor : read_by(step))
      if (--readers_[tensor] == 0) values_[tensor].reset();
  }

  Result<std::vector<NamedDatum>> outputs() {
    std::vector<NamedDatum> made;
    for (const auto& [name, tensor] : executor_.outputs_) {
      if (tensor) {
        const auto value = value_of(*tensor);
        if (!value) return tl::unexpected{value.error()};
        made.push_back({name, **value});
        continue;
      }
      const auto constant = executor_.interpreter_->constant(name);
      if (!constant) return tl::unexpected{constant.error()};
      made.push_back({name, **constant});
    }
    return made;
  }

 private:
  static std::vector<TensorId> read_by(const Step& step) {
    if (const auto* const planned = std::get_if<Planned>(&step)) return planned->part.inputs;
    std::vector<TensorId> tensors;
    const auto& node = std::get<Interpreted>(step);
    for (const auto& input : node.inputs)
      if (input) tensors.push_back(*input);
    for (const auto& [name, tensor] : node.captured) tensors.push_back(tensor);
    return tensors;
  }

  /// bad_input where a node has not made what it should have.
  [[nodiscard]] Result<const Datum*> value_of(TensorId tensor) const {
    if (const auto& value = values_[tensor]) return &*value;
    return bad_input(fmt::format("nothing has made tensor '{}'", executor_.net_.tensors[tensor].name));
  }

  Result<void> run_plan(Planned& planned) {
    const auto& part = planned.part;
    for (std::size_t i = 0; i < part.inputs.size(); ++i) {
      const auto& type = part.net.tensors[part.net.inputs[i]].type;
      const auto value = value_of(part.inputs[i]);
      if (!value) return tl::unexpected{value.error()};
      const auto& array = (*value)->array;
      if (array.shape != type.shape)
        return bad_input(fmt::format("tensor '{}' came out as {}, where {} was inferred",
                                     part.net.tensors[part.net.inputs[i]].name, to_string(array.shape),
                                     to_string(type.shape)));
      planned.plan->write_input(i, floats_of(array));
    }
    planned.plan->run();
    for (std::size_t i = 0; i < part.outputs.size(); ++i) {
      const auto& type = part.net.tensors[part.net.outputs[i]].type;
      values_[part.outputs[i]] = array_of(type, planned.plan->read_output(i));
    }
    return planned.plan->health();
  }

  Result<void> run_node(const Interpreted& step) {
    auto& interpreter = *executor_.interpreter_;
    std::vector<const Datum*> inputs;
    for (std::size_t i = 0; i < step.inputs.size(); ++i) {
      if (step.node->inputs[i].empty()) {
        inputs.push_back(nullptr);
      } else if (step.inputs[i]) {
        const auto value = value_of(*step.inputs[i]);
        if (!value) return tl::unexpected{value.error()};
        inputs.push_back(*value);
      } else {
        const auto constant = interpreter.constant(step.node->inputs[i]);
        if (!constant) return tl::unexpected{constant.error()};
        inputs.push_back(*constant);
      }
    }
    Values scope;
    for (const auto& [name, tensor] : step.captured) {
      const auto value = value_of(tensor);
      if (!value) return tl::unexpected{value.error()};
      scope.set(name, **value);
    }
    auto outputs = interpreter.run(*step.node, inputs, scope);
    if (!outputs) return tl::unexpected{std::move(outputs.error())};
    keep(step, std::move(*outputs));
    return {};
  }

  /// A layer's outputs are those of the node that somebody reads.
  void keep(const Interpreted& step, std::vector<Datum> made) {
    const auto& net = executor_.net_;
    std::size_t next = 0;
    const auto& outputs = net.layers[step.layer].outputs;
    for (std::size_t i = 0; i < step.node->outputs.size() && next < outputs.size(); ++i) {
      if (step.node->outputs[i] != step.outputs[next]) continue;
      if (i < made.size()) values_[outputs[next]] = std::move(made[i]);
      ++next;
    }
  }

  Executor& executor_;
  std::vector<std::optional<Datum>> values_;  // by tensor
  std::vector<std::size_t> readers_;          // that are still to come
};

std::vector<std::string> Executor::output_names() const {
  std::vector<std::string> names;
  for (const auto& [name, tensor] : outputs_) names.push_back(name);
  return names;
}

Bytes Executor::weight_bytes() const {
  double sum = 0.0;
  for (const auto& step : steps_)
    if (const auto* const planned = std::get_if<Planned>(&step)) sum += planned->plan->weight_bytes().value();
  return Bytes{sum};
}

Bytes Executor::activation_bytes() const {
  double sum = 0.0;
  for (const auto& step : steps_)
    if (const auto* const planned = std::get_if<Planned>(&step))
      sum += planned->plan->activation_bytes().value();
  return Bytes{sum};
}

Result<std::vector<NamedDatum>> Executor::run(const std::vector<NamedDatum>& inputs) {
  Inference inference{*this};
  if (auto taken = inference.take(inputs); !taken) return tl::unexpected{std::move(taken.error())};
  for (auto& step : steps_) {
    if (auto done = inference.run(step); !done) return tl::unexpected{std::move(done.error())};
    inference.release(step);
  }
  return inference.outputs();
}

}  // namespace ns
