#include "kernels/onednn/plan.hpp"

#include "kernels/arena.hpp"
#include "kernels/cpu_clock.hpp"
#include "kernels/evict.hpp"
#include "kernels/memory_limit.hpp"
#include "kernels/onednn/layers.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <fmt/format.h>
#include <new>

namespace ns::onednn {

Result<std::unique_ptr<Plan>> OnednnPlan::prepare(std::shared_ptr<const Device> device, const Net& net,
                                                  std::span<const Group> groups, const Weights& weights,
                                                  bool isolated) try {
  if (auto fits = check_memory(net, Bytes{4.0}); !fits)
    return failure_within(std::move(fits), "net " + net.name);
  device->use_threads();
  Builder builder{*device, net, groups, weights, isolated};
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const std::string place = "layer " + net.layers[groups[group].layers.front()].name;
    if (auto supported = supports(groups[group].config); !supported)
      return failure_within(std::move(supported), place);
    builder.begin(group);
    if (auto built = build_group(builder); !built) return failure_within(std::move(built), place);
  }
  std::unique_ptr<OnednnPlan> plan{
      new OnednnPlan{std::move(device), builder.finish(), groups.size(), isolated}};
  if (auto ran = plan->try_once(net, groups); !ran) return tl::unexpected{std::move(ran.error())};
  return plan;
} catch (const dnnl::error& error) {
  return failure(Errc::unsupported, fmt::format("net {}: oneDNN refused: {}", net.name, error.what()));
} catch (const std::bad_alloc&) {
  return failure(Errc::unsupported, fmt::format("net {}: there is not enough memory for its plan", net.name));
}

namespace {

constexpr std::size_t line_bytes = 64;  // of a cache, and the widest vector

/// Of the activations; the others have memory of their own.
std::vector<Lifetime> lifetimes_of(std::span<const Buffer> buffers) {
  std::vector<Lifetime> lifetimes;
  for (const Buffer& buffer : buffers)
    lifetimes.push_back({buffer.storage == Storage::activation ? buffer.bytes : 0, buffer.first_step,
                         buffer.last_step, buffer.persistent});
  return lifetimes;
}

/// Reads and writes a byte of each line, as if it had just been written.
void touch(std::byte* memory, std::size_t bytes) {
  for (std::size_t place = 0; place < bytes; place += line_bytes) {
    auto* const byte = reinterpret_cast<volatile unsigned char*>(memory + place);
    *byte = *byte;
  }
}

}  // namespace

OnednnPlan::OnednnPlan(std::shared_ptr<const Device> device, Builder::Product product, std::size_t groups,
                       bool isolated)
    : device_{std::move(device)},
      buffers_{std::move(product.buffers)},
      weights_{std::move(product.weights)},
      scratch_{product.scratch_bytes},
      group_ends_(groups, 0),
      implementations_(groups),
      isolated_{isolated},
      outputs_{std::move(product.outputs)},
      output_shapes_{std::move(product.output_shapes)} {
  Arena arena = arrange(lifetimes_of(buffers_), line_bytes);
  activations_ = Memory{arena.bytes};
  offsets_ = std::move(arena.offsets);
  for (Step& step : product.steps) {
    std::string& names = implementations_[step.group];
    names += names.empty() ? step.implementation : "+" + step.implementation;
    bind(step);
    group_ends_[step.group] = steps_.size();
  }
  for (std::size_t group = 1; group < groups; ++group)
    group_ends_[group] = std::max(group_ends_[group], group_ends_[group - 1]);  // groups without steps
  for (std::size_t i = 0; i < product.inputs.size(); ++i) {
    const bool overwritten = buffers_[product.inputs[i].buffer].overwritten;
    Memory values{overwritten ? product.inputs[i].desc.get_size() : 0};
    inputs_.push_back({std::move(product.input_shapes[i]), product.inputs[i], std::move(values)});
  }
}

std::byte* OnednnPlan::address(const View& view) const {
  switch (buffers_[view.buffer].storage) {
    case Storage::weight:
      return buffers_[view.buffer].memory;
    case Storage::scratch:
      return scratch_.data();
    case Storage::activation:
      return activations_.data() + offsets_[view.buffer];
  }
  return nullptr;
}

void OnednnPlan::bind(Step& step) {
  Bound bound;
  bound.loop = std::move(step.loop);
  for (const View& operand : step.operands)
    bound.operands.push_back(reinterpret_cast<float*>(address(operand)));
  if (!bound.loop) {
    bound.primitive = std::move(step.primitive);
    for (const Argument& argument : step.arguments) {
      bound.memories.emplace_back(argument.view.desc, device_->engine, address(argument.view));
      bound.arguments.push_back({argument.index, bound.memories.back().get()});
    }
  }
  steps_.push_back(std::move(bound));
}

