#include "net/group.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

/// "act:relu" and the like: the type, and the kind where the room has one.
std::string_view kind_of(std::string_view printed) {
  const auto colon = printed.find(':');
  if (colon == std::string_view::npos) return {};
  return printed.substr(colon + 1, printed.find(',') - colon - 1);
}

bool is_residual_add(const LayerParams& params) {
  const auto* const sum = std::get_if<Eltwise>(&params);
  return sum != nullptr && sum->kind == Eltwise::Kind::add && sum->coefficients.empty();
}

}  // namespace

Result<FusionRules> FusionRules::parse(std::span<const std::string> rules) {
  FusionRules made;
  std::vector<std::string> types(layer_types().begin(), layer_types().end());
  for (const auto& rule : rules) {
    std::vector<Step> steps;
    for (const auto part : split(rule, '+')) {
      const auto type = part.substr(0, part.find(':'));
      const bool known =
          steps.empty() ? std::ranges::find(types, type) != types.end() : type == "add" || type == "act";
      if (!known)
        return bad_input(
            fmt::format("fusion rule '{}': '{}' is no layer type{}", rule, type, suggestion(type, types)));
      steps.push_back({std::string{type}, std::string{kind_of(part)}});
    }
    made.texts_.push_back(rule);
    made.rules_.push_back(std::move(steps));
  }
  return made;
}

std::size_t FusionRules::longest(const LayerParams& head,
                                 std::span<const LayerParams* const> followers) const {
  if (const auto* const quantisation = quantisation_of(head); quantisation && quantisation->is_integer())
    return 0;
  const auto matches = [](const Step& step, const LayerParams& params) {
    if (step.type == "add") return is_residual_add(params);
    return step.type == type_of(params) && (step.kind.empty() || step.kind == kind_of(print(params, 0)));
  };
  std::size_t longest = 0;
  for (const auto& steps : rules_) {
    const auto count = steps.size() - 1;
    if (count <= longest || count > followers.size() || !matches(steps[0], head)) continue;
    bool all = true;
    for (std::size_t i = 0; i < count && all; ++i) all = matches(steps[i + 1], *followers[i]);
    if (all) longest = count;
  }
  return longest;
}

namespace {

class Grouper {
 public:
  Grouper(const Net& net, const FusionRules& rules)
      : net_{net}, rules_{rules}, taken_(net.layers.size(), false), is_output_(net.tensors.size(), false) {
    for (const auto output : net.outputs) is_output_[output] = true;
  }

  std::vector<Group> run() {
    std::vector<Group> groups;
    for (LayerId head = 0; head < net_.layers.size(); ++head)
      if (!taken_[head]) groups.push_back(make(head));
    // A group reads nothing made after its last layer, so that order can run.
    std::ranges::stable_sort(groups, {}, [](const Group& group) { return group.layers.back(); });
    return groups;
  }

 private:
  /// The layers behind `head` that nothing else reads from, nearest first; three are enough for every rule.
  [[nodiscard]] std::vector<LayerId> followers(LayerId head) const {
    std::vector<LayerId> chain;
    auto last = head;
    while (chain.size() < 3) {
      const auto& outputs = net_.layers[last].outputs;
      if (outputs.size() != 1 || is_output_[outputs[0]] || net_.tensors[outputs[0]].consumers.size() != 1)
        break;
      const auto next = net_.tensors[outputs[0]].consumers[0];
      if (taken_[next] || !can_follow(next, outputs[0])) break;
      chain.push_back(next);
      last = next;
    }
    return chain;
  }

  /// Activations with no weights, and sums of two different tensors of one shape.
  [[nodiscard]] bool can_follow(LayerId next, TensorId through) const {
    const auto& layer = net_.layers[next];
    const auto* const act = std::get_if<Act>(&layer.params);
    if (act != nullptr) return act->kind != Act::Kind::prelu;
    if (!is_residual_add(layer.params) || layer.inputs.size() != 2 || layer.inputs[0] == layer.inputs[1])
      return false;
    const auto& other = net_.tensors[layer.inputs[0] == through ? layer.inputs[1] : layer.inputs[0]];
    return other.type == net_.tensors[through].type;
  }

  Group make(LayerId head) {
    const auto chain = followers(head);
    std::vector<const LayerParams*> params;
    for (const auto id : chain) params.push_back(&net_.layers[id].params);
    const auto count = rules_.longest(net_.layers[head].params, params);

    Group group;
    group.layers.push_back(head);
    group.inputs = net_.layers[head].inputs;
    group.config.params = net_.layers[head].params;
    for (std::size_t i = 0; i < count; ++i) {
      const auto through = net_.layers[group.layers.back()].outputs[0];
      const auto& follower = net_.layers[chain[i]];
      for (const auto input : follower.inputs)
        if (input != through) group.inputs.push_back(input);
      group.config.epilogue.push_back(follower.params);
      group.layers.push_back(chain[i]);
    }
    for (const auto input : group.inputs) group.config.inputs.push_back(net_.tensors[input].type);
    for (const auto id : group.layers) taken_[id] = true;
    group.outputs = net_.layers[group.layers.back()].outputs;
    return group;
  }

  const Net& net_;
  const FusionRules& rules_;
  std::vector<bool> taken_;
  std::vector<bool> is_output_;
};

}  // namespace

std::vector<Group> group(const Net& net, const FusionRules& rules) { return Grouper{net, rules}.run(); }

}  // namespace ns
