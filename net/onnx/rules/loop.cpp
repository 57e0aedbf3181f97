// Loop.
#include "net/onnx/rules/control.hpp"
#include "net/onnx/rules/fixpoint.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace ns::onnx {
namespace {

struct Loop {
  const Graph& body;
  std::optional<Extent> limit;  // none: only the condition ends it
  std::vector<Fact> states;     // the condition, then what is carried
};

Fact flag(Extent value) { return integers(DType::boolean, {}, {std::move(value)}); }

Fact counter(Extent value) {
  auto fact = integers(DType::int64, {}, {std::move(value)});
  fact.constant = true;  // it follows from no input
  return fact;
}

std::vector<Fact> arguments(Extent iteration, const std::vector<Fact>& states) {
  std::vector<Fact> facts{counter(std::move(iteration))};
  facts.insert(facts.end(), states.begin(), states.end());
  return facts;
}

std::optional<bool> truth_of(const Fact& condition) {
  const auto value = scalar_of(condition);
  return value && value->is_known() ? std::optional{value->value() != 0} : std::nullopt;
}

void put(NodeView& node, const std::vector<Fact>& states, const std::vector<Fact>& scanned) {
  for (std::size_t i = 1; i < states.size(); ++i) node.out(i - 1, states[i]);
  for (std::size_t i = 0; i < scanned.size(); ++i) node.out(states.size() - 1 + i, scanned[i]);
}

/// Elements of the scan outputs that one run makes.
std::vector<Fact> scanned_by(const BodyRun& run, std::size_t states) {
  return states < run.outputs.size()
             ? std::vector<Fact>(run.outputs.begin() + static_cast<std::ptrdiff_t>(states), run.outputs.end())
             : std::vector<Fact>{};
}

/// Every run by itself, for loops whose states change or whose condition follows from them. False where the
/// runs cannot be told, or are too many; then nothing is said.
Result<bool> unroll(NodeView& node, const Loop& loop) {
  auto states = loop.states;
  std::vector<Fact> elements;
  std::vector<BodyRun> runs;
  const auto limit = loop.limit ? loop.limit->number() : std::nullopt;
  if (loop.limit && !limit) return false;
  while (!limit || static_cast<std::int64_t>(runs.size()) < *limit) {
    const auto goes_on = truth_of(states.front());
    if (!goes_on || (*goes_on && runs.size() == most_unrolled)) return false;
    if (!*goes_on) break;
    auto run = node.run(loop.body, arguments(static_cast<std::int64_t>(runs.size()), states));
    if (!run) return tl::unexpected{std::move(run.error())};
    auto made = scanned_by(*run, states.size());
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (i < elements.size())
        elements[i] = common(elements[i], made[i]);
      else
        elements.push_back(std::move(made[i]));
    }
    states.assign(run->outputs.begin(), run->outputs.begin() + static_cast<std::ptrdiff_t>(states.size()));
    runs.push_back(*std::move(run));
  }
  if (runs.empty()) return false;
  for (const auto& run : runs) node.spend(run, 1.0);
  for (auto& element : elements) element = stacked(element, 0, static_cast<std::int64_t>(runs.size()));
  put(node, states, elements);
  return true;
}

/// One run stands for all.
void generalise(NodeView& node, const Loop& loop, const Fixpoint& found, const Extent& runs) {
  auto states = found.states;
  if (runs.is_known() && runs.value() > 0)
    states.assign(found.run.outputs.begin(),
                  found.run.outputs.begin() + static_cast<std::ptrdiff_t>(states.size()));
  auto scanned = scanned_by(found.run, states.size());
  for (auto& element : scanned) {
    auto fact = stacked(element, 0, runs);
    if (runs.is_unknown()) {
      fact.on_data = true;
      auto most = loop.limit && loop.limit->is_known() ? stacked(element, 0, *loop.limit).dims : std::nullopt;
      if (most && all_known(*most)) fact.most = std::move(most);
    }
    element = std::move(fact);
  }
  const auto count = runs.number();
  node.spend(found.run, count ? std::optional{static_cast<double>(*count)} : std::nullopt);
  put(node, states, scanned);
}

/// A body that is never run: the states go through, scan outputs are empty.
Result<void> skip(NodeView& node, const Loop& loop) {
  auto found =
      fixpoint(node, loop.body, loop.states, [](const auto& states) { return arguments(Extent{}, states); });
  std::vector<Fact> scanned;
  if (found) scanned = scanned_by(found->run, loop.states.size());
  for (auto& element : scanned) element = stacked(element, 0, 0);
  put(node, loop.states, scanned);
  return {};
}

}  // namespace

Result<void> loop(NodeView& node) {
  const auto* const body = node.graph("body");
  if (body == nullptr) return node.fail("it has no body");
  Loop loop{*body, std::nullopt, {}};
  if (node.has(0)) loop.limit = scalar_of(node.in(0)).value_or(Extent{});
  const auto first = node.has(1) ? truth_of(node.in(1)) : std::optional{true};
  loop.states.push_back(flag(first ? Extent{*first ? 1 : 0} : Extent{}));
  loop.states.front().constant = !node.has(1) || node.in(1).constant;
  for (std::size_t i = 2; i < node.inputs(); ++i) loop.states.push_back(node.in(i));
  if (body->outputs.size() < loop.states.size())
    return node.fail(fmt::format("its body has {} outputs for a condition and {} states",
                                 body->outputs.size(), loop.states.size() - 1));
  const bool never = (loop.limit && loop.limit->is_known() && loop.limit->value() <= 0) || first == false;
  if (never) return skip(node, loop);

  const auto found =
      fixpoint(node, *body, loop.states, [](const auto& states) { return arguments(Extent{}, states); });
  if (!found) return tl::unexpected{found.error()};
  const bool always = truth_of(found->states.front()) == true;
  const auto runs = always && loop.limit ? *loop.limit : Extent{};
  if (found->changed || !runs.is_known()) {
    const auto unrolled = unroll(node, loop);
    if (!unrolled) return tl::unexpected{unrolled.error()};
    if (*unrolled) return {};
  }
  generalise(node, loop, *found, runs);
  return {};
}

}  // namespace ns::onnx
