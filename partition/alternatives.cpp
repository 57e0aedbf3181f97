#include "partition/alternatives.hpp"

#include "partition/pins.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace ns {
namespace {

/// What crosses between the first blocks and the rest, as the border moves from block to block.
class MovingBorder {
 public:
  explicit MovingBorder(const Scenario& scenario) : scenario_{scenario}, ends_(scenario.graph.blocks.size()) {
    for (const auto& tensor : scenario.graph.tensors) {
      if (!tensor.producer) open(tensor);
      const auto download = scenario.download(tensor);
      down_ += download.down.value();
      down_tensors_ += download.down_tensors;
    }
  }

  /// Takes `block` to the device's side.
  void pass(BlockId block, const PricedGraph& index) {
    for (auto next = index.first_tensor(block); next < index.first_tensor(block + 1); ++next) {
      const auto& tensor = scenario_.graph.tensors[next];
      open(tensor);
      const auto download = scenario_.download(tensor);
      down_ -= download.down.value();
      down_tensors_ -= download.down_tensors;
    }
    for (const auto* tensor : ends_[block]) {
      up_ -= tensor->size.value();
      up_tensors_ -= 1.0;
    }
  }

  void add_to(Tally& tally) const {
    tally.up = Bytes{up_};
    tally.up_tensors = up_tensors_;
    tally.down = Bytes{down_};
    tally.down_tensors = down_tensors_;
  }

 private:
  void open(const BlockTensor& tensor) {
    if (tensor.consumers.empty()) return;
    up_ += tensor.size.value();
    up_tensors_ += 1.0;
    ends_[tensor.consumers.back()].push_back(&tensor);
  }

  const Scenario& scenario_;
  std::vector<std::vector<const BlockTensor*>> ends_;  // by the last block that reads them
  // Whole numbers, so that adding and taking away leaves no error.
  double up_ = 0.0;
  double up_tensors_ = 0.0;
  double down_ = 0.0;
  double down_tensors_ = 0.0;
};

/// Server times of all blocks from one on, and whether any of them runs.
struct Rest {
  std::vector<Seconds> time;
  std::vector<bool> runs;
};

Rest rest(const BlockGraph& graph) {
  const auto count = graph.blocks.size();
  Rest result{std::vector<Seconds>(count + 1), std::vector<bool>(count + 1, false)};
  for (auto block = count; block-- > 0;) {
    result.time[block] = result.time[block + 1] + graph.blocks[block].server;
    result.runs[block] = result.runs[block + 1] || graph.blocks[block].runs;
  }
  return result;
}

/// Whether the first `count` blocks and `cut` put the same kernels on the device.
bool same_kernels(const BlockGraph& graph, const Cut& cut, std::size_t count) {
  for (std::size_t block = 0; block < graph.blocks.size(); ++block)
    if (graph.blocks[block].runs && cut.on_device[block] != (block < count)) return false;
  return true;
}

std::optional<Cut> best_prefix_but(const Scenario& scenario, const Cut& best,
                                   const std::vector<PrefixCut>& prefixes) {
  const auto& graph = scenario.graph;
  std::vector<std::size_t> kernels(graph.blocks.size() + 1, 0);  // in the first blocks
  std::size_t kernels_of_best = 0;
  for (std::size_t block = 0; block < graph.blocks.size(); ++block) {
    kernels[block + 1] = kernels[block] + (graph.blocks[block].runs ? 1 : 0);
    if (graph.blocks[block].runs && best.on_device[block]) ++kernels_of_best;
  }
  const PrefixCut* found = nullptr;
  for (const auto& prefix : prefixes) {
    if (found != nullptr && prefix.value > found->value) continue;
    if (kernels[prefix.blocks] == kernels_of_best && same_kernels(graph, best, prefix.blocks)) continue;
    found = &prefix;  // among equals the last, which has the most on the device
  }
  if (found == nullptr) return std::nullopt;
  std::vector<bool> placed(best.on_device.size(), false);
  std::fill(placed.begin(), placed.begin() + static_cast<std::ptrdiff_t>(found->blocks), true);
  return evaluate(scenario, std::move(placed));
}

}  // namespace

