#include "kernels/fake/plan.hpp"

#include "kernels/fake/timeline.hpp"
#include "kernels/reference/layers.hpp"

#include <cassert>
#include <fmt/format.h>

namespace ns::fake {

Result<void> supports(const Script& script, const LayerConfig& layer) {
  if (type_of(layer.params) == script.absent)
    return failure(Errc::unsupported, fmt::format("this fake device was told to have no {}", script.absent));
  return reference::supports(layer);
}

Result<std::unique_ptr<Plan>> FakePlan::prepare(const Script& script, const Net& net,
                                                std::span<const Group> groups, const Weights& weights) {
  auto plan = std::make_unique<FakePlan>();
  plan->script_ = script;
  for (const Group& group : groups) {
    const std::string place = "layer " + net.layers[group.layers.front()].name;
    if (auto supported = supports(script, group.config); !supported)
      return failure_within(std::move(supported), place);
    auto priced = cost(group.config);
    if (!priced) return failure_within(std::move(priced), place);
    plan->costs_.push_back(std::move(*priced));
    plan->wrong_ = plan->wrong_ || type_of(group.config.params) == script.wrong;
  }
  auto inner = reference::ReferencePlan::prepare(net, groups, weights);
  if (!inner) return tl::unexpected{std::move(inner.error())};
  plan->plan_ = std::move(*inner);
  plan->times_.resize(plan->costs_.size());
  return plan;
}

void FakePlan::run() {
  pass(times_);
  computed_ = false;
}

std::vector<float> FakePlan::read_output(std::size_t index) const {
  if (!computed_) plan_->run();
  computed_ = true;
  auto values = plan_->read_output(index);
  if (wrong_)
    for (float& value : values) value += 1.0F;
  return values;
}

Sample FakePlan::time() { return pass(times_); }

Sample FakePlan::time_groups(std::span<Seconds> times) { return pass(times); }

Sample FakePlan::pass(std::span<Seconds> times) {
  assert(times.size() == costs_.size());
  Seconds total = script_.overhead;
  Joules energy;
  for (std::size_t group = 0; group < costs_.size(); ++group) {
    times[group] = script_.time_of(costs_[group], cold_);
    total += times[group];
    energy += script_.energy_above_idle(costs_[group], cold_);
  }
  cold_ = false;
  const auto sample = script_.sample(total, samples_++);
  const auto above = total > Seconds{0} ? Watts{energy.value() / total.count()} : Watts{};
  timeline().pass(sample.time, script_.idle + above);
  return sample;
}

}  // namespace ns::fake
