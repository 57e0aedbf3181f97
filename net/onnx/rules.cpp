#include "net/onnx/rules.hpp"

#include <algorithm>
#include <array>
#include <tuple>
#include <vector>

namespace ns::onnx {
namespace {

std::tuple<std::string_view, std::string_view> key(const OpRule* rule) { return {rule->op, rule->domain}; }

/// All rows, sorted by operator and domain.
std::vector<const OpRule*> sorted_rules() {
  const std::array families{
      elementwise_rules(), shaping_rules(),       selection_rules(),    creation_rules(),
      reduction_rules(),   convolution_rules(),   pooling_rules(),      product_rules(),
      recurrent_rules(),   normalisation_rules(), quantisation_rules(), image_rules(),
      signal_rules(),      control_rules(),       learning_rules(),     contrib_rules()};
  std::vector<const OpRule*> rules;
  for (const auto& family : families)
    for (const auto& rule : family) rules.push_back(&rule);
  std::ranges::stable_sort(rules, {}, key);
  return rules;
}

}  // namespace

const OpRule* find_rule(std::string_view domain, std::string_view op) {
  static const auto rules = sorted_rules();
  const auto found = std::ranges::lower_bound(rules, std::tuple{op, domain}, {}, key);
  return found != rules.end() && key(*found) == std::tuple{op, domain} ? *found : nullptr;
}

}  // namespace ns::onnx
