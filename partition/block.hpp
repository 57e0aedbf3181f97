/// The units between which a net can be cut, with what they cost on either side: the layers that either side
/// runs as one kernel stay together.
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"
#include "net/net.hpp"
#include "partition/costs.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// Index into BlockGraph::blocks, which stand in an order in which they can run.
using BlockId = std::uint32_t;

/// A connected component of the union of both sides' groups; components on a cycle are one block.
struct Block {
  std::vector<LayerId> layers;  // ascending
  Seconds device{};             // sum of the device's own groups in it
  Joules device_work;           // power times time of those groups
  Seconds server{};
  bool runs = false;  // false: only layers that no kernel runs (reshape, identity)
};

/// A tensor that some cut may send, or an output of the net.
struct BlockTensor {
  TensorId tensor{};
  std::optional<BlockId> producer;  // none for an input of the net
  std::vector<BlockId> consumers;   // ascending, each once, without the producer
  Bytes size;                       // what it costs to send
  bool output = false;              // of the net

  [[nodiscard]] bool local() const { return consumers.empty(); }
};

struct BlockGraph {
  std::vector<Block> blocks;
  std::vector<BlockTensor> tensors;  // of inputs first, then by producer
  std::vector<BlockId> block_of;     // by LayerId
  std::string unknown_power;         // why Block::device_work is not known; empty if it is
  std::vector<std::string> warnings;
};

/// Joins both sides' groups over the layers of the net's file. A free layer (reshape, identity) that no group
/// gives a time or runs with others joins the block of its producer. bad_input, naming side and layer, for a
/// layer that is missing, unknown or named twice.
Result<BlockGraph> make_blocks(const Net& net, const Costs& device, const Costs& server);

/// Whether the groups of `costs` are those of `net`: bad_input as above.
Result<void> check_groups(const Net& net, const Costs& costs);

}  // namespace ns
