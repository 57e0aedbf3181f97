// Does the sum of isolated layers come to the time of the net? Every later prediction assumes it.
//
//     ns_bench_sums DEVICE SECONDS NET...      a line per net
//     NS_GROUPS=1 ns_bench_sums ...            and a line per group: alone, and in place
//
// The net and each of its different groups are timed in rotation, weights evicted before each, so that a
// change of the machine's speed meets all alike. Medians of undisturbed samples; of all where there are none.
#include "core/quantity.hpp"
#include "core/statistics.hpp"
#include "core/table.hpp"
#include "core/text.hpp"
#include "kernels/backend.hpp"
#include "net/reader.hpp"

#include <chrono>
#include <cstdlib>
#include <fmt/core.h>
#include <map>

namespace {

/// Samples of one thing. On a busy machine a run of a second is never undisturbed; then all of them count.
struct Times {
  std::vector<double> all;
  std::vector<double> undisturbed;

  void add(ns::Sample sample) {
    all.push_back(sample.time.count());
    if (!sample.disturbed) undisturbed.push_back(sample.time.count());
  }
  [[nodiscard]] double median() const { return ns::median(undisturbed.empty() ? all : undisturbed); }
};

struct Alone {
  std::unique_ptr<ns::Plan> plan;
  Times times;
};

struct Spike {
  std::vector<ns::Group> groups;
  std::unique_ptr<ns::Plan> plan;
  Times times;
  std::map<std::string, Alone> alone;         // by text form
  std::vector<std::vector<double>> in_place;  // by group
};

void fill_inputs(ns::Plan& plan, const ns::Net& net) {
  for (std::size_t i = 0; i < net.inputs.size(); ++i) {
    std::vector<float> values(static_cast<std::size_t>(net.tensors[net.inputs[i]].type.shape.elements()));
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<float>(k % 17) / 8.0F - 1.0F;
    plan.write_input(i, values);
  }
}

ns::Result<Spike> prepare(ns::Backend& device, const std::string& file) {
  auto read = ns::read_net(file);
  if (!read) return tl::unexpected{read.error()};
  const ns::Net net = ns::fold(*read);
  const ns::RandomWeights weights{1};
  Spike spike;
  spike.groups = ns::group(net, device.rules());
  spike.in_place.resize(spike.groups.size());
  auto plan = device.prepare(net, spike.groups, weights, false);
  if (!plan) return tl::unexpected{plan.error()};
  spike.plan = std::move(*plan);
  fill_inputs(*spike.plan, net);
  for (const ns::Group& group : spike.groups) {
    if (ns::is_free(group.config.params)) continue;
    Alone& alone = spike.alone[ns::print(group.config)];
    if (alone.plan) continue;
    const auto single = ns::net_of(group.config);
    if (!single) return tl::unexpected{single.error()};
    auto isolated = device.prepare(*single, ns::group(*single, device.rules()), weights, true);
    if (!isolated) return tl::unexpected{isolated.error()};
    alone.plan = std::move(*isolated);
    fill_inputs(*alone.plan, *single);
  }
  return spike;
}

void sample(ns::Timed& timed, Times& times) {
  timed.evict_weights();
  times.add(timed.time());
}

void measure(Spike& spike, double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
  std::vector<ns::Seconds> times(spike.groups.size());
  for (int round = 0; round < 5 || std::chrono::steady_clock::now() < end; ++round) {
    sample(*spike.plan, spike.times);
    for (auto& [text, alone] : spike.alone) sample(*alone.plan, alone.times);
    spike.plan->evict_weights();
    spike.plan->time_groups(times);
    for (std::size_t group = 0; group < times.size(); ++group)
      spike.in_place[group].push_back(times[group].count());
  }
}

std::string microseconds(double seconds) { return fmt::format("{:.1f}", seconds * 1e6); }

/// Sum over net, round by round: what slows the machine for a while slows both. Median over the rounds.
double paired_ratio(const Spike& spike) {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < spike.times.all.size(); ++round) {
    double sum = 0.0;
    for (const ns::Group& group : spike.groups) {
      const auto found = spike.alone.find(ns::print(group.config));
      if (found != spike.alone.end()) sum += found->second.times.all[round];
    }
    ratios.push_back(sum / spike.times.all[round]);
  }
  return ns::median(ratios);
}

void report(const Spike& spike, const std::string& file) {
  double sum = 0.0;
  ns::Table table;
  table.column("alone us").column("in place us").column("difference us").column("layer", ns::Align::left);
  for (std::size_t group = 0; group < spike.groups.size(); ++group) {
    const auto found = spike.alone.find(ns::print(spike.groups[group].config));
    const double alone = found == spike.alone.end() ? 0.0 : found->second.times.median();
    const double in_place = ns::median(spike.in_place[group]);
    sum += alone;
    table.row({microseconds(alone), microseconds(in_place), microseconds(alone - in_place),
               ns::print(spike.groups[group].config) + "  " + spike.plan->implementation(group) + " / " +
                   (found == spike.alone.end() ? "" : found->second.plan->implementation(0))});
  }
  const double net = spike.times.median();
  const double paired = paired_ratio(spike);
  // The paired ratio is only shown: one criterion decides, and not on a handful of samples.
  constexpr std::size_t fewest_samples = 5;
  const bool settled = spike.times.undisturbed.size() >= fewest_samples;
  const bool holds = std::abs(sum - net) <= std::max(0.05 * net, 5e-6);
  const char* const judged = holds ? "ok" : "OFF";
  fmt::print(
      "{:<28} net {:>10} us  sum {:>10} us  {:+6.1f} %, paired {:+6.1f} %  {} ({} of {} samples "
      "undisturbed)\n",
      file.substr(file.rfind('/') + 1), microseconds(net), microseconds(sum), 100.0 * (sum / net - 1.0),
      100.0 * (paired - 1.0), settled ? judged : "UNSETTLED", spike.times.undisturbed.size(),
      spike.times.all.size());
  if (std::getenv("NS_GROUPS") != nullptr) fmt::print("{}\n", table.text("  "));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: ns_bench_sums DEVICE SECONDS NET...\n");
    return 2;
  }
  auto device = ns::open_backend(argv[1]);
  if (!device) {
    fmt::print(stderr, "{}\n", device.error().message);
    return 4;
  }
  fmt::print("{}\n", (*device)->description());
  for (int i = 3; i < argc; ++i) {
    auto spike = prepare(**device, argv[i]);
    if (!spike) {
      fmt::print("{}: {}\n", argv[i], spike.error().message);
      continue;
    }
    measure(*spike, ns::parse_number(argv[2]).value_or(3.0));
    report(*spike, argv[i]);
  }
  return 0;
}
