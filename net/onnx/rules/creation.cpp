// Operators that make tensors from attributes, shapes and scalars.
#include "net/onnx/rules.hpp"
#include "net/onnx/rules/arithmetic.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <cmath>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

Dims dims_of(std::span<const std::int64_t> extents) { return {extents.begin(), extents.end()}; }

Dims length_of(std::size_t length) { return {static_cast<std::int64_t>(length)}; }

Fact texts(Dims dims, std::vector<std::string> elements) {
  auto fact = tensor(DType::string, std::move(dims));
  fact.value = std::make_shared<const Value>(std::move(elements));
  return fact;
}

/// What each attribute of Constant holds. The elements of `value` are read by the engine once somebody needs
/// them.
Result<void> constant(NodeView& node) {
  for (const auto& attribute : node.node().attributes) {
    const auto& integers_ = attribute.integers;
    const auto& name = attribute.name;
    if (name == "value" && !attribute.tensors.empty()) {
      const auto& held = attribute.tensors.front();
      node.out(0, tensor(held.dtype, dims_of(held.dims)));
    } else if (name == "sparse_value" && !attribute.tensors.empty()) {
      node.out(0, tensor(attribute.tensors.front().dtype, dims_of(attribute.sparse_dims)));
    } else if (name == "value_int") {
      node.out(0, integers(DType::int64, {}, {attribute.integer}));
    } else if (name == "value_ints") {
      node.out(0, integers(DType::int64, length_of(integers_.size()), {integers_.begin(), integers_.end()}));
    } else if (name == "value_float") {
      node.out(0, reals(DType::float32, {}, {attribute.real}));
    } else if (name == "value_floats") {
      node.out(0, reals(DType::float32, length_of(attribute.reals.size()), attribute.reals));
    } else if (name == "value_string") {
      node.out(0, texts({}, {attribute.text}));
    } else if (name == "value_strings") {
      node.out(0, texts(length_of(attribute.texts.size()), attribute.texts));
    }
  }
  return {};
}

/// `count` times the one element of `value`.
Value repeated(const Value& value, std::size_t count) {
  return std::visit(
      [&](const auto& elements) { return Value{std::decay_t<decltype(elements)>(count, elements.front())}; },
      value);
}

Result<void> constant_of_shape(NodeView& node) {
  const auto* const attribute = node.attribute("value");
  const auto* const held =
      attribute != nullptr && !attribute->tensors.empty() ? &attribute->tensors.front() : nullptr;
  auto fact = tensor(held != nullptr ? held->dtype : DType::float32, std::nullopt);
  if (auto dims = node.integers_or_input("", 0)) {
    for (const auto& extent : *dims)
      if (extent.is_known() && extent.value() < 0)
        return node.fail(fmt::format("the shape {} has a negative extent", to_string(*dims)));
    fact.dims = *std::move(dims);
    if (const auto count = small_count(*fact.dims)) {
      const auto value = held != nullptr ? node.read(*held) : Value{std::vector<double>{0.0}};
      if (value && size(*value) == 1) fact.value = std::make_shared<const Value>(repeated(*value, *count));
    }
  }
  node.out(0, std::move(fact));
  return {};
}

/// A scalar as a number; nothing where it is a symbol or unknown.
std::optional<double> number_of(const Fact& fact) {
  if (const auto* const numbers = reals_of(fact))
    return numbers->size() == 1 ? std::optional{numbers->front()} : std::nullopt;
  const auto extent = scalar_of(fact);
  return extent && extent->is_known() ? std::optional{static_cast<double>(extent->value())} : std::nullopt;
}

/// Range of real numbers: ceil((limit - start) / delta) elements.
Fact real_range(const NodeView& node, DType dtype) {
  const auto start = number_of(node.in(0));
  const auto limit = number_of(node.in(1));
  const auto delta = node.has(2) ? number_of(node.in(2)) : 1.0;  // com.microsoft may leave it out
  constexpr double most = 9e15;
  auto fact = tensor(dtype, Dims(1));
  if (!start || !limit || !delta || *delta == 0.0) return fact;
  const auto count = std::max(std::ceil((*limit - *start) / *delta), 0.0);
  if (!(count < most)) return fact;
  fact.dims->front() = static_cast<std::int64_t>(count);
  if (!small_count(*fact.dims)) return fact;
  std::vector<double> elements;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i)
    elements.push_back(*start + static_cast<double>(i) * *delta);
  fact.value = value_of(std::move(elements), dtype);
  return fact;
}

