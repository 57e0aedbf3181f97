/// Which nodes of a graph are products whose input is made whole as it arrives.
#pragma once

#include "net/layer.hpp"
#include "net/onnx/mapping/constants.hpp"
#include "net/onnx/mapping/dynamic_product.hpp"
#include "net/onnx/onnx.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace ns::onnx {

/// How often nodes, their subgraphs and the graph's outputs read a name.
using ReadCounts = std::unordered_map<std::string_view, std::size_t>;

class DynamicProducts {
 public:
  struct Layer {
    std::string op;  // of the product
    LayerParams params;
    std::string input;
  };

  DynamicProducts(const ModelFile& file, const Constants& constants, const ReadCounts& reads);

  /// Null where the node ends none.
  [[nodiscard]] const Layer* ending_in(const Node& node) const;
  /// Whether nobody but such products reads what the node makes, and it is not the last of one.
  [[nodiscard]] bool are_made_of(const Node& node) const { return within_.contains(&node); }

 private:
  [[nodiscard]] const Fact* fact_of(const std::string& name) const;
  [[nodiscard]] std::size_t reads_of(std::string_view name) const;
  [[nodiscard]] bool is_closed(const DynamicProduct& nodes) const;
  [[nodiscard]] std::optional<LayerParams> params_of(const Node& last, const DynamicProduct& nodes) const;
  void take_quantisers(const std::vector<const Node*>& quantisers);

  const ModelFile& file_;
  const Constants& constants_;
  const ReadCounts& reads_;
  std::unordered_map<const Node*, Layer> layers_;  // by last node
  std::unordered_set<const Node*> within_;
};

}  // namespace ns::onnx
