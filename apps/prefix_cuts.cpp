#include "apps/prefix_cuts.hpp"

#include <set>

namespace ns {

std::vector<PrefixCut> prefix_cuts(const Net& net) {
  constexpr std::size_t most_listed = 2'000;
  const bool all = net.layers.size() <= most_listed;
  std::vector<std::vector<TensorId>> begins(net.layers.size() + 1);
  std::vector<std::vector<TensorId>> ends(net.layers.size() + 2);
  for (TensorId id = 0; id < net.tensors.size(); ++id) {
    const auto& tensor = net.tensors[id];
    if (tensor.consumers.empty()) continue;
    begins[tensor.producer ? *tensor.producer + std::size_t{1} : 0].push_back(id);
    ends[tensor.consumers.back() + std::size_t{1}].push_back(id);
  }
  std::vector<PrefixCut> cuts;
  std::set<TensorId> crossing;
  for (std::size_t index = 0; index <= net.layers.size(); ++index) {
    for (const auto id : ends[index]) crossing.erase(id);
    crossing.insert(begins[index].begin(), begins[index].end());
    if (!all && crossing.size() > 1) continue;
    PrefixCut cut{index, {crossing.begin(), crossing.end()}, {}};
    for (const auto id : crossing) cut.size += net.tensors[id].type.bytes();
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

}  // namespace ns
