// If.
#include "net/onnx/rules/control.hpp"

#include <algorithm>
#include <utility>

namespace ns::onnx {
namespace {

bool is_same_shape(const Fact& a, const Fact& b) {
  return a.kind == b.kind && a.dims && b.dims && a.dims->size() == b.dims->size() &&
         std::ranges::equal(*a.dims, *b.dims, [](const Extent& x, const Extent& y) { return x.same_as(y); });
}

/// Either of the two, depending on data: what both have in common, and the cost of the larger.
BodyRun either_of(const BodyRun& a, const BodyRun& b) {
  BodyRun run;
  run.macs = std::max(a.macs, b.macs);
  run.flops = std::max(a.flops, b.flops);
  run.lower_bound = a.lower_bound || b.lower_bound;
  for (std::size_t i = 0; i < std::min(a.outputs.size(), b.outputs.size()); ++i) {
    run.outputs.push_back(common(a.outputs[i], b.outputs[i]));
    auto& output = run.outputs.back();
    output.on_data = output.on_data || !is_same_shape(a.outputs[i], b.outputs[i]);
  }
  return run;
}

Result<BodyRun> run_either(const NodeView& node, const Graph& then_branch, const Graph& else_branch) {
  auto then_run = node.run(then_branch, {});
  auto else_run = node.run(else_branch, {});
  // A branch that cannot run with these shapes is one that the condition never takes.
  if (!then_run) return else_run ? std::move(else_run) : std::move(then_run);
  if (!else_run) return then_run;
  return either_of(*then_run, *else_run);
}

}  // namespace

Result<void> branch(NodeView& node) {
  const auto* const then_branch = node.graph("then_branch");
  const auto* const else_branch = node.graph("else_branch");
  if (then_branch == nullptr || else_branch == nullptr)
    return node.fail("it has not both of then_branch and else_branch");
  const auto condition = scalar_of(node.in(0));
  auto run = condition && condition->is_known()
                 ? node.run(condition->value() != 0 ? *then_branch : *else_branch, {})
                 : run_either(node, *then_branch, *else_branch);
  if (!run) return tl::unexpected{std::move(run.error())};
  node.spend(*run, 1.0);
  for (std::size_t i = 0; i < run->outputs.size(); ++i) node.out(i, std::move(run->outputs[i]));
  return {};
}

}  // namespace ns::onnx
