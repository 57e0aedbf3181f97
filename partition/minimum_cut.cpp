#include "partition/cut.hpp"
#include "partition/flow.hpp"
#include "partition/segments.hpp"

#include <algorithm>
#include <utility>

namespace ns {
namespace {

/// The minimum cut of one segment: blocks before it are on the device, blocks behind it on the server.
class SegmentCut {
 public:
  SegmentCut(const PricedGraph& priced, const std::vector<Fix>& fixed, const Segment& segment)
      : priced_{priced}, fixed_{fixed}, segment_{segment}, vertex_of_(segment.inner(), no_vertex) {}

  /// Adds to `segment_.fixed_price` and fills `on_device` from the segment's first inner block on.
  Capacity solve(std::vector<bool>& on_device) {
    add_blocks();
    for (auto index = priced_.first_tensor(segment_.first()); index < priced_.first_tensor(segment_.behind);
         ++index)
      add_tensor(index);
    for (const auto index : priced_.ending_in(segment_)) add_tensor(index);
    add_once();
    const auto cut = network_.minimum_cut();
    for (BlockId block = segment_.first(); block < segment_.behind; ++block) {
      const auto vertex = vertex_of_[block - segment_.first()];
      on_device[block] = vertex == no_vertex ? fixed_[block] == Fix::device : cut.on_source_side[vertex];
    }
    return constant_ + cut.value;
  }

 private:
  using Vertex = FlowNetwork::Vertex;
  static constexpr auto no_vertex = static_cast<Vertex>(-1);

  [[nodiscard]] Fix side(BlockId block) const {
    if (block < segment_.first()) return Fix::device;
    return block >= segment_.behind ? Fix::server : fixed_[block];
  }
  [[nodiscard]] Vertex vertex(BlockId block) const { return vertex_of_[block - segment_.first()]; }

  void add_blocks() {
    for (BlockId block = segment_.first(); block < segment_.behind; ++block) {
      if (fixed_[block] == Fix::device) constant_ += priced_.on_device[block];
      if (fixed_[block] == Fix::server) constant_ += priced_.on_server[block];
      if (fixed_[block] != Fix::free) continue;
      const auto made = network_.add_vertex();
      vertex_of_[block - segment_.first()] = made;
      network_.add_from_source(made, priced_.on_server[block]);
      network_.add_to_sink(made, priced_.on_device[block]);
    }
  }

  /// Sending is paid once, however many blocks on the server read the tensor; and what feeds a block on the
  /// device is on the device (the unlimited arcs backwards).
  void add_tensor(std::size_t index) {
    const auto& tensor = priced_.graph.tensors[index];
    const auto producer = tensor.producer ? side(*tensor.producer) : Fix::device;
    if (producer == Fix::server) return;
    readers_.clear();
    bool certain = false;  // some reader is on the server anyhow
    for (const auto consumer : tensor.consumers) {
      if (side(consumer) == Fix::server) certain = true;
      if (side(consumer) == Fix::free) readers_.push_back(vertex(consumer));
    }
    const auto price = priced_.upload[index];
    if (producer == Fix::device)
      send_from_device(price, certain);
    else
      send_from(vertex(*tensor.producer), price, certain);
  }

  void send_from_device(Capacity price, bool certain) {
    if (certain)
      constant_ += price;
    else if (readers_.size() == 1)
      network_.add_from_source(readers_.front(), price);
    else if (!readers_.empty())
      network_.add_from_source(fan_out(), price);
  }

  void send_from(Vertex producer, Capacity price, bool certain) {
    if (certain) network_.add_to_sink(producer, price);
    if (!certain && readers_.size() == 1) {
      network_.add_arc(producer, readers_.front(), price, unlimited);
      return;
    }
    if (!certain && !readers_.empty()) network_.add_arc(producer, fan_out(), price, 0);
    for (const auto reader : readers_) network_.add_arc(reader, producer, unlimited, 0);
  }

  /// A vertex that is on the server's side as soon as one of `readers_` is.
  Vertex fan_out() {
    const auto made = network_.add_vertex();
    for (const auto reader : readers_) network_.add_arc(made, reader, unlimited, 0);
    return made;
  }

  /// What is paid once as soon as one block is on a side. It is enough to look at the blocks behind which (or
  /// before which) there is no other such block.
  void add_once() {
    add_once_on_server(priced_.request, priced_.last_blocks);
    add_once_on_server(priced_.server_once, priced_.last_running);
    add_once_on_device(priced_.device_once, priced_.first_running);
  }

  void add_once_on_server(Capacity price, const std::vector<BlockId>& blocks) {
    readers_.clear();
    for (const auto block : blocks) {
      if (side(block) == Fix::server) {
        constant_ += price;
        return;
      }
      if (side(block) == Fix::free) readers_.push_back(vertex(block));
    }
    if (price > 0) send_from_device(price, false);
  }

  void add_once_on_device(Capacity price, const std::vector<BlockId>& blocks) {
    readers_.clear();
    for (const auto block : blocks) {
      if (side(block) == Fix::device) {
        constant_ += price;
        return;
      }
      if (side(block) == Fix::free) readers_.push_back(vertex(block));
    }
    if (price == 0 || readers_.empty()) return;
    const auto made = network_.add_vertex();
    network_.add_to_sink(made, price);
    for (const auto block : readers_) network_.add_arc(block, made, unlimited, 0);
  }

  const PricedGraph& priced_;
  const std::vector<Fix>& fixed_;
  Segment segment_;
  FlowNetwork network_;
  std::vector<Vertex> vertex_of_;
  std::vector<Vertex> readers_;
  Capacity constant_ = 0;
};

}  // namespace

Cut best_cut(const Scenario& scenario, const PricedGraph& priced, const std::vector<Fix>& fixed) {
  const auto count = scenario.graph.blocks.size();
  auto best_price = unlimited;
  std::vector<bool> best(count, true);
  std::vector<bool> inner(count, true);
  Segment chosen{static_cast<std::int64_t>(count) - 1, static_cast<BlockId>(count)};
  const auto segments = priced.segments(fixed);
  // From the end, so that among equals the one with the most on the device stays.
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (segment->fixed_price >= best_price) continue;
    const auto price = segment->fixed_price + SegmentCut{priced, fixed, *segment}.solve(inner);
    if (price >= best_price) continue;
    best_price = price;
    chosen = *segment;
    std::copy(inner.begin() + chosen.first(), inner.begin() + chosen.behind, best.begin() + chosen.first());
  }
  std::fill(best.begin(), best.begin() + chosen.first(), true);
  std::fill(best.begin() + chosen.behind, best.end(), false);
  return evaluate(scenario, std::move(best));
}

Cut best_cut(const Scenario& scenario) { return best_cut(scenario, PricedGraph{scenario}, scenario.fixed); }

}  // namespace ns
