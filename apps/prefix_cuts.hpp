/// The places where a net can be parted in two by its own order: what runs first, what ships, what follows.
#pragma once

#include "core/units.hpp"
#include "net/listing.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <set>

namespace ns {

/// The layers before `index` run on one side, the others on the other.
struct PrefixCut {
  std::size_t index = 0;
  const std::set<TensorId>& crossing;  // made before or an input, and read behind; no constants
  std::optional<Bytes> size;           // of all that cross; none where one of them is not known
  std::optional<Bytes> most;           // a bound, where `size` is none and one is known
};

/// Visits the cuts of index 0 to the number of layers, but not those behind a constant layer, which part
/// nothing that the one before it does not part. Above 2,000 layers only cuts that at most one tensor
/// crosses. A cut is valid during its visit, for a net may have more crossing tensors than fit into memory.
void visit_prefix_cuts(const Listing& net, const std::function<void(const PrefixCut&)>& visit);

}  // namespace ns
