#include "net/onnx/cost.hpp"

#include <algorithm>
#include <array>

namespace ns::onnx {
namespace {

std::optional<double> count(const Fact& fact) {
  if (!fact.dims) return std::nullopt;
  // In doubles, because a product of extents may leave 64 bits.
  double product = 1.0;
  for (const auto& extent : *fact.dims) {
    if (!extent.is_known()) return std::nullopt;
    product *= static_cast<double>(extent.value());
  }
  return product;
}

std::optional<double> times(std::optional<double> count, double factor) {
  return count ? std::optional{*count * factor} : std::nullopt;
}

/// Operations per output element of those that join any number of tensors.
double per_output(const NodeView& node) {
  static constexpr std::array<std::string_view, 4> variadic{"Sum", "Max", "Min", "Mean"};
  if (std::ranges::find(variadic, node.node().op) == variadic.end()) return 1.0;
  return std::max(1.0, static_cast<double>(node.inputs()) - 1.0);
}

/// A window's elements; all of the input where there is no window.
std::optional<double> in_windows(const NodeView& node) {
  const auto kernel = node.integers("kernel_shape");
  if (kernel.empty()) return count(node.in(0));
  double window = 1.0;
  for (const auto extent : kernel) window *= static_cast<double>(extent);
  return times(count(node.made(0)), window);
}

/// Operations beside multiply-accumulates; nothing where a shape is not known.
std::optional<double> work_of(Work work, const NodeView& node) {
  switch (work) {
    case Work::outputs:
      return node.outputs() == 0 ? 0.0 : times(count(node.made(0)), per_output(node));
    case Work::inputs:
      return count(node.in(0));
    case Work::window:
      return node.outputs() == 0 ? 0.0 : in_windows(node);
    case Work::none:
    case Work::body:
      return 0.0;
  }
  return 0.0;
}

}  // namespace

NodeCost cost_of(const OpRule& rule, const NodeView& node, bool constant) {
  NodeCost cost;
  cost.constant = constant;
  const auto macs = rule.macs == nullptr ? std::optional{0.0} : rule.macs(node);
  const auto work = constant ? std::optional{0.0} : work_of(rule.work, node);
  cost.macs = macs.value_or(0.0) + node.spent().macs;
  cost.flops = 2.0 * macs.value_or(0.0) + work.value_or(0.0) + node.spent().flops;
  cost.lower_bound = !macs || !work || node.spent().lower_bound;
  return cost;
}

}  // namespace ns::onnx
