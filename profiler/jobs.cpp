// What is to be measured, and a guess of how long it takes.
#include "profiler/session.hpp"

#include <algorithm>
#include <unordered_set>

namespace ns {
namespace {

constexpr FlopsPerSecond guessed_compute{30e9};
constexpr BytesPerSecond guessed_memory{5e9};
constexpr BytesPerSecond guessed_packing{150e6};  // drawing, converting and packing random weights
constexpr FlopsPerSecond guessed_reference{2e9};
constexpr Seconds guessed_overhead{0.002};

constexpr std::array pauses_between_runs{Seconds{0.0}, Seconds{0.01}, Seconds{0.1}, Seconds{1.0}};

/// Of measuring something that takes `once`, warm-up included.
Seconds measuring_time(Seconds once, const MeasurePolicy& policy) {
  const auto enough = static_cast<double>(policy.enough + 2);
  return std::max(std::min(enough * once, policy.limit + once),
                  static_cast<double>(policy.fewest + 1) * once);
}

Seconds once(Flops work, Bytes traffic) { return work / guessed_compute + traffic / guessed_memory; }

}  // namespace

Job layer_job(const LayerConfig& layer, const std::string& origin, const MeasurePolicy& policy,
              bool verified) {
  Job job{key(LayerRow{.layer = print(layer)}), std::string{type_of(layer.params)}, guessed_overhead, {}};
  if (const auto whole = cost(layer)) {
    job.estimate += measuring_time(once(2.0 * Flops{whole->macs.value()},
                                        whole->input_bytes + whole->output_bytes + whole->weight_bytes),
                                   policy) +
                    whole->weight_bytes / guessed_packing;
    if (verified)
      job.estimate += 2.0 * Flops{std::min(whole->macs, largest_verified).value()} / guessed_reference;
  }
  job.measure = [layer, origin](Bench& bench) -> ProfileRow { return bench.layer(layer, origin); };
  return job;
}

std::vector<Job> net_jobs(std::shared_ptr<const Net> net, const FusionRules& rules,
                          const MeasurePolicy& policy, bool verified) {
  const auto whole = totals(*net);
  const auto packing = whole.parameter_bytes / guessed_packing;
  const auto measuring = measuring_time(once(whole.flops, whole.parameter_bytes), policy);
  std::vector<Job> jobs;
  jobs.push_back(Job{key(NetRow{.net = net->name, .hash = hash(*net)}), "net", packing + 3.0 * measuring,
                     [net](Bench& bench) -> ProfileRow { return bench.net(*net); }});
  for (const auto& part : group(*net, rules)) {
    if (is_free(part.config.params)) continue;
    jobs.push_back(layer_job(part.config, net->name, policy, verified));
  }
  return jobs;
}

std::vector<Job> idle_jobs(std::shared_ptr<const Net> net, const MeasurePolicy& policy) {
  const auto whole = totals(*net);
  const auto run = once(whole.flops, whole.parameter_bytes);
  std::vector<Job> jobs;
  for (const auto pause : pauses_between_runs)
    jobs.push_back(Job{key(IdleRow{.net = net->name, .pause = pause}), "idle",
                       measuring_time(run + pause, policy),
                       [net, pause](Bench& bench) -> ProfileRow { return bench.idle(*net, pause); }});
  return jobs;
}

std::vector<Job> boundary_jobs(const MeasurePolicy& policy) {
  // Powers of four from 1 kB to 16 MB, and what nets really ship: images, odd maps, vectors.
  const std::array tensors{Shape{1, 16, 4, 4},     Shape{1, 64, 4, 4},     Shape{1, 64, 8, 8},
                           Shape{1, 64, 16, 16},   Shape{1, 64, 32, 32},   Shape{1, 64, 64, 64},
                           Shape{1, 64, 128, 128}, Shape{1, 64, 256, 256}, Shape{1, 3, 224, 224},
                           Shape{1, 96, 55, 55},   Shape{1, 256, 13, 13},  Shape{1, 512, 7, 7},
                           Shape{1, 1000},         Shape{1, 4096},         Shape{28, 300}};
  std::vector<Job> jobs;
  for (const auto& shape : tensors) {
    const TensorType type{shape};
    for (const auto direction : {Direction::export_, Direction::import_}) {
      BoundaryRow row{.direction = direction == Direction::export_ ? "export" : "import",
                      .tensor = print(type)};
      jobs.push_back(
          Job{key(row), "boundary",
              guessed_overhead + measuring_time(2.0 * type.bytes() / guessed_memory, policy),
              [type, direction](Bench& bench) -> ProfileRow { return bench.boundary(type, direction); }});
    }
  }
  return jobs;
}

Job power_job(const LayerConfig& layer, const std::string& origin, std::shared_ptr<PowerPass> pass) {
  return Job{key(PowerRow{.layer = print(layer)}), std::string{type_of(layer.params)},
             row_time(pass->policy(), pass->meters()),
             [layer, origin, pass](Bench&) -> ProfileRow { return pass->layer(layer, origin); }};
}

std::vector<Job> power_jobs(std::shared_ptr<const Net> net, bool pauses,
                            const std::shared_ptr<PowerPass>& pass) {
  std::vector<Job> jobs;
  for (const auto pause : pauses_between_runs) {
    jobs.push_back(Job{key(PowerRow{.net = net->name, .hash = hash(*net), .pause = pause}), "net",
                       row_time(pass->policy(), pass->meters()),
                       [net, pause, pass](Bench&) -> ProfileRow { return pass->net(*net, pause); }});
    if (!pauses) break;
  }
  return jobs;
}

std::vector<Job> launch_jobs(const MeasurePolicy& policy) {
  std::vector<Job> jobs;
  for (const auto clock : {LaunchClock::device, LaunchClock::host})
    jobs.push_back(Job{key(LaunchRow{.clock = clock == LaunchClock::device ? "device" : "host"}), "launch",
                       measuring_time(guessed_overhead, policy),
                       [clock](Bench& bench) -> ProfileRow { return bench.launch(clock); }});
  return jobs;
}

void drop_repeated(std::vector<Job>& jobs) {
  std::unordered_set<std::string> seen;
  std::erase_if(jobs, [&](const Job& job) { return !seen.insert(job.key).second; });
}

}  // namespace ns
