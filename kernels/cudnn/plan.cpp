#include "kernels/cudnn/plan.hpp"

#include "kernels/arena.hpp"
#include "kernels/cudnn/layers.hpp"
#include "kernels/memory_limit.hpp"

#include <algorithm>
#include <cassert>

namespace ns::cudnn {
namespace {

constexpr std::size_t alignment = 256;  // that of cuMemAlloc, which all libraries' kernels take

std::vector<Lifetime> lifetimes_of(std::span<const Buffer> buffers) {
  std::vector<Lifetime> lifetimes;
  for (const Buffer& buffer : buffers)
    lifetimes.push_back({buffer.storage == Storage::activation ? buffer.bytes : 0, buffer.first_step,
                         buffer.last_step, buffer.persistent});
  return lifetimes;
}

}  // namespace

Result<std::unique_ptr<Plan>> CudnnPlan::prepare(std::shared_ptr<const Device> device, const Net& net,
                                                 std::span<const Group> groups, const Weights& weights,
                                                 bool isolated) {
  if (auto fits = check_memory(net, Bytes{sizeof(float)}); !fits)
    return failure_within(std::move(fits), "net " + net.name);
  if (auto used = device->use(); !used) return tl::unexpected{std::move(used.error())};
  std::unique_ptr<CudnnPlan> plan{new CudnnPlan{std::move(device)}};
  plan->isolated_ = isolated;
  Builder builder{*plan->device_, net, groups, weights, isolated};
  for (std::size_t group = 0; group < groups.size(); ++group) {
    const std::string place = "layer " + net.layers[groups[group].layers.front()].name;
    if (auto supported = supports(groups[group].config, plan->device_->facts()); !supported)
      return failure_within(std::move(supported), place);
    builder.begin(group, is_wide(groups[group].config, element_of_math(plan->device_->selection().math)));
    if (auto built = build_group(builder); !built) return failure_within(std::move(built), place);
    builder.end();
  }
  if (auto finished = plan->finish(builder.finish(), net, groups); !finished)
    return failure_within(std::move(finished), "net " + net.name);
  return plan;
}

CudnnPlan::~CudnnPlan() { static_cast<void>(device_->use()); }

Result<void> CudnnPlan::finish(Builder::Product product, const Net& net, std::span<const Group> groups) {
  group_ends_.assign(groups.size(), 0);
  implementations_.resize(groups.size());
  if (auto allocated = allocate(product); !allocated) return allocated;
  buffers_ = std::move(product.buffers);
  weights_ = std::move(product.weights);
  for (Step& step : product.steps) {
    std::string& names = implementations_[step.group];
    names += names.empty() ? step.implementation : "+" + step.implementation;
    Bound bound{{}, std::move(step.enqueue)};
    for (const BufferId operand : step.operands) bound.operands.push_back(address(operand));
    steps_.push_back(std::move(bound));
    group_ends_[step.group] = steps_.size();
  }
  for (std::size_t group = 1; group < groups.size(); ++group)
    group_ends_[group] = std::max(group_ends_[group], group_ends_[group - 1]);  // groups without steps
  const auto place = [&](BufferId buffer, TensorId tensor) {
    return Place{address(buffer), {buffers_[buffer].form, net.tensors[tensor].type.shape}};
  };
  for (std::size_t i = 0; i < net.inputs.size(); ++i)
    inputs_.push_back(place(product.inputs[i], net.inputs[i]));
  for (std::size_t i = 0; i < net.outputs.size(); ++i)
    outputs_.push_back(place(product.outputs[i], net.outputs[i]));
  if (auto tried = try_once(net, groups); !tried) return tried;
  return capture();
}

Result<void> CudnnPlan::allocate(const Builder::Product& product) {
  Arena arena = arrange(lifetimes_of(product.buffers), alignment);
  offsets_ = std::move(arena.offsets);
  auto activations = DeviceMemory::allocate(arena.bytes);
  if (!activations) return tl::unexpected{std::move(activations.error())};
  activations_ = std::move(*activations);
  auto scratch = DeviceMemory::allocate(product.scratch_bytes);
  if (!scratch) return tl::unexpected{std::move(scratch.error())};
  scratch_ = std::move(*scratch);
  if (arena.bytes == 0) return {};
  // A plan that is timed before its inputs were written must not compute with what stood there before.
  return check(cuMemsetD8Async(activations_.address(), 0, activations_.bytes(), device_->stream().get()),
               "cuMemsetD8Async");
}

void* CudnnPlan::address(BufferId buffer) const {
  switch (buffers_[buffer].storage) {
    case Storage::weight:
      return buffers_[buffer].memory;
    case Storage::scratch:
      return scratch_.data();
    case Storage::activation:
      return static_cast<std::byte*>(activations_.data()) + offsets_[buffer];
  }
  return nullptr;
}

Result<void> CudnnPlan::enqueue_group(std::size_t group) const {
  for (std::size_t step = group == 0 ? 0 : group_ends_[group - 1]; step < group_ends_[group]; ++step)
    if (auto enqueued = steps_[step].enqueue(steps_[step].operands); !enqueued) return enqueued;
  return {};
}

/// Finds what is refused, and has the libraries load their kernels, which they cannot while they are
/// captured.
Result<void> CudnnPlan::try_once(const Net& net, std::span<const Group> groups) const {
  for (std::size_t group = 0; group < groups.size(); ++group) {
    auto done = enqueue_group(group);
    if (done) done = device_->stream().synchronise();
    if (!done)
      return failure_within(std::move(done), "layer " + net.layers[groups[group].layers.front()].name);
  }
  return {};
}

Result<void> CudnnPlan::capture() {
  auto stopwatch = Stopwatch::create();
  if (!stopwatch) return tl::unexpected{std::move(stopwatch.error())};
  stopwatch_ = std::move(*stopwatch);
  auto graph = Graph::capture(device_->stream(), [&]() -> Result<void> {
    for (std::size_t group = 0; group < group_ends_.size(); ++group)
      if (auto enqueued = enqueue_group(group); !enqueued) return enqueued;
    return {};
  });
  if (!graph) return tl::unexpected{std::move(graph.error())};
  graph_ = std::move(*graph);
  return device_->stream().synchronise();
}

Result<void> CudnnPlan::capture_groups() {
  std::vector<Event> marks;
  for (std::size_t i = 0; i <= group_ends_.size(); ++i) {
    auto mark = Event::create();
    if (!mark) return tl::unexpected{std::move(mark.error())};
    marks.push_back(std::move(*mark));
  }
  auto graph = Graph::capture(device_->stream(), [&]() -> Result<void> {
    auto done = marks.front().record_in_graph(device_->stream());
    for (std::size_t group = 0; done && group < group_ends_.size(); ++group) {
      done = enqueue_group(group);
      if (done) done = marks[group + 1].record_in_graph(device_->stream());
    }
    return done;
  });
  if (!graph) return tl::unexpected{std::move(graph.error())};
  marked_graph_ = std::move(*graph);
  marks_ = std::move(marks);
  return device_->stream().synchronise();
}

void CudnnPlan::note(Result<void> done) const {
  if (health_) health_ = std::move(done);
}

void CudnnPlan::write_input(std::size_t index, std::span<const float> values) {
  if (!health_) return;
  assert(static_cast<std::int64_t>(values.size()) == inputs_[index].kept.shape.elements());
  note(device_->use());
  if (health_) note(send(inputs_[index].memory, values, inputs_[index].kept, *device_));
}

void CudnnPlan::run() {
  if (!health_) return;
  note(device_->use());
  if (health_) note(graph_.launch(device_->stream()));
  if (health_) note(device_->stream().synchronise());
}

std::vector<float> CudnnPlan::read_output(std::size_t index) const {
  std::vector<float> values(static_cast<std::size_t>(outputs_[index].kept.shape.elements()));
  if (health_) note(device_->use());
  if (health_) note(fetch(values, outputs_[index].memory, outputs_[index].kept, *device_));
  return values;
}

Result<void> CudnnPlan::touch(void* memory, std::size_t bytes) const {
  constexpr std::size_t sector_bytes = 32;
  const auto sectors = static_cast<unsigned>(bytes / sector_bytes);
  if (sectors == 0) return {};
  return device_->kernels().launch(device_->stream(), Kernel::touch, Element::float32, grid_for_each(sectors),
                                   sectors, memory);
}

void CudnnPlan::evict_weights() {
  if (!health_) return;
  note(device_->use());
  if (health_) note(device_->flush());
  if (isolated_) {
    // In a net, the layer before has just written a layer's inputs, and its output takes memory that was used
    // a moment ago.
    if (health_) note(touch(scratch_.data(), scratch_.bytes()));
    if (health_) note(touch(activations_.data(), activations_.bytes()));
  }
  for (const Place& input : inputs_)
    if (health_) note(touch(input.memory, input.kept.bytes()));
}

Sample CudnnPlan::time() {
  if (health_) note(device_->use());
  if (!health_) return {{}, true};
  const Stream& stream = device_->stream();
  const auto sample = stopwatch_.time(stream, [&] { return graph_.launch(stream); });
  if (sample) return {sample->time, sample->disturbed || device_->is_throttled()};
  note(tl::unexpected{sample.error()});
  return {{}, true};
}

Sample CudnnPlan::time_groups(std::span<Seconds> times) {
  assert(times.size() == group_ends_.size());
  std::ranges::fill(times, Seconds{});
  if (health_) note(device_->use());
  if (health_ && marks_.empty()) note(capture_groups());
  if (!health_) return {{}, true};
  const Stream& stream = device_->stream();
  const auto held = run_behind_gate(stream, [&] { return marked_graph_.launch(stream); });
  if (!held) note(tl::unexpected{held.error()});
  const auto between = [&](std::size_t from, std::size_t to) {
    const auto time = health_ ? time_between(marks_[from], marks_[to]) : Result<Seconds>{};
    if (!time) note(tl::unexpected{time.error()});
    return time.value_or(Seconds{});
  };
  const Seconds whole = between(0, times.size());
  for (std::size_t group = 0; group < times.size(); ++group) times[group] = between(group, group + 1);
  return health_ ? Sample{whole, !*held || device_->is_throttled()} : Sample{{}, true};
}

std::string CudnnPlan::implementation(std::size_t index) const { return implementations_[index]; }

Bytes CudnnPlan::weight_bytes() const { return Bytes{static_cast<double>(weights_.bytes())}; }

Bytes CudnnPlan::activation_bytes() const { return Bytes{static_cast<double>(activations_.bytes())}; }

}  // namespace ns::cudnn
