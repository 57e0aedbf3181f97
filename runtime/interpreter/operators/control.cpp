// Branches and loops.
#include "runtime/interpreter/interpreter.hpp"
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/slices.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <limits>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

constexpr std::int64_t most_steps = std::int64_t{1} << 24;

Array flag(bool value) { return {DType::boolean, Shape{}, {value ? 1.0 : 0.0}}; }

Array count(std::int64_t value) { return {DType::int64, Shape{}, {static_cast<double>(value)}}; }

bool holds(const Datum& condition) {
  return !condition.array.values.empty() && condition.array.values.front() != 0.0;
}

Result<Data> branch(const OperatorCall& call) {
  const auto* const body = call.view.graph(holds(*call.inputs[0]) ? "then_branch" : "else_branch");
  if (body == nullptr) return call.fail("has no such branch");
  return call.interpreter.run(*body, {}, call.scope);
}

/// A scan output of no step: as many axes as one of its steps and another have, where that is known.
Array none_of(const onnx::Fact& fact) {
  std::vector<std::int64_t> extents{0};
  if (fact.dims && !fact.dims->empty() &&
      std::all_of(fact.dims->begin() + 1, fact.dims->end(),
                  [](const auto& extent) { return extent.is_known(); }))
    for (std::size_t axis = 1; axis < fact.dims->size(); ++axis)
      extents.push_back((*fact.dims)[axis].value());
  Shape shape{std::move(extents)};
  if (!check_shape(shape)) shape = Shape{0};
  return zeros(fact.dtype.value_or(DType::float32), std::move(shape));
}

/// What the iterations of a loop add up to: one array, with a step's part per index of its first axis.
Result<Data> stacked(const OperatorCall& call, const std::vector<Data>& steps, std::size_t first,
                     std::size_t outputs, std::span<const std::int64_t> axes,
                     std::span<const bool> reversed) {
  Data made;
  for (std::size_t i = 0; i < outputs; ++i) {
    if (steps.empty()) {
      if (first + i >= call.outputs.size()) break;  // nobody reads it
      made.emplace_back(none_of(call.outputs[first + i]));
      continue;
    }
    std::vector<const Array*> parts;
    for (const auto& step : steps) parts.push_back(&step[i].array);
    if (i < reversed.size() && reversed[i]) std::ranges::reverse(parts);
    auto array = joined(call, parts, i < axes.size() ? axes[i] : 0, true);
    if (!array) return tl::unexpected{std::move(array.error())};
    made.emplace_back(std::move(*array));
  }
  return made;
}

Result<Data> loop(const OperatorCall& call) {
  const auto* const body = call.view.graph("body");
  if (body == nullptr || body->outputs.empty()) return call.fail("has no body");
  const auto most = call.integer(0, std::numeric_limits<std::int64_t>::max());
  bool going = !call.has(1) || holds(*call.inputs[1]);
  Data carried;
  for (std::size_t i = 2; i < call.inputs.size(); ++i)
    carried.push_back(call.inputs[i] == nullptr ? Datum::optional({}) : *call.inputs[i]);
  const auto states = carried.size();
  if (body->outputs.size() < states + 1) return call.fail("its body makes fewer values than it carries");
  std::vector<Data> steps;
  for (std::int64_t step = 0; going && step < most; ++step) {
    if (step == most_steps) return call.fail(fmt::format("has not ended after {} steps", most_steps));
    Data inputs{count(step), flag(going)};
    inputs.insert(inputs.end(), carried.begin(), carried.end());
    auto outputs = call.interpreter.run(*body, std::move(inputs), call.scope);
    if (!outputs) return outputs;
    going = holds(outputs->front());
    const auto scans = outputs->begin() + static_cast<std::ptrdiff_t>(states + 1);
    carried.assign(std::make_move_iterator(outputs->begin() + 1), std::make_move_iterator(scans));
    steps.emplace_back(std::make_move_iterator(scans), std::make_move_iterator(outputs->end()));
  }
  auto scanned = stacked(call, steps, states, body->outputs.size() - 1 - states, {}, {});
  if (!scanned) return scanned;
  carried.insert(carried.end(), std::make_move_iterator(scanned->begin()),
                 std::make_move_iterator(scanned->end()));
  return carried;
}

/// Scan of opset 9 and later.
Result<Data> scan(const OperatorCall& call) {
  const auto* const body = call.view.graph("body");
  const auto scans = static_cast<std::size_t>(call.view.integer("num_scan_inputs", 0));
  if (body == nullptr || call.view.opset() < 9 || scans == 0 || scans > call.inputs.size())
    return call.fail("is not computed here in this form");
  const auto states = call.inputs.size() - scans;
  if (body->outputs.size() < states) return call.fail("its body makes fewer values than it carries");
  const auto at = [](std::span<const std::int64_t> list, std::size_t i) {
    return i < list.size() ? list[i] : 0;
  };
  const auto in_axes = call.view.integers("scan_input_axes");
  const auto in_directions = call.view.integers("scan_input_directions");
  std::vector<std::size_t> axes;
  std::int64_t length = 0;
  for (std::size_t i = 0; i < call.inputs.size(); ++i)
    if (!call.has(i)) return call.fail(fmt::format("its input {} is left out", i + 1));
  for (std::size_t i = 0; i < scans; ++i) {
    const auto& input = call.in(states + i);
    const auto axis = call.view.axis(at(in_axes, i), input.shape.rank());
    if (!axis) return tl::unexpected{axis.error()};
    axes.push_back(*axis);
    if (i > 0 && input.shape[*axis] != length) return call.fail("its inputs have different lengths");
    length = input.shape[*axis];
  }
  Data carried;
  for (std::size_t i = 0; i < states; ++i) carried.push_back(*call.inputs[i]);
  std::vector<Data> steps;
  for (std::int64_t step = 0; step < length; ++step) {
    Data inputs = carried;
    for (std::size_t i = 0; i < scans; ++i)
      inputs.emplace_back(
          slice_at(call.in(states + i), axes[i], at(in_directions, i) == 0 ? step : length - 1 - step));
    auto outputs = call.interpreter.run(*body, std::move(inputs), call.scope);
    if (!outputs) return outputs;
    const auto made = outputs->begin() + static_cast<std::ptrdiff_t>(states);
    carried.assign(std::make_move_iterator(outputs->begin()), std::make_move_iterator(made));
    steps.emplace_back(std::make_move_iterator(made), std::make_move_iterator(outputs->end()));
  }
  std::array<bool, 64> reversed{};
  const auto directions = call.view.integers("scan_output_directions");
  for (std::size_t i = 0; i < reversed.size(); ++i) reversed[i] = at(directions, i) != 0;
  auto scanned = stacked(call, steps, states, body->outputs.size() - states,
                         call.view.integers("scan_output_axes"), reversed);
  if (!scanned) return scanned;
  carried.insert(carried.end(), std::make_move_iterator(scanned->begin()),
                 std::make_move_iterator(scanned->end()));
  return carried;
}

constexpr std::array rows{
    Operator{"", "If", 1, branch},
    Operator{"", "Loop", 0, loop},
    Operator{"", "Scan", 1, scan},
};

}  // namespace

std::span<const Operator> control_operators() { return rows; }

}  // namespace ns
