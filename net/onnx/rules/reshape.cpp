#include "net/onnx/rules/reshape.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

bool is_number(const Extent& extent, std::int64_t number) {
  return extent.is_known() && extent.value() == number;
}

/// What the target says, axis by axis; `open` are the axes that follow from the number of elements.
struct Plan {
  Dims dims;
  std::vector<std::size_t> open;
  bool has_rest = false;  // one of them is written as -1
  std::vector<bool> copied;
};

Result<Plan> plan_of(const NodeView& node, const std::vector<Extent>& target) {
  const bool keeps_zero = node.integer("allowzero", 0) != 0;
  const auto& dims = node.in(0).dims;
  Plan plan{target, {}, false, std::vector<bool>(target.size(), false)};
  for (std::size_t axis = 0; axis < target.size(); ++axis) {
    const auto& extent = target[axis];
    if (is_number(extent, 0) && !keeps_zero) {
      if (dims && axis >= dims->size())
        return node.fail(fmt::format("the target {} copies axis {}, which input '{}' ({}) does not have",
                                     to_string(target), axis, node.input_name(0), to_string(*dims)));
      plan.dims[axis] = dims ? (*dims)[axis] : Extent{};
      plan.copied[axis] = dims.has_value();
    } else if (is_number(extent, -1)) {
      if (plan.has_rest)
        return node.fail(fmt::format("the target {} has more than one -1", to_string(target)));
      plan.has_rest = true;
      plan.dims[axis] = Extent{};
      plan.open.push_back(axis);
    } else if (extent.is_unknown()) {
      plan.open.push_back(axis);
    } else if (extent.is_known() && extent.value() < -1) {
      return node.fail(fmt::format("the target {} has the extent {}", to_string(target), extent.value()));
    }
  }
  if (keeps_zero && plan.has_rest &&
      std::ranges::any_of(target, [](const Extent& e) { return is_number(e, 0); }))
    return node.fail(
        fmt::format("the target {} has both 0 and -1, which allowzero=1 forbids", to_string(target)));
  return plan;
}

std::string sized(const Dims& dims) {
  return fmt::format("{} ({} elements)", to_string(dims), to_string(elements(dims)));
}

/// The one open axis, from the elements that all others leave; copied axes stand on both sides and cancel
/// out.
Result<void> fill(const NodeView& node, const std::vector<Extent>& target, Plan& plan) {
  const auto& dims = *node.in(0).dims;
  Dims from;
  Dims to;
  bool copies_zero = false;
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    if (axis >= plan.copied.size() || !plan.copied[axis]) from.push_back(dims[axis]);
  for (std::size_t axis = 0; axis < plan.dims.size(); ++axis) {
    if (plan.copied[axis])
      copies_zero = copies_zero || is_number(plan.dims[axis], 0);
    else if (std::ranges::find(plan.open, axis) == plan.open.end())
      to.push_back(plan.dims[axis]);
  }
  const auto total = elements(from);
  const auto rest = elements(to);
  const auto misfit = [&] {
    return node.fail(fmt::format("input '{}' is {} and cannot become {}", node.input_name(0), sized(dims),
                                 plan.open.empty() ? sized(target) : to_string(target)));
  };
  if (plan.open.empty()) {
    if (total.is_known() && rest.is_known() && total.value() != rest.value() && !copies_zero) return misfit();
    return {};
  }
  if (plan.open.size() > 1) return {};
  const auto quotient = Extent::quotient(total, rest);
  if (!quotient) {
    if (plan.has_rest && !copies_zero) return misfit();
    return {};
  }
  auto& open = plan.dims[plan.open.front()];
  // It must divide, or the net does not run: then its name is that of the rounded quotient.
  open = quotient->is_unknown() ? Extent::floor_quotient(total, rest) : *quotient;
  return {};
}

}  // namespace

Result<void> reshape(NodeView& node) {
  const auto& input = node.in(0);
  auto fact = tensor(input.dtype, std::nullopt);
  fact.value = input.value;
  if (const auto target = node.integers_or_input("shape", 1)) {
    auto plan = plan_of(node, *target);
    if (!plan) return tl::unexpected{std::move(plan.error())};
    if (input.dims)
      if (auto filled = fill(node, *target, *plan); !filled) return filled;
    fact.dims = std::move(plan->dims);
  }
  node.out(0, std::move(fact));
  return {};
}

}  // namespace ns::onnx
