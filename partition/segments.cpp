#include "partition/segments.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns {
namespace {

/// Prices as real numbers, before they are scaled.
struct RealPrices {
  std::vector<double> on_device;
  std::vector<double> on_server;
  std::vector<double> upload;
  double request = 0.0;
  double server_once = 0.0;
  double device_once = 0.0;

  [[nodiscard]] double total() const {
    double sum = request + server_once + device_once;
    for (const auto* list : {&on_device, &on_server, &upload})
      sum = std::accumulate(list->begin(), list->end(), sum);
    return sum;
  }
};

RealPrices prices(const Scenario& scenario) {
  RealPrices real;
  for (BlockId block = 0; block < scenario.graph.blocks.size(); ++block) {
    real.on_device.push_back(scenario.price(scenario.device_tally(block)));
    real.on_server.push_back(scenario.price(scenario.server_tally(block)));
  }
  for (const auto& tensor : scenario.graph.tensors) {
    real.upload.push_back(scenario.price(Scenario::upload(tensor)));
    if (tensor.producer) real.on_server[*tensor.producer] += scenario.price(scenario.download(tensor));
  }
  Tally once;
  once.requests = 1.0;
  real.request = scenario.price(once);
  once = Tally{};
  once.server_runs = 1.0;
  real.server_once = scenario.price(once);
  once = Tally{};
  once.device_runs = 1.0;
  real.device_once = scenario.price(once);
  return real;
}

std::vector<Capacity> scaled(const std::vector<double>& prices, int exponent) {
  std::vector<Capacity> whole;
  whole.reserve(prices.size());
  for (const auto price : prices) whole.push_back(std::llround(std::ldexp(price, exponent)));
  return whole;
}

/// Blocks that stand before or behind every other one: all behind have a producer at or behind it, all before
/// it a consumer at or before it.
std::vector<BlockId> comparable_blocks(const BlockGraph& graph) {
  const auto count = static_cast<std::int64_t>(graph.blocks.size());
  std::vector<std::int64_t> last_producer(graph.blocks.size(), -1);
  std::vector<std::int64_t> first_consumer(graph.blocks.size(), count);
  for (const auto& tensor : graph.tensors) {
    if (!tensor.producer || tensor.consumers.empty()) continue;
    const std::int64_t producer = *tensor.producer;
    for (const auto consumer : tensor.consumers)
      last_producer[consumer] = std::max(last_producer[consumer], producer);
    first_consumer[*tensor.producer] =
        std::min(first_consumer[*tensor.producer], std::int64_t{tensor.consumers.front()});
  }
  // reached[block]: whether all behind it come from it.
  std::vector<bool> reached(graph.blocks.size());
  auto least = count;
  for (auto block = graph.blocks.size(); block-- > 0;) {
    reached[block] = std::int64_t{static_cast<BlockId>(block)} <= least;
    least = std::min(least, last_producer[block]);
  }
  std::vector<BlockId> comparable;
  std::int64_t most = -1;
  for (BlockId block = 0; block < graph.blocks.size(); ++block) {
    if (reached[block] && std::int64_t{block} >= most) comparable.push_back(block);
    most = std::max(most, first_consumer[block]);
  }
  return comparable;
}

}  // namespace

PricedGraph::PricedGraph(const Scenario& scenario, bool parted) : graph{scenario.graph} {
  first_tensor_.assign(graph.blocks.size() + 1, graph.tensors.size());
  for (std::size_t index = graph.tensors.size(); index-- > 0;)
    if (graph.tensors[index].producer) first_tensor_[*graph.tensors[index].producer] = index;
  for (auto block = graph.blocks.size(); block-- > 0;)
    first_tensor_[block] = std::min(first_tensor_[block], first_tensor_[block + 1]);
  set_prices(scenario);
  set_ends();
  set_segments(parted);
}

void PricedGraph::set_prices(const Scenario& scenario) {
  constexpr int bits = 57;  // all prices together stay below FlowNetwork's limit
  const auto real = prices(scenario);
  int exponent = 0;
  if (const auto total = real.total(); total > 0.0) {
    std::frexp(total, &exponent);
    exponent = bits - exponent;
  }
  on_device = scaled(real.on_device, exponent);
  on_server = scaled(real.on_server, exponent);
  upload = scaled(real.upload, exponent);
  const auto once = scaled({real.request, real.server_once, real.device_once}, exponent);
  request = once[0];
  server_once = once[1];
  device_once = once[2];
}

