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
                     const std::vector<bool>& reversed) {
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

/// The axes of a scan's inputs, and how many steps they have.
struct Scanned {
  std::vector<std::size_t> axes;
  std::int64_t length = 0;
};

Result<Scanned> scanned_of(const OperatorCall& call, std::span<const Datum> scans) {
  const auto given = call.view.integers("scan_input_axes");
  Scanned made;
  for (std::size_t i = 0; i < scans.size(); ++i) {
    const auto& shape = scans[i].array.shape;
    const auto axis = call.view.axis(i < given.size() ? given[i] : 0, shape.rank());
    if (!axis) return tl::unexpected{axis.error()};
    made.axes.push_back(*axis);
    if (i > 0 && shape[*axis] != made.length) return call.fail("its inputs have different lengths");
    made.length = shape[*axis];
  }
  return made;
}

std::vector<bool> are_backward(const OperatorCall& call, std::string_view attribute, std::size_t count) {
  const auto given = call.view.integers(attribute);
  std::vector<bool> made(count, false);
  for (std::size_t i = 0; i < std::min(count, given.size()); ++i) made[i] = given[i] != 0;
  return made;
}

/// First states, then what is scanned.
Result<Data> scan_over(const OperatorCall& call, const onnx::Graph& body, const Data& inputs,
                       std::size_t states) {
  const auto scans = std::span{inputs}.subspan(states);
  const auto scanned = scanned_of(call, scans);
  if (!scanned) return tl::unexpected{scanned.error()};
  const auto backward =
      are_backward(call, call.view.opset() < 9 ? "directions" : "scan_input_directions", scans.size());
  Data carried(inputs.begin(), inputs.begin() + static_cast<std::ptrdiff_t>(states));
  std::vector<Data> steps;
  for (std::int64_t step = 0; step < scanned->length; ++step) {
    Data given = carried;
    for (std::size_t i = 0; i < scans.size(); ++i)
      given.emplace_back(
          slice_at(scans[i].array, scanned->axes[i], backward[i] ? scanned->length - 1 - step : step));
    auto outputs = call.interpreter.run(body, std::move(given), call.scope);
    if (!outputs) return outputs;
    const auto made = outputs->begin() + static_cast<std::ptrdiff_t>(states);
    carried.assign(std::make_move_iterator(outputs->begin()), std::make_move_iterator(made));
    steps.emplace_back(std::make_move_iterator(made), std::make_move_iterator(outputs->end()));
  }
  const auto count = body.outputs.size() - states;
  auto results = stacked(call, steps, states, count, call.view.integers("scan_output_axes"),
                         are_backward(call, "scan_output_directions", count));
  if (!results) return results;
  carried.insert(carried.end(), std::make_move_iterator(results->begin()),
                 std::make_move_iterator(results->end()));
  return carried;
}

/// Opset 8: every input but the first, the lengths, has a batch in front; each of its members is scanned.
Result<Data> scan_batch(const OperatorCall& call, const onnx::Graph& body, std::size_t states) {
  if (call.has(0)) return call.fail("with lengths of sequences it is not computed here");
  const auto batch = call.in(1).shape.rank() > 0 ? call.in(1).shape[0] : 0;
  for (std::size_t i = 1; i < call.inputs.size(); ++i)
    if (call.in(i).shape.rank() < 1 || call.in(i).shape[0] != batch)
      return call.fail("its inputs are not one per batch");
  std::vector<Data> members;
  for (std::int64_t member = 0; member < batch; ++member) {
    Data inputs;
    for (std::size_t i = 1; i < call.inputs.size(); ++i) inputs.emplace_back(slice_at(call.in(i), 0, member));
    auto outputs = scan_over(call, body, inputs, states);
    if (!outputs) return outputs;
    members.push_back(std::move(*outputs));
  }
  return stacked(call, members, 0, body.outputs.size(), {}, {});
}

Result<Data> scan(const OperatorCall& call) {
  const auto* const body = call.view.graph("body");
  const auto scans = static_cast<std::size_t>(call.view.integer("num_scan_inputs", 0));
  const std::size_t first = call.view.opset() < 9 ? 1 : 0;
  if (body == nullptr || scans == 0 || scans + first > call.inputs.size())
    return call.fail("is not computed here in this form");
  for (std::size_t i = first; i < call.inputs.size(); ++i) {
    if (!call.has(i)) return call.fail(fmt::format("its input {} is left out", i + 1));
    if (call.inputs[i]->kind != onnx::Kind::tensor)
      return call.fail(fmt::format("its input {} is no tensor", i + 1));
  }
  const auto states = call.inputs.size() - first - scans;
  if (body->outputs.size() < states) return call.fail("its body makes fewer values than it carries");
  if (first > 0) return scan_batch(call, *body, states);
  Data inputs;
  for (const auto* const input : call.inputs) inputs.push_back(*input);
  return scan_over(call, *body, inputs, states);
}

}  // namespace

std::span<const Operator> control_operators() {
  static constexpr std::array rows{
      Operator{"", "If", 1, branch},
      Operator{"", "Loop", 0, loop},
      Operator{"", "Scan", 0, scan},
  };
  return rows;
}

}  // namespace ns
