/// Which vertices of a graph belong together: joined by hand, or on a common cycle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace ns {

/// Union-find with path halving.
class DisjointSets {
 public:
  explicit DisjointSets(std::size_t count) : parent_(count) {
    std::iota(parent_.begin(), parent_.end(), std::uint32_t{0});
  }

  std::uint32_t find(std::uint32_t item) {
    while (parent_[item] != item) {
      parent_[item] = parent_[parent_[item]];
      item = parent_[item];
    }
    return item;
  }

  /// The smaller representative stays one.
  void join(std::uint32_t a, std::uint32_t b) {
    const auto x = find(a);
    const auto y = find(b);
    parent_[x < y ? y : x] = x < y ? x : y;
  }

 private:
  std::vector<std::uint32_t> parent_;
};

/// Targets of each vertex.
using Graph = std::vector<std::vector<std::uint32_t>>;

struct Components {
  std::vector<std::uint32_t> of;  // by vertex; numbered so that the smallest vertices come first
  std::size_t count = 0;
};

/// Tarjan's algorithm (SIAM J. Comput. 1, 1972), without recursion, so that depth costs no stack.
Components strongly_connected_components(const Graph& graph);

}  // namespace ns
