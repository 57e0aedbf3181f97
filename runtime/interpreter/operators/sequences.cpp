// Sequences and optional values.
#include "runtime/interpreter/interpreter.hpp"
#include "runtime/interpreter/operators.hpp"
#include "runtime/interpreter/operators/slices.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

Array flag(bool value) { return {DType::boolean, Shape{}, {value ? 1.0 : 0.0}}; }

Array count(std::int64_t value) { return {DType::int64, Shape{}, {static_cast<double>(value)}}; }

Result<Data> identity(const OperatorCall& call) {
  if (!call.has(0)) return call.fail("reads nothing");
  return outputs_of(*call.inputs[0]);
}

Result<Data> sequence_empty(const OperatorCall&) { return outputs_of(Datum::sequence({})); }

Result<Data> sequence_construct(const OperatorCall& call) {
  Data elements;
  for (const auto* const input : call.inputs)
    if (input != nullptr) elements.push_back(*input);
  return outputs_of(Datum::sequence(std::move(elements)));
}

/// The place that a scalar input names in a sequence, `room` places beyond its end allowed.
Result<std::size_t> place_in(const OperatorCall& call, std::size_t input, std::size_t size,
                             std::size_t room) {
  auto place = call.integer(input, 0);
  if (place < 0) place += static_cast<std::int64_t>(size);
  if (place < 0 || static_cast<std::size_t>(place) >= size + room)
    return call.fail(fmt::format("position {} is not in a sequence of {}", place, size));
  return static_cast<std::size_t>(place);
}

Result<const Data*> sequence_of(const OperatorCall& call) {
  if (!call.has(0) || call.inputs[0]->kind != onnx::Kind::sequence)
    return call.fail("its input is no sequence");
  return &call.inputs[0]->elements;
}

Result<Data> sequence_insert(const OperatorCall& call) {
  const auto sequence = sequence_of(call);
  if (!sequence) return tl::unexpected{sequence.error()};
  if (!call.has(1)) return call.fail("has nothing to insert");
  auto elements = **sequence;
  auto place = elements.size();
  if (call.has(2)) {
    const auto given = place_in(call, 2, elements.size(), 1);
    if (!given) return tl::unexpected{given.error()};
    place = *given;
  }
  elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(place), *call.inputs[1]);
  return outputs_of(Datum::sequence(std::move(elements)));
}

Result<Data> sequence_erase(const OperatorCall& call) {
  const auto sequence = sequence_of(call);
  if (!sequence) return tl::unexpected{sequence.error()};
  auto elements = **sequence;
  if (elements.empty()) return call.fail("an empty sequence has nothing to erase");
  auto place = elements.size() - 1;
  if (call.has(1)) {
    const auto given = place_in(call, 1, elements.size(), 0);
    if (!given) return tl::unexpected{given.error()};
    place = *given;
  }
  elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(place));
  return outputs_of(Datum::sequence(std::move(elements)));
}

Result<Data> sequence_at(const OperatorCall& call) {
  const auto sequence = sequence_of(call);
  if (!sequence) return tl::unexpected{sequence.error()};
  const auto place = place_in(call, 1, (*sequence)->size(), 0);
  if (!place) return tl::unexpected{place.error()};
  return outputs_of((**sequence)[*place]);
}

Result<Data> sequence_length(const OperatorCall& call) {
  const auto sequence = sequence_of(call);
  if (!sequence) return tl::unexpected{sequence.error()};
  return outputs_of(count(static_cast<std::int64_t>((*sequence)->size())));
}

Result<Data> concat_from_sequence(const OperatorCall& call) {
  const auto sequence = sequence_of(call);
  if (!sequence) return tl::unexpected{sequence.error()};
  std::vector<const Array*> parts;
  for (const auto& element : **sequence) parts.push_back(&element.array);
  auto array = joined(call, parts, call.view.integer("axis", 0), call.view.integer("new_axis", 0) != 0);
  if (!array) return tl::unexpected{std::move(array.error())};
  return outputs_of(std::move(*array));
}

