#include "profiler/bench.hpp"

#include "core/statistics.hpp"

#include <algorithm>

namespace ns {
namespace {

/// What a backend cannot do is skipped; what it tried and could not is failed.
template <class Row>
Row with(Row row, const Error& error) {
  row.status = error.code == Errc::unsupported ? RowStatus::skipped : RowStatus::failed;
  row.reason = error.message;
  return row;
}

}  // namespace

Bench::Bench(Backend& backend, Backend* reference, std::uint64_t seed, MeasurePolicy policy, Clock clock)
    : backend_{&backend}, seed_{seed}, policy_{policy}, clock_{std::move(clock)} {
  if (reference) verifier_.emplace(backend, *reference, seed);
}

LayerRow Bench::layer(const LayerConfig& layer, const std::string& origin) {
  LayerRow row{.layer = print(layer), .origin = origin};
  if (const auto supported = backend_->supports(layer); !supported) {
    row.status = RowStatus::skipped;
    row.reason = supported.error().message;
    return row;
  }
  if (verifier_) {
    const auto verdict = verifier_->check(layer);
    if (!verdict) return with(std::move(row), verdict.error());
    if (*verdict) {
      row.status = RowStatus::wrong;
      row.reason = **verdict;
      return row;
    }
  }
  const auto net = net_of(layer);
  if (!net) return with(std::move(row), net.error());
  const std::vector<Group> groups{whole_group(*net, layer)};
  const auto plan = backend_->prepare(*net, groups, RandomWeights{seed_}, true);
  if (!plan) return with(std::move(row), plan.error());
  write_random_inputs(**plan, *net, seed_);
  row.timing = measure(**plan, Caches::cold, policy_, clock_);
  row.implementation = (*plan)->implementation(0);
  if (const auto health = (*plan)->health(); !health) return with(std::move(row), health.error());
  return row;
}

NetRow Bench::net(const Net& net) {
  NetRow row{.net = net.name, .hash = hash(net)};
  const auto plan = plan_of(net);
  if (!plan) return with(std::move(row), plan.error());
  row.cold = measure(**plan, Caches::cold, policy_, clock_);
  row.warm = measure(**plan, Caches::warm, policy_, clock_);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    GroupTime group{.config = print(groups_[i].config), .implementation = (*plan)->implementation(i)};
    for (const auto id : groups_[i].layers)
      for (const auto& source : net.layers[id].sources) group.layers.push_back(source);
    row.groups.push_back(std::move(group));
  }
  time_groups(**plan, row);
  if (const auto health = (*plan)->health(); !health) return with(std::move(row), health.error());
  return row;
}

void Bench::time_groups(Plan& plan, NetRow& row) const {
  std::vector<Seconds> times(row.groups.size());
  std::vector<std::vector<double>> samples(times.size());
  const auto begin = clock_.now();
  for (std::size_t run = 0; run < policy_.enough; ++run) {
    if (run >= policy_.fewest && clock_.now() - begin >= policy_.limit) break;
    plan.evict_weights();
    plan.time_groups(times);
    for (std::size_t i = 0; i < times.size(); ++i) samples[i].push_back(times[i].count());
  }
  for (std::size_t i = 0; i < times.size(); ++i) row.groups[i].time = Seconds{median(samples[i])};
}

BoundaryRow Bench::boundary(const TensorType& type, Direction direction) {
  BoundaryRow row{.direction = direction == Direction::export_ ? "export" : "import",
                  .tensor = print(type),
                  .size = type.bytes()};
  const auto copy = backend_->prepare_boundary(type, direction);
  if (!copy) return with(std::move(row), copy.error());
  row.timing = measure(**copy, Caches::warm, policy_, clock_);
  if (const auto health = (*copy)->health(); !health) return with(std::move(row), health.error());
  return row;
}

LaunchRow Bench::launch(LaunchClock clock) {
  LaunchRow row{.clock = clock == LaunchClock::device ? "device" : "host"};
  const auto launch = backend_->prepare_launch(clock);
  if (!launch) return with(std::move(row), launch.error());
  row.timing = measure(**launch, Caches::warm, policy_, clock_);
  if (const auto health = (*launch)->health(); !health) return with(std::move(row), health.error());
  return row;
}

IdleRow Bench::idle(const Net& net, Seconds pause) {
  IdleRow row{.net = net.name, .pause = pause};
  const auto plan = plan_of(net);
  if (!plan) return with(std::move(row), plan.error());
  // Pauses count towards the limit: without more of it no sample would be left after the first.
  auto policy = policy_;
  policy.limit = std::max(policy.limit, 3.0 * pause);
  row.timing = measure(**plan, Caches::cold, policy, clock_, pause);
  if (const auto health = (*plan)->health(); !health) return with(std::move(row), health.error());
  return row;
}

Result<Plan*> Bench::plan_of(const Net& net) {
  const auto wanted = hash(net);
  if (plan_ && planned_ == wanted) return plan_.get();
  plan_.reset();
  groups_ = group(net, backend_->rules());
  auto plan = backend_->prepare(net, groups_, RandomWeights{seed_}, false);
  if (!plan) return tl::unexpected{std::move(plan.error())};
  plan_ = std::move(*plan);
  planned_ = wanted;
  write_random_inputs(*plan_, net, seed_);
  return plan_.get();
}

}  // namespace ns