void PricedGraph::set_ends() {
  const auto count = graph.blocks.size();
  std::vector<bool> feeds(count, false);        // feeds any block
  std::vector<bool> runs_behind(count, false);  // some block behind it runs
  std::vector<bool> runs_before(count, false);
  const auto each_edge = [&](const BlockTensor& tensor, const auto& visit) {
    if (tensor.producer)
      for (const auto consumer : tensor.consumers) visit(*tensor.producer, consumer);
  };
  for (auto tensor = graph.tensors.rbegin(); tensor != graph.tensors.rend(); ++tensor)
    each_edge(*tensor, [&](BlockId from, BlockId to) {
      feeds[from] = true;
      if (graph.blocks[to].runs || runs_behind[to]) runs_behind[from] = true;
    });
  for (const auto& tensor : graph.tensors)
    each_edge(tensor, [&](BlockId from, BlockId to) {
      if (graph.blocks[from].runs || runs_before[from]) runs_before[to] = true;
    });
  for (BlockId block = 0; block < count; ++block) {
    if (!feeds[block]) last_blocks.push_back(block);
    if (graph.blocks[block].runs && !runs_behind[block]) last_running.push_back(block);
    if (graph.blocks[block].runs && !runs_before[block]) first_running.push_back(block);
  }
}

void PricedGraph::set_segments(bool parted) {
  const auto count = static_cast<BlockId>(graph.blocks.size());
  const auto borders = parted ? comparable_blocks(graph) : std::vector<BlockId>{};
  std::vector<Capacity> before(count + std::size_t{1}, 0);  // device prices of the first blocks
  std::vector<Capacity> behind(count + std::size_t{1}, 0);  // server prices of the last blocks
  for (BlockId block = 0; block < count; ++block) before[block + 1] = before[block] + on_device[block];
  for (BlockId block = count; block-- > 0;) behind[block] = behind[block + 1] + on_server[block];

  for (std::size_t number = 0; number <= borders.size(); ++number) {
    Segment segment;
    segment.number = number;
    segment.before = number == 0 ? -1 : std::int64_t{borders[number - 1]};
    segment.behind = number == borders.size() ? count : borders[number];
    segment.fixed_price = before[segment.first()] + behind[segment.behind];
    segments_.push_back(segment);
  }
  // A tensor crosses as a whole the segments that begin at or behind its producer and end at or before its
  // last reader.
  ending_.resize(segments_.size());
  std::vector<Capacity> change(segments_.size() + 1, 0);
  for (std::size_t index = 0; index < graph.tensors.size(); ++index) {
    const auto& tensor = graph.tensors[index];
    if (tensor.consumers.empty()) continue;
    const auto last = tensor.consumers.back();
    const auto from = tensor.producer
                          ? 1 + (std::ranges::lower_bound(borders, *tensor.producer) - borders.begin())
                          : std::ptrdiff_t{0};
    const auto to = std::ranges::upper_bound(borders, last) - borders.begin();
    if (from < to) {
      change[static_cast<std::size_t>(from)] += upload[index];
      change[static_cast<std::size_t>(to)] -= upload[index];
    }
    const bool at_border = to > 0 && borders[static_cast<std::size_t>(to - 1)] == last;
    if (!at_border && from <= to) ending_[static_cast<std::size_t>(to)].push_back(index);
  }
  Capacity crossing = 0;
  for (auto& segment : segments_) {
    crossing += change[segment.number];
    segment.fixed_price += crossing;
  }
}

std::vector<Segment> PricedGraph::segments(const std::vector<Fix>& fixed) const {
  const auto last_device = std::ranges::find(fixed.rbegin(), fixed.rend(), Fix::device);
  const auto first_server = std::ranges::find(fixed, Fix::server);
  const auto device_until = fixed.rend() - last_device;  // blocks up to the last one on the device
  const auto server_from = first_server - fixed.begin();
  std::vector<Segment> open;
  for (const auto& segment : segments_)
    if (segment.before < server_from && segment.behind >= device_until) open.push_back(segment);
  return open;
}

}  // namespace ns
