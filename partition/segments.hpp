/// A scenario's prices as whole numbers, and where the net can be parted so that each part is cut by itself.
#pragma once

#include "partition/flow.hpp"
#include "partition/scenario.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns {

/// All up to `before` is on the device, all from `behind` on the server; what lies between is open.
struct Segment {
  std::int64_t before = -1;  // a block, or -1: nothing is certain to be on the device
  BlockId behind{};          // a block, or the number of blocks: nothing is certain to be on the server
  std::size_t number = 0;
  Capacity fixed_price = 0;  // of the blocks outside and of what crosses the segment as a whole

  [[nodiscard]] BlockId first() const { return static_cast<BlockId>(before + 1); }
  [[nodiscard]] std::size_t inner() const { return behind - first(); }
};

struct PricedGraph {
  /// `parted`: false for one segment that is the whole net.
  explicit PricedGraph(const Scenario& scenario, bool parted = true);

  /// Segments, in order, in which `fixed` leaves a cut.
  [[nodiscard]] std::vector<Segment> segments(const std::vector<Fix>& fixed) const;

  /// Index of the first tensor that `block` or one behind it makes.
  [[nodiscard]] std::size_t first_tensor(BlockId block) const { return first_tensor_[block]; }
  /// Tensors made before the segment whose last reader is inside.
  [[nodiscard]] const std::vector<std::size_t>& ending_in(const Segment& segment) const {
    return ending_[segment.number];
  }

  const BlockGraph& graph;
  // By block; on the server with the download of the outputs it makes.
  std::vector<Capacity> on_device;
  std::vector<Capacity> on_server;
  std::vector<Capacity> upload;  // by tensor
  // Paid once: as soon as any block is on the server, as soon as a kernel runs there, or on the device.
  Capacity request = 0;
  Capacity server_once = 0;
  Capacity device_once = 0;
  // Blocks without one behind (or before) them, of all or of those that run.
  std::vector<BlockId> last_blocks;
  std::vector<BlockId> last_running;
  std::vector<BlockId> first_running;

 private:
  void set_prices(const Scenario& scenario);
  void set_ends();
  void set_segments(bool parted);

  std::vector<std::size_t> first_tensor_;
  std::vector<Segment> segments_;
  std::vector<std::vector<std::size_t>> ending_;
};

}  // namespace ns
