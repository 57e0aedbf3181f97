/// Which blocks the question ties to a side, and what follows from that for the others.
#pragma once

#include "core/error.hpp"
#include "net/net.hpp"
#include "partition/block.hpp"
#include "partition/scenario.hpp"

#include <vector>

namespace ns {

/// Pins, `critical` and `keep_input`, closed under what one-way cuts imply: before a block on the device all
/// is on the device, behind one on the server all on the server. usage for an unknown layer and for a step
/// inside one, infeasible if pins contradict each other.
Result<std::vector<Fix>> fix_blocks(const Net& net, const BlockGraph& graph, const Question& question);

/// Ties `block` to `side` beside what is tied already; false if that contradicts.
bool fix_also(const BlockGraph& graph, BlockId block, Fix side, std::vector<Fix>& fixed);

}  // namespace ns