Result<Data> split_to_sequence(const OperatorCall& call) {
  const auto& input = call.in(0);
  const auto axis = call.view.axis(call.view.integer("axis", 0), input.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  const auto extent = input.shape[*axis];
  std::vector<std::int64_t> sizes;
  if (call.has(1) && call.in(1).shape.rank() == 1) {
    for (const auto size : call.in(1).values) sizes.push_back(integer_of(size));
  } else {
    const auto size = call.integer(1, 1);
    if (size <= 0) return call.fail("splits into parts of no size");
    for (std::int64_t at = 0; at < extent; at += sizes.back()) sizes.push_back(std::min(size, extent - at));
  }
  const bool keeps = call.has(1) || call.view.integer("keepdims", 1) != 0;
  const auto outer = input.shape.elements(0, *axis);
  const auto inner = input.shape.elements(*axis + 1, input.shape.rank());
  Data elements;
  std::int64_t begin = 0;
  for (const auto size : sizes) {
    if (size < 0 || size > extent - begin) return call.fail("its parts do not fit the axis");
    auto shape = input.shape;
    shape[*axis] = size;
    auto part = zeros(input.dtype, std::move(shape));
    auto to = part.values.begin();
    for (std::int64_t line = 0; line < outer; ++line)
      to = std::copy_n(input.values.begin() + (line * extent + begin) * inner, size * inner, to);
    elements.emplace_back(keeps ? std::move(part) : slice_at(part, *axis, 0));
    begin += size;
  }
  return outputs_of(Datum::sequence(std::move(elements)));
}

Result<Data> sequence_map(const OperatorCall& call) {
  const auto* const body = call.view.graph("body");
  const auto sequence = sequence_of(call);
  if (!sequence) return tl::unexpected{sequence.error()};
  if (body == nullptr) return call.fail("has no body");
  std::vector<Data> made(body->outputs.size());
  for (std::size_t i = 0; i < (*sequence)->size(); ++i) {
    Data inputs;
    for (const auto* const input : call.inputs) {
      if (input == nullptr) return call.fail("an input is left out");
      const bool is_sequence = input->kind == onnx::Kind::sequence;
      if (is_sequence && input->elements.size() <= i)
        return call.fail("its sequences have different lengths");
      inputs.push_back(is_sequence ? input->elements[i] : *input);
    }
    auto outputs = call.interpreter.run(*body, std::move(inputs), call.scope);
    if (!outputs) return outputs;
    for (std::size_t k = 0; k < made.size(); ++k) made[k].push_back(std::move((*outputs)[k]));
  }
  Data outputs;
  for (auto& elements : made) outputs.push_back(Datum::sequence(std::move(elements)));
  return outputs;
}

Result<Data> optional(const OperatorCall& call) {
  if (!call.has(0)) return outputs_of(Datum::optional({}));
  return outputs_of(Datum::optional({*call.inputs[0]}));
}

bool has_element(const OperatorCall& call) {
  if (!call.has(0)) return false;
  return call.inputs[0]->kind != onnx::Kind::optional || !call.inputs[0]->elements.empty();
}

Result<Data> optional_has_element(const OperatorCall& call) { return outputs_of(flag(has_element(call))); }

Result<Data> optional_get_element(const OperatorCall& call) {
  if (!has_element(call)) return call.fail("the optional value is not there");
  return outputs_of(call.inputs[0]->kind == onnx::Kind::optional ? call.inputs[0]->elements.front()
                                                                 : *call.inputs[0]);
}

}  // namespace

std::span<const Operator> sequence_operators() {
  static constexpr std::array rows{
      Operator{"", "ConcatFromSequence", 0, concat_from_sequence},
      Operator{"", "Identity", 0, identity},
      Operator{"", "Optional", 0, optional},
      Operator{"", "OptionalGetElement", 0, optional_get_element},
      Operator{"", "OptionalHasElement", 0, optional_has_element},
      Operator{"", "SequenceAt", 0, sequence_at},
      Operator{"", "SequenceConstruct", 0, sequence_construct},
      Operator{"", "SequenceEmpty", 0, sequence_empty},
      Operator{"", "SequenceErase", 0, sequence_erase},
      Operator{"", "SequenceInsert", 0, sequence_insert},
      Operator{"", "SequenceLength", 0, sequence_length},
      Operator{"", "SequenceMap", 0, sequence_map},
      Operator{"", "SplitToSequence", 1, split_to_sequence},
  };
  return rows;
}

}  // namespace ns
