/// A network of vertices between a source and a sink, and its minimum cut.
///
/// Capacities are whole numbers, so that the cut is exact and the same on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns {

using Capacity = std::int64_t;

/// Larger than all finite capacities of a network together may be (2^58); sums with it stay within 64 bits.
inline constexpr Capacity unlimited = Capacity{1} << 60;

class FlowNetwork {
 public:
  using Vertex = std::uint32_t;

  explicit FlowNetwork(std::size_t vertices = 0) : from_source_(vertices), to_sink_(vertices) {}

  Vertex add_vertex() {
    from_source_.push_back(0);
    to_sink_.push_back(0);
    return static_cast<Vertex>(from_source_.size() - 1);
  }

  /// Adds to what `vertex` costs on the sink's side, and on the source's.
  void add_from_source(Vertex vertex, Capacity capacity) { from_source_[vertex] += capacity; }
  void add_to_sink(Vertex vertex, Capacity capacity) { to_sink_[vertex] += capacity; }

  /// An arc paid where `from` is on the source's side and `to` on the sink's; `backward` is paid the other
  /// way round.
  void add_arc(Vertex from, Vertex to, Capacity forward, Capacity backward) {
    arcs_.push_back(Arc{from, to, forward, backward});
  }

  struct MinimumCut {
    Capacity value = 0;
    std::vector<bool> on_source_side;  // the largest such set among all minimum cuts
  };

  /// Boykov and Kolmogorov's search trees (PAMI 2004), which are near linear where flow travels short ways;
  /// where they spend more than a fixed number of steps per arc, push-relabel (Goldberg and Tarjan 1988;
  /// highest label, gap and global relabelling) finishes from the flow they found, which is near linear where
  /// flow travels far. Measured in docs/partition.md.
  [[nodiscard]] MinimumCut minimum_cut() const;

 private:
  friend class ResidualGraph;
  struct Arc {
    Vertex from;
    Vertex to;
    Capacity forward;
    Capacity backward;
  };
  std::vector<Capacity> from_source_;
  std::vector<Capacity> to_sink_;
  std::vector<Arc> arcs_;
};

}  // namespace ns
