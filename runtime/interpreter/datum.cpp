#include "runtime/interpreter/datum.hpp"

#include <memory>
#include <utility>

namespace ns {
namespace {

onnx::Value value_of(const Array& array) {
  if (is_floating(array.dtype)) return array.values;
  std::vector<onnx::Extent> integers;
  integers.reserve(array.values.size());
  for (const double value : array.values) integers.emplace_back(integer_of(value));
  return integers;
}

}  // namespace

Datum Datum::sequence(std::vector<Datum> elements) {
  Datum made;
  made.kind = onnx::Kind::sequence;
  made.elements = std::move(elements);
  return made;
}

Datum Datum::optional(std::vector<Datum> element) {
  Datum made;
  made.kind = onnx::Kind::optional;
  made.elements = std::move(element);
  return made;
}

onnx::Fact fact_of(const Datum& datum) {
  if (datum.kind != onnx::Kind::tensor) {
    onnx::Fact fact;
    fact.kind = datum.kind;
    std::vector<onnx::Fact> elements;
    for (const auto& element : datum.elements) elements.push_back(fact_of(element));
    if (!elements.empty()) fact.element = std::make_shared<const onnx::Fact>(elements.front());
    fact.elements = std::make_shared<const std::vector<onnx::Fact>>(std::move(elements));
    return fact;
  }
  const auto& array = datum.array;
  const auto extents = array.shape.extents();
  auto fact = onnx::tensor(array.dtype, onnx::Dims(extents.begin(), extents.end()));
  if (array.values.size() <= onnx::max_value_elements)
    fact.value = std::make_shared<const onnx::Value>(value_of(array));
  return fact;
}

std::optional<TensorType> known_type(const onnx::Fact& fact) {
  if (fact.kind != onnx::Kind::tensor || !fact.dtype || !fact.dims || !all_known(*fact.dims))
    return std::nullopt;
  std::vector<std::int64_t> extents;
  for (const auto& extent : *fact.dims) extents.push_back(extent.value());
  return TensorType{Shape{std::move(extents)}, *fact.dtype};
}

}  // namespace ns
