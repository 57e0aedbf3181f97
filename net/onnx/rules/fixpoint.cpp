#include "net/onnx/rules/fixpoint.hpp"

#include <algorithm>
#include <utility>

namespace ns::onnx {
namespace {

/// Something is lost in each round but the last; what still changes after these is given up whole.
constexpr int most_rounds = 8;

bool same(const Dims& a, const Dims& b) {
  return std::ranges::equal(a, b, [](const Extent& x, const Extent& y) {
    return x.same_as(y) || (x.is_unknown() && y.is_unknown());
  });
}

bool same_value(const Fact& a, const Fact& b) {
  if (a.value == b.value) return true;
  if (!a.value || !b.value) return false;
  const auto* const first = extents_of(a);
  const auto* const second = extents_of(b);
  return first != nullptr && second != nullptr ? same(*first, *second) : size(*a.value) == size(*b.value);
}

/// Whether nothing was lost from `before` to `after`, which is `before` and something else in common.
bool is_kept(const Fact& before, const Fact& after) {
  const bool dims =
      before.dims.has_value() == after.dims.has_value() && (!before.dims || same(*before.dims, *after.dims));
  const bool elements = (before.elements == nullptr) == (after.elements == nullptr);
  const bool element = (before.element == nullptr) == (after.element == nullptr) &&
                       (!before.element || is_kept(*before.element, *after.element));
  return dims && elements && element && before.dtype == after.dtype && before.constant == after.constant &&
         same_value(before, after);
}

Fact given_up(const Fact& fact) {
  Fact nothing;
  nothing.kind = fact.kind;
  nothing.dtype = fact.dtype;
  return nothing;
}

}  // namespace

Result<Fixpoint> fixpoint(const NodeView& node, const Graph& body, std::vector<Fact> states,
                          const std::function<std::vector<Fact>(const std::vector<Fact>&)>& inputs) {
  Fixpoint found{std::move(states), {}, false};
  for (int round = 0;; ++round) {
    auto run = node.run(body, inputs(found.states));
    if (!run) return tl::unexpected{std::move(run.error())};
    found.run = *std::move(run);
    bool kept = true;
    for (std::size_t i = 0; i < found.states.size() && i < found.run.outputs.size(); ++i) {
      auto next = common(found.states[i], found.run.outputs[i]);
      if (is_kept(found.states[i], next)) continue;
      kept = false;
      found.changed = true;
      found.states[i] = round < most_rounds ? std::move(next) : given_up(next);
    }
    if (kept || round > most_rounds) return found;
  }
}

Fact stacked(const Fact& element, std::size_t axis, const Extent& runs) {
  auto fact = tensor(element.dtype, std::nullopt);
  if (element.dims && axis <= element.dims->size()) {
    fact.dims = element.dims;
    fact.dims->insert(fact.dims->begin() + static_cast<std::ptrdiff_t>(axis), runs);
  }
  return fact;
}

}  // namespace ns::onnx