std::vector<PrefixCut> prefix_cuts(const Scenario& scenario) {
  const auto& graph = scenario.graph;
  const auto count = static_cast<BlockId>(graph.blocks.size());
  const auto first_server = std::ranges::find(scenario.fixed, Fix::server) - scenario.fixed.begin();
  const auto device_until =
      scenario.fixed.rend() - std::ranges::find(scenario.fixed.rbegin(), scenario.fixed.rend(), Fix::device);
  const PricedGraph index{scenario, false};
  const auto behind = rest(graph);
  MovingBorder border{scenario};
  std::vector<PrefixCut> cuts;
  PrefixCut cut;
  for (BlockId block = 0; block <= count; ++block) {
    cut.blocks = block;
    if (block > 0) {
      const auto& passed = graph.blocks[block - 1];
      cut.layers += passed.layers.size();
      cut.after = passed.layers.back();
      cut.tally += scenario.device_tally(block - 1);
      if (passed.runs) cut.tally.device_runs = 1.0;
      border.pass(block - 1, index);
    }
    if (block < device_until || block > first_server) continue;
    cut.tally.server = behind.time[block];
    cut.tally.server_runs = behind.runs[block] ? 1.0 : 0.0;
    cut.tally.requests = block < count ? 1.0 : 0.0;
    border.add_to(cut.tally);
    cut.figures = scenario.figures(cut.tally);
    cut.value = scenario.value(cut.figures);
    cuts.push_back(cut);
  }
  return cuts;
}

std::optional<RunnerUp> runner_up(const Scenario& scenario, const Cut& best,
                                  const std::vector<PrefixCut>& prefixes, const RunnerUpLimits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.time;
  const auto count = static_cast<BlockId>(scenario.graph.blocks.size());
  bool proven = count <= limits.blocks;
  std::optional<Cut> found;
  const PricedGraph priced{scenario};
  for (BlockId block = 0; block < count && proven; ++block) {
    if (scenario.fixed[block] != Fix::free || !scenario.graph.blocks[block].runs) continue;
    auto fixed = scenario.fixed;
    if (!fix_also(scenario.graph, block, best.on_device[block] ? Fix::server : Fix::device, fixed)) continue;
    auto cut = best_cut(scenario, priced, fixed);
    if (!found || cut.value < found->value) found = std::move(cut);
    proven = std::chrono::steady_clock::now() <= deadline;
  }
  if (!proven) found = best_prefix_but(scenario, best, prefixes);
  if (!found) return std::nullopt;
  return RunnerUp{std::move(*found), proven};
}

void set_uplink(Scenario& scenario, BytesPerSecond uplink) {
  const auto ratio = scenario.link.downlink / scenario.link.uplink;
  scenario.link.uplink = uplink;
  scenario.link.downlink = ratio * uplink;
}

namespace {

/// Values of cuts over x = 1 / uplink, in seconds a byte.
class Envelope {
 public:
  explicit Envelope(const Scenario& scenario) : scenario_{scenario} {}

  std::vector<Threshold> run(BytesPerSecond low, BytesPerSecond high) {
    const auto slow = solve(1.0 / low.value());
    const auto fast = solve(1.0 / high.value());
    part(1.0 / low.value(), slow, 1.0 / high.value(), fast, 0);
    return std::move(found_);
  }

 private:
  Cut solve(double x) {
    at(x);
    return best_cut(scenario_);
  }
  void at(double x) { set_uplink(scenario_, BytesPerSecond{1.0 / x}); }
  double value(const Cut& cut, double x) {
    at(x);
    return scenario_.price(cut.tally);
  }

  /// Adds the changes between `slow`, best at `from`, and `fast`, best at `to`, `from` being the larger.
  void part(double from, const Cut& slow, double to, const Cut& fast, int depth) {
    constexpr int deepest = 60;  // lines cross at most a few dozen times; a bound against rounding
    if (slow.on_device == fast.on_device || depth > deepest) return;
    const auto gain_slow = value(fast, from) - value(slow, from);  // at least 0
    const auto gain_fast = value(slow, to) - value(fast, to);      // at least 0
    if (gain_slow + gain_fast <= 0.0) return;                      // equal everywhere
    const auto crossing = from + (to - from) * (gain_slow / (gain_slow + gain_fast));
    const auto known = std::min(value(slow, crossing), value(fast, crossing));
    auto between = solve(crossing);
    if (value(between, crossing) < known - 1e-12 * std::abs(known) && crossing < from && crossing > to) {
      part(from, slow, crossing, between, depth + 1);
      part(crossing, between, to, fast, depth + 1);
      return;
    }
    found_.push_back(Threshold{BytesPerSecond{1.0 / crossing}, slow, fast});
  }

  Scenario scenario_;
  std::vector<Threshold> found_;
};

}  // namespace

std::vector<Threshold> thresholds(const Scenario& scenario, BytesPerSecond low, BytesPerSecond high) {
  return Envelope{scenario}.run(low, high);
}

}  // namespace ns
