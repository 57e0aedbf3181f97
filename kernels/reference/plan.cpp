#include "kernels/reference/plan.hpp"

#include "kernels/cpu_clock.hpp"
#include "kernels/evict.hpp"
#include "kernels/memory_limit.hpp"
#include "kernels/reference/layers.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>

namespace ns::reference {
namespace {

Dense zeros(const Shape& shape) {
  return {shape, std::vector<float>(static_cast<std::size_t>(shape.elements()), 0.0F)};
}

Result<std::vector<Dense>> read_weights(const Net& net, LayerId layer, const Weights& source) {
  std::vector<Dense> values;
  for (const Weight& weight : weights(net.layers[layer].params, net.input_types(layer))) {
    values.push_back(zeros(weight.shape));
    if (auto read = source.read(net, layer, values.size() - 1, 0, values.back().values); !read)
      return failure_within(std::move(read), "layer " + net.layers[layer].name);
  }
  return values;
}

}  // namespace

Result<std::unique_ptr<ReferencePlan>> ReferencePlan::prepare(const Net& net, std::span<const Group> groups,
                                                              const Weights& weights) {
  if (auto fits = check_memory(net); !fits) return failure_within(std::move(fits), "net " + net.name);
  auto plan = std::make_unique<ReferencePlan>();
  plan->net_ = net;
  plan->weights_.resize(net.layers.size());
  for (const Group& group : groups) {
    if (auto supported = supports(group.config); !supported)
      return failure_within(std::move(supported), "layer " + net.layers[group.layers.front()].name);
    for (const LayerId layer : group.layers) {
      auto values = read_weights(net, layer, weights);
      if (!values) return tl::unexpected{std::move(values.error())};
      plan->weights_[layer] = std::move(*values);
    }
    plan->groups_.push_back(group.layers);
  }
  for (const Tensor& tensor : net.tensors) plan->tensors_.push_back(zeros(tensor.type.shape));
  return plan;
}

void ReferencePlan::write_input(std::size_t index, std::span<const float> values) {
  auto& target = tensors_[net_.inputs[index]].values;
  assert(values.size() == target.size());
  std::copy(values.begin(), values.end(), target.begin());
}

void ReferencePlan::run_layer(LayerId layer) {
  const Layer& described = net_.layers[layer];
  std::vector<const Dense*> inputs;
  std::vector<Dense*> outputs;
  for (const TensorId tensor : described.inputs) inputs.push_back(&tensors_[tensor]);
  for (const TensorId tensor : described.outputs) outputs.push_back(&tensors_[tensor]);
  reference::run(described.params, {inputs, weights_[layer], outputs});
}

void ReferencePlan::run() {
  for (const auto& group : groups_)
    for (const LayerId layer : group) run_layer(layer);
}

std::vector<float> ReferencePlan::read_output(std::size_t index) const {
  return tensors_[net_.outputs[index]].values;
}

void ReferencePlan::evict_weights() {
  for (const auto& layer : weights_)
    for (const Dense& weight : layer) evict(std::as_bytes(std::span{weight.values}));
}

Sample ReferencePlan::time() {
  return time_on_cpu([this] { run(); }, 1);
}

Sample ReferencePlan::time_groups(std::span<Seconds> times) {
  assert(times.size() == groups_.size());
  return time_on_cpu(
      [&] {
        auto before = std::chrono::steady_clock::now();
        for (std::size_t group = 0; group < groups_.size(); ++group) {
          for (const LayerId layer : groups_[group]) run_layer(layer);
          const auto after = std::chrono::steady_clock::now();
          times[group] = after - before;
          before = after;
        }
      },
      1);
}

std::string ReferencePlan::implementation(std::size_t) const { return "loops"; }

Bytes ReferencePlan::weight_bytes() const {
  std::size_t count = 0;
  for (const auto& layer : weights_)
    for (const Dense& weight : layer) count += weight.values.size();
  return Bytes{4.0 * static_cast<double>(count)};
}

Bytes ReferencePlan::activation_bytes() const {
  std::size_t count = 0;
  for (const Dense& tensor : tensors_) count += tensor.values.size();
  return Bytes{4.0 * static_cast<double>(count)};
}

}  // namespace ns::reference
