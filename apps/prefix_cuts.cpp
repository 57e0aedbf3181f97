#include "apps/prefix_cuts.hpp"

#include <vector>

namespace ns {
namespace {

/// Of each tensor the index from which nothing reads it any more; 0 for those that never cross.
std::vector<std::size_t> ends_of(const Listing& net) {
  std::vector<std::size_t> ends(net.tensors.size(), 0);
  for (std::size_t id = 0; id < net.layers.size(); ++id)
    for (const auto tensor : net.layers[id].inputs())
      if (!net.tensors[tensor].constant) ends[tensor] = id + 1;
  return ends;
}

/// Of the tensors that `size_of` knows; nothing if one of them is not known.
template <class SizeOf>
std::optional<Bytes> sum(const Listing& net, const std::set<TensorId>& ids, SizeOf size_of) {
  Bytes total;
  for (const auto id : ids) {
    const std::optional<Bytes> size = size_of(net.tensors[id]);
    if (!size) return std::nullopt;
    total += *size;
  }
  return total;
}

PrefixCut cut_at(const Listing& net, std::size_t index, const std::set<TensorId>& crossing) {
  PrefixCut cut{index, crossing, sum(net, crossing, [](const auto& tensor) { return tensor.bytes(); }), {}};
  if (!cut.size)
    cut.most = sum(net, crossing, [](const auto& tensor) {
      const auto size = tensor.bytes();
      return size ? size : tensor.most_bytes();
    });
  return cut;
}

}  // namespace

void visit_prefix_cuts(const Listing& net, const std::function<void(const PrefixCut&)>& visit) {
  constexpr std::size_t most_listed = 2'000;
  const bool all = net.layers.size() <= most_listed;
  const auto ends = ends_of(net);
  std::set<TensorId> crossing;
  for (const auto id : net.inputs)
    if (ends[id] > 0) crossing.insert(id);
  for (std::size_t index = 0; index <= net.layers.size(); ++index) {
    if (index > 0) {
      const auto& layer = net.layers[index - 1];
      for (const auto id : layer.inputs())
        if (ends[id] == index) crossing.erase(id);
      for (const auto id : layer.outputs())
        if (ends[id] > 0) crossing.insert(id);
    }
    const bool behind_constant = index > 0 && net.layers[index - 1].constant;
    if (behind_constant || (!all && crossing.size() > 1)) continue;
    visit(cut_at(net, index, crossing));
  }
}

}  // namespace ns