dnnl_status_t OnednnPlan::execute(const Bound& step) const {
  if (step.loop) {
    step.loop(step.operands.data());
    return dnnl_success;
  }
  // The C function, because the C++ one builds a map of the arguments at every call.
  return dnnl_primitive_execute(step.primitive.get(), device_->stream.get(),
                                static_cast<int>(step.arguments.size()), step.arguments.data());
}

/// oneDNN refuses some primitives at run time only; what ran once will run again.
Result<void> OnednnPlan::try_once(const Net& net, std::span<const Group> groups) {
  restore_inputs();
  std::size_t step = 0;
  for (std::size_t group = 0; group < group_ends_.size(); ++group) {
    for (; step < group_ends_[group]; ++step) {
      if (execute(steps_[step]) == dnnl_success) continue;
      return failure(Errc::unsupported, fmt::format("layer {}: oneDNN's {} does not run {}",
                                                    net.layers[groups[group].layers.front()].name,
                                                    implementations_[group], print(groups[group].config)));
    }
  }
  return {};
}

void OnednnPlan::execute_all() const {
  for (const Bound& step : steps_) execute(step);
}

void OnednnPlan::restore_inputs() {
  for (const Input& input : inputs_) {
    const auto kept = input.values.bytes();
    std::copy(kept.begin(), kept.end(), address(input.view));
  }
}

/// Before a timed run. In a net, the layer before has just written a layer's inputs, and its output takes
/// memory that was used a moment ago: a layer alone finds its memory in the caches likewise, its inputs last.
/// A whole net's input was just written too.
void OnednnPlan::warm_up() {
  restore_inputs();
  if (isolated_) {
    touch(scratch_.data(), scratch_.bytes().size());
    touch(activations_.data(), activations_.bytes().size());
  }
  for (const Input& input : inputs_) touch(address(input.view), input.view.desc.get_size());
}

void OnednnPlan::write_input(std::size_t index, std::span<const float> values) {
  Input& input = inputs_[index];
  assert(static_cast<std::int64_t>(values.size()) == input.shape.elements());
  // oneDNN takes no pointer to const, but a reorder does not write its source.
  dnnl::memory source{dense(input.shape), device_->engine, const_cast<float*>(values.data())};
  dnnl::memory target{input.view.desc, device_->engine, address(input.view)};
  dnnl::stream stream = device_->stream;
  dnnl::reorder{source, target}.execute(stream, source, target);
  stream.wait();
  std::copy_n(address(input.view), input.values.bytes().size(), input.values.data());
}

void OnednnPlan::run() {
  device_->use_threads();
  restore_inputs();
  execute_all();
}

std::vector<float> OnednnPlan::read_output(std::size_t index) const {
  std::vector<float> values(static_cast<std::size_t>(output_shapes_[index].elements()));
  dnnl::memory source{outputs_[index].desc, device_->engine, address(outputs_[index])};
  dnnl::memory target{dense(output_shapes_[index]), device_->engine, values.data()};
  dnnl::stream stream = device_->stream;
  dnnl::reorder{source, target}.execute(stream, source, target);
  stream.wait();
  return values;
}

void OnednnPlan::evict_weights() {
  for (const auto& part : weights_.used()) evict(part);
}

Sample OnednnPlan::time() {
  device_->use_threads();
  warm_up();
  return time_on_cpu([this] { execute_all(); }, device_->threads);
}

Sample OnednnPlan::time_groups(std::span<Seconds> times) {
  assert(times.size() == group_ends_.size());
  device_->use_threads();
  warm_up();
  return time_on_cpu(
      [&] {
        std::size_t step = 0;
        auto before = std::chrono::steady_clock::now();
        for (std::size_t group = 0; group < times.size(); ++group) {
          for (; step < group_ends_[group]; ++step) execute(steps_[step]);
          const auto after = std::chrono::steady_clock::now();
          times[group] = after - before;
          before = after;
        }
      },
      device_->threads);
}

std::string OnednnPlan::implementation(std::size_t index) const { return implementations_[index]; }

Bytes OnednnPlan::weight_bytes() const { return Bytes{static_cast<double>(weights_.bytes())}; }

Bytes OnednnPlan::activation_bytes() const { return Bytes{static_cast<double>(activations_.bytes().size())}; }

}  // namespace ns::onednn
