// What makes values of little or nothing: constants, shapes, ranges.
#include "runtime/interpreter/interpreter.hpp"
#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;

Array scalar(DType dtype, double value) { return {dtype, Shape{}, {value}}; }

template <class Number>
Array vector_of(DType dtype, const std::vector<Number>& numbers) {
  Array array{dtype, Shape{static_cast<std::int64_t>(numbers.size())}, {}};
  for (const auto number : numbers) array.values.push_back(static_cast<double>(number));
  return array;
}

Result<Data> constant(const OperatorCall& call) {
  for (const auto& attribute : call.view.node().attributes) {
    if (attribute.name == "value" && !attribute.tensors.empty()) {
      auto array = call.interpreter.read(attribute.tensors.front());
      if (!array) return tl::unexpected{std::move(array.error())};
      return outputs_of(std::move(*array));
    }
    if (attribute.name == "value_float") return outputs_of(scalar(DType::float32, attribute.real));
    if (attribute.name == "value_int")
      return outputs_of(scalar(DType::int64, static_cast<double>(attribute.integer)));
    if (attribute.name == "value_floats") return outputs_of(vector_of(DType::float32, attribute.reals));
    if (attribute.name == "value_ints") return outputs_of(vector_of(DType::int64, attribute.integers));
  }
  return call.fail("holds no numbers");
}

Result<Data> constant_of_shape(const OperatorCall& call) {
  auto array = call.blank(0);
  if (!array) return tl::unexpected{std::move(array.error())};
  const auto* const attribute = call.view.attribute("value");
  if (attribute != nullptr && !attribute->tensors.empty()) {
    const auto value = call.interpreter.read(attribute->tensors.front());
    if (!value) return tl::unexpected{value.error()};
    if (value->values.size() != 1) return call.fail("its value is not one element");
    array->values.assign(array->values.size(), value->values.front());
  }
  return outputs_of(std::move(*array));
}

Result<Data> shape(const OperatorCall& call) {
  const auto extents = call.in(0).shape.extents();
  const auto rank = static_cast<std::int64_t>(extents.size());
  const auto place = [&](std::int64_t at) {
    return std::clamp<std::int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const auto start = place(call.view.integer("start", 0));
  const auto end = std::max(start, place(call.view.integer("end", rank)));
  return outputs_of(
      vector_of(DType::int64, std::vector<std::int64_t>(extents.begin() + start, extents.begin() + end)));
}

Result<Data> size(const OperatorCall& call) {
  return outputs_of(scalar(DType::int64, static_cast<double>(call.in(0).shape.elements())));
}

Result<Data> range(const OperatorCall& call) {
  for (std::size_t i = 0; i < 3; ++i)
    if (call.in(i).values.size() != 1) return call.fail("start, limit and delta are one element each");
  const auto start = call.in(0).values.front();
  const auto delta = call.in(2).values.front();
  const auto count = std::max(0.0, std::ceil((call.in(1).values.front() - start) / delta));
  if (!(count <= static_cast<double>(std::int64_t{1} << 28U)))
    return call.fail("asks for more elements than are made here");
  Array array = zeros(call.in(0).dtype, Shape{static_cast<std::int64_t>(count)});
  for (std::size_t i = 0; i < array.values.size(); ++i)
    array.values[i] = start + static_cast<double>(i) * delta;
  round_values(array);
  return outputs_of(std::move(array));
}

Result<Data> eye_like(const OperatorCall& call) {
  auto array = call.blank(0);
  if (!array) return tl::unexpected{std::move(array.error())};
  const auto rows = array->shape[0];
  const auto columns = array->shape[1];
  const auto k = std::clamp(call.view.integer("k", 0), -rows, columns);
  for (std::int64_t row = 0; row < rows; ++row)
    if (row + k >= 0 && row + k < columns)
      array->values[static_cast<std::size_t>(row * columns + row + k)] = 1.0;
  return outputs_of(std::move(*array));
}

Result<Data> one_hot(const OperatorCall& call) {
  auto array = call.blank(0);
  if (!array) return tl::unexpected{std::move(array.error())};
  const auto& indices = call.in(0);
  if (call.in(2).values.size() != 2) return call.fail("its values are not two elements");
  const auto off = call.in(2).values[0];
  const auto on = call.in(2).values[1];
  const auto rank = static_cast<std::int64_t>(array->shape.rank());
  const auto given = call.view.integer("axis", -1);
  const auto axis = static_cast<std::size_t>(given < 0 ? given + rank : given);
  const auto depth = array->shape[axis];
  const auto inner = array->shape.elements(axis + 1, array->shape.rank());
  array->values.assign(array->values.size(), off);
  for (std::size_t i = 0; i < indices.values.size(); ++i) {
    auto index = std::trunc(indices.values[i]);
    if (index < 0.0) index += static_cast<double>(depth);
    if (!(index >= 0.0 && index < static_cast<double>(depth))) continue;
    const auto at = static_cast<std::int64_t>(i);
    const auto place = (at / inner * depth + static_cast<std::int64_t>(index)) * inner + at % inner;
    array->values[static_cast<std::size_t>(place)] = on;
  }
  return outputs_of(std::move(*array));
}

Result<Data> trilu(const OperatorCall& call) {
  Array array = call.in(0);
  const auto rank = array.shape.rank();
  if (rank < 2) return call.fail("its input has fewer than two axes");
  const auto rows = array.shape[rank - 2];
  const auto columns = array.shape[rank - 1];
  // Beyond the matrix one diagonal is like another.
  const auto k = std::clamp(call.integer(1, 0), -rows, columns);
  const bool upper = call.view.integer("upper", 1) != 0;
  for (std::size_t i = 0; i < array.values.size(); ++i) {
    const auto column = static_cast<std::int64_t>(i) % columns;
    const auto row = static_cast<std::int64_t>(i) / columns % rows;
    if (upper ? column < row + k : column > row + k) array.values[i] = 0.0;
  }
  return outputs_of(std::move(array));
}

}  // namespace

std::span<const Operator> creation_operators() {
  static constexpr std::array rows{
      Operator{"", "Constant", 0, constant}, Operator{"", "ConstantOfShape", 1, constant_of_shape},
      Operator{"", "EyeLike", 1, eye_like},  Operator{"", "OneHot", 3, one_hot},
      Operator{"", "Range", 3, range},       Operator{"", "Shape", 1, shape},
      Operator{"", "Size", 1, size},         Operator{"", "Trilu", 1, trilu},
  };
  return rows;
}

}  // namespace ns
