/// Which layers of a folded net one kernel runs: the backend's rules applied to the graph.
#pragma once

#include "net/net.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// What a backend fuses, as texts: "conv+act:relu" (a convolution and one kind of activation behind it),
/// "conv+add+act:relu" (with a residual addition in between), "fc+act" (any activation). Published by the
/// backend, kept in profiles and predictors, so that nobody links a backend to know them. Empty: nothing is
/// fused.
class FusionRules {
 public:
  FusionRules() = default;
  /// bad_input for an unknown type.
  static Result<FusionRules> parse(std::span<const std::string> rules);
  [[nodiscard]] const std::vector<std::string>& texts() const { return texts_; }

  /// How many of `followers` (what stands behind the head in the graph, nearest first) the longest rule
  /// takes.
  [[nodiscard]] std::size_t longest(const LayerParams& head,
                                    std::span<const LayerParams* const> followers) const;

 private:
  struct Step {
    std::string type;  // "act", "add"
    std::string kind;  // "relu", or empty for any
  };
  std::vector<std::string> texts_;
  std::vector<std::vector<Step>> rules_;
};

/// One kernel's worth of a net.
struct Group {
  std::vector<LayerId> layers;    // head first
  std::vector<TensorId> inputs;   // in the order of config.inputs
  std::vector<TensorId> outputs;  // of the last layer
  LayerConfig config;
};

/// The groups of `net` in an order in which they can run; each layer in exactly one. A follower is fused only
/// where the tensor before it has no other consumer and is no output of the net; none behind layers that
/// multiply whole numbers, which end with their own scaling.
std::vector<Group> group(const Net& net, const FusionRules& rules);

}  // namespace ns
