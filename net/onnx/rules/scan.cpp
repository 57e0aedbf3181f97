// Scan.
#include "net/onnx/rules/control.hpp"
#include "net/onnx/rules/fixpoint.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <fmt/format.h>
#include <span>
#include <utility>

namespace ns::onnx {
namespace {

/// Which axis of which input and output is the sequence. Opset 8 has a batch before it, and the lengths of
/// each sequence before all inputs.
struct Layout {
  std::size_t first = 0;  // input
  std::size_t states = 0;
  std::size_t scanned = 0;
  bool has_batch = false;
};

/// The i-th of the axes that an attribute lists, 0 where it does not.
std::int64_t axis_of(std::span<const std::int64_t> axes, std::size_t i) {
  return i < axes.size() ? axes[i] : 0;
}

Fact without_axis(const Fact& fact, std::size_t axis) {
  auto made = tensor(fact.dtype, fact.dims);
  if (made.dims && axis < made.dims->size())
    made.dims->erase(made.dims->begin() + static_cast<std::ptrdiff_t>(axis));
  return made;
}

struct Elements {
  std::vector<Fact> facts;
  Extent runs;
  Extent batch;
};

/// What one run sees of the scanned inputs, and how many runs there are.
Result<Elements> elements_of(const NodeView& node, const Layout& layout) {
  Elements elements;
  const auto axes = node.integers("scan_input_axes");
  for (std::size_t i = 0; i < layout.scanned; ++i) {
    const auto& input = node.in(layout.first + layout.states + i);
    if (!input.dims) {
      elements.facts.push_back(tensor(input.dtype, std::nullopt));
      continue;
    }
    const auto axis =
        layout.has_batch ? node.axis(1, input.dims->size()) : node.axis(axis_of(axes, i), input.dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    const auto& extent = (*input.dims)[*axis];
    if (differ(elements.runs, extent))
      return node.fail(fmt::format("input '{}' has {} elements to scan, others {}",
                                   node.input_name(layout.first + layout.states + i), to_string(extent),
                                   to_string(elements.runs)));
    elements.runs = either(elements.runs, extent);
    elements.facts.push_back(without_axis(input, *axis));
    if (!layout.has_batch) continue;
    elements.batch = either(elements.batch, input.dims->front());
    elements.facts.back() = without_axis(elements.facts.back(), 0);
  }
  return elements;
}

}  // namespace

Result<void> scan(NodeView& node) {
  const auto* const body = node.graph("body");
  const auto scanned = node.integer("num_scan_inputs", 0);
  Layout layout;
  layout.has_batch = node.opset() < 9;
  layout.first = layout.has_batch ? 1 : 0;
  if (body == nullptr || scanned < 1 || layout.first + static_cast<std::size_t>(scanned) > node.inputs())
    return node.fail("its body or num_scan_inputs is missing or does not fit its inputs");
  layout.scanned = static_cast<std::size_t>(scanned);
  layout.states = node.inputs() - layout.first - layout.scanned;
  if (body->outputs.size() < layout.states)
    return node.fail("its body has fewer outputs than there are states");

  const auto elements = elements_of(node, layout);
  if (!elements) return tl::unexpected{elements.error()};
  std::vector<Fact> states;
  for (std::size_t i = 0; i < layout.states; ++i) {
    const auto& state = node.in(layout.first + i);
    states.push_back(layout.has_batch ? without_axis(state, 0) : state);
  }
  const auto found = fixpoint(node, *body, std::move(states), [&](const std::vector<Fact>& before) {
    auto facts = before;
    facts.insert(facts.end(), elements->facts.begin(), elements->facts.end());
    return facts;
  });
  if (!found) return tl::unexpected{found.error()};

  const auto runs = elements->runs * (layout.has_batch ? elements->batch : Extent{1});
  const auto count = runs.number();
  node.spend(found->run, count ? std::optional{static_cast<double>(*count)} : std::nullopt);
  const auto axes = node.integers("scan_output_axes");
  for (std::size_t i = 0; i < found->run.outputs.size(); ++i) {
    const auto& made = found->run.outputs[i];
    Fact fact = i < layout.states ? found->states[i] : Fact{};
    if (i >= layout.states && made.dims) {
      const auto axis =
          node.axis(layout.has_batch ? 0 : axis_of(axes, i - layout.states), made.dims->size() + 1);
      if (!axis) return tl::unexpected{axis.error()};
      fact = stacked(made, *axis, elements->runs);
    } else if (i >= layout.states) {
      fact = tensor(made.dtype, std::nullopt);
    }
    node.out(i, layout.has_batch ? stacked(fact, 0, elements->batch) : std::move(fact));
  }
  return {};
}

}  // namespace ns::onnx
