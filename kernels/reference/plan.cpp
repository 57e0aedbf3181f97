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

constexpr Bytes value_size{static_cast<double>(sizeof(double))};

Result<std::vector<Array>> read_weights(const Net& net, LayerId layer, const Weights& source) {
  const auto inputs = net.input_types(layer);
  std::vector<Array> arrays;
  for (const Weight& weight : weights(net.layers[layer].params, inputs)) {
    std::vector<float> values(static_cast<std::size_t>(weight.shape.elements()));
    if (auto read = source.read(net, layer, arrays.size(), 0, values); !read)
      return failure_within(std::move(read), "layer " + net.layers[layer].name);
    arrays.push_back({type_of(weight, inputs).dtype, weight.shape, {values.begin(), values.end()}});
    round_values(arrays.back());
  }
  return arrays;
}

Bytes size_of(const std::vector<Array>& arrays) {
  Bytes sum{};
  for (const Array& array : arrays) sum += static_cast<double>(array.values.size()) * value_size;
  return sum;
}

}  // namespace

Result<std::unique_ptr<ReferencePlan>> ReferencePlan::prepare(const Net& net, std::span<const Group> groups,
                                                              const Weights& weights) {
  if (auto fits = check_memory(net, value_size); !fits)
    return failure_within(std::move(fits), "net " + net.name);
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
  for (const Tensor& tensor : net.tensors)
    plan->tensors_.push_back(zeros(tensor.type.dtype, tensor.type.shape));
  return plan;
}

void ReferencePlan::write_input(std::size_t index, std::span<const float> values) {
  Array& target = tensors_[net_.inputs[index]];
  assert(values.size() == target.values.size());
  std::ranges::copy(values, target.values.begin());
  round_values(target);
}

void ReferencePlan::run_layer(LayerId layer) {
  const Layer& described = net_.layers[layer];
  std::vector<const Array*> inputs;
  std::vector<Array*> outputs;
  for (const TensorId tensor : described.inputs) inputs.push_back(&tensors_[tensor]);
  for (const TensorId tensor : described.outputs) outputs.push_back(&tensors_[tensor]);
  reference::run(described.params, {inputs, weights_[layer], outputs});
}

void ReferencePlan::run() {
  for (const auto& group : groups_)
    for (const LayerId layer : group) run_layer(layer);
}

std::vector<float> ReferencePlan::read_output(std::size_t index) const {
  const auto& values = tensors_[net_.outputs[index]].values;
  std::vector<float> narrowed(values.size());
  std::ranges::transform(values, narrowed.begin(), [](double value) { return static_cast<float>(value); });
  return narrowed;
}

void ReferencePlan::evict_weights() {
  for (const auto& layer : weights_)
    for (const Array& weight : layer) evict(std::as_bytes(std::span{weight.values}));
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
  Bytes sum{};
  for (const auto& layer : weights_) sum += size_of(layer);
  return sum;
}

Bytes ReferencePlan::activation_bytes() const { return size_of(tensors_); }

}  // namespace ns::reference
