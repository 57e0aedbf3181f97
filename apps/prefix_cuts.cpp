#include "apps/prefix_cuts.hpp"

#include <vector>

namespace ns {
namespace {

/// The tensors that begin to cross, and those that no longer do, at each index.
struct Crossings {
  std::vector<std::vector<TensorId>> begins;
  std::vector<std::vector<TensorId>> ends;
};

Crossings crossings(const Listing& net) {
  constexpr auto never = static_cast<std::size_t>(-1);
  std::vector<std::size_t> first(net.tensors.size(), 0);
  std::vector<std::size_t> last(net.tensors.size(), never);
  for (std::size_t id = 0; id < net.layers.size(); ++id) {
    for (const auto tensor : net.layers[id].outputs) first[tensor] = id + 1;
    for (const auto tensor : net.layers[id].inputs) last[tensor] = id + 1;
  }
  Crossings made{std::vector<std::vector<TensorId>>(net.layers.size() + 1),
                 std::vector<std::vector<TensorId>>(net.layers.size() + 1)};
  for (TensorId id = 0; id < net.tensors.size(); ++id) {
    if (last[id] == never || net.tensors[id].constant) continue;
    made.begins[first[id]].push_back(id);
    made.ends[last[id]].push_back(id);
  }
  return made;
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
  const auto [begins, ends] = crossings(net);
  std::set<TensorId> crossing;
  for (std::size_t index = 0; index <= net.layers.size(); ++index) {
    for (const auto id : ends[index]) crossing.erase(id);
    crossing.insert(begins[index].begin(), begins[index].end());
    const bool behind_constant = index > 0 && net.layers[index - 1].constant;
    if (behind_constant || (!all && crossing.size() > 1)) continue;
    visit(cut_at(net, index, crossing));
  }
}

}  // namespace ns