Fact integer_range(const NodeView& node, DType dtype) {
  const auto start = scalar_of(node.in(0)).value_or(Extent{});
  const auto limit = scalar_of(node.in(1)).value_or(Extent{});
  const auto delta = node.has(2) ? scalar_of(node.in(2)).value_or(Extent{}) : Extent{1};
  auto fact = tensor(dtype, Dims(1));
  if (!delta.is_known() || delta.value() == 0) return fact;
  const auto span = delta.value() > 0 ? limit - start : start - limit;
  auto count = Extent::ceil_quotient(span, delta.value() > 0 ? delta : Extent{0} - delta);
  if (count.is_known()) count = std::max(count.value(), std::int64_t{0});
  fact.dims->front() = count;
  const auto small = small_count(*fact.dims);
  if (!small) return fact;
  std::vector<Extent> elements;
  elements.reserve(*small);
  for (std::size_t i = 0; i < *small; ++i) elements.push_back(start + delta * static_cast<std::int64_t>(i));
  return integers(dtype, *fact.dims, std::move(elements));
}

Result<void> range(NodeView& node) {
  const auto dtype = node.in(0).dtype ? node.in(0).dtype : node.in(1).dtype;
  if (!dtype)
    node.out(0, tensor(std::nullopt, Dims(1)));
  else
    node.out(0, is_floating(*dtype) ? real_range(node, *dtype) : integer_range(node, *dtype));
  return {};
}

/// The element type that the attribute names by its number, else this one.
std::optional<DType> dtype_of(const NodeView& node, std::string_view attribute,
                              std::optional<DType> otherwise) {
  const auto number = node.integer(attribute, 0);
  return number == 0 ? otherwise : element_type(number);
}

Result<void> random(NodeView& node) {
  const auto* const shape = node.attribute("shape");
  node.out(0, tensor(dtype_of(node, "dtype", DType::float32),
                     shape != nullptr ? std::optional{dims_of(shape->integers)} : std::nullopt));
  return {};
}

Result<void> random_like(NodeView& node) {
  node.out(0, like(node.in(0), dtype_of(node, "dtype", node.in(0).dtype)));
  return {};
}

Result<void> multinomial(NodeView& node) {
  node.out(0, tensor(dtype_of(node, "dtype", DType::int32),
                     Dims{extent_at(node.in(0), 0), node.integer("sample_size", 1)}));
  return {};
}

Result<void> window(NodeView& node) {
  node.out(0, tensor(dtype_of(node, "output_datatype", DType::float32),
                     Dims{scalar_of(node.in(0)).value_or(Extent{})}));
  return {};
}

}  // namespace

std::span<const OpRule> creation_rules() {
  static constexpr std::array rows{
      OpRule{"", "Bernoulli", random_like, Work::outputs},
      OpRule{"", "BlackmanWindow", window, Work::outputs},
      OpRule{"", "Constant", constant},
      OpRule{"", "ConstantOfShape", constant_of_shape},
      OpRule{"", "EyeLike", random_like},
      OpRule{"", "HammingWindow", window, Work::outputs},
      OpRule{"", "HannWindow", window, Work::outputs},
      OpRule{"", "Multinomial", multinomial, Work::outputs},
      OpRule{"", "RandomNormal", random, Work::outputs},
      OpRule{"", "RandomNormalLike", random_like, Work::outputs},
      OpRule{"", "RandomUniform", random, Work::outputs},
      OpRule{"", "RandomUniformLike", random_like, Work::outputs},
      OpRule{"", "Range", range},
      OpRule{"", "Trilu", same_as_input<0>},
      OpRule{contrib, "Range", range},
      OpRule{contrib, "Trilu", same_as_input<0>},
  };
  return rows;
}

}  // namespace ns::onnx
