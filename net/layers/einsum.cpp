#include "net/layers/einsum.hpp"

#include "core/text.hpp"
#include "net/layers/einsum_product.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>

namespace ns {
namespace {

struct Terms {
  std::vector<std::string_view> operands;
  std::string_view result;
};

std::optional<Terms> terms_of(std::string_view equation) {
  const auto dash = equation.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  Terms terms{split(equation.substr(0, dash), '.'), equation.substr(dash + 1)};
  if (terms.operands.empty()) terms.operands.emplace_back();  // one scalar
  const auto is_label = [](char sign) { return sign >= 'a' && sign <= 'z'; };
  auto all = terms.operands;
  all.push_back(terms.result);
  for (const auto term : all)
    if (!std::ranges::all_of(term, is_label)) return std::nullopt;
  return terms.operands.size() <= 2 ? std::optional{std::move(terms)} : std::nullopt;
}

/// Each label's extent, over all operands.
using Extents = std::map<char, std::int64_t>;

Result<Extents> extents_of(const Terms& terms, const std::vector<Shape>& operands) {
  Extents extents;
  for (std::size_t i = 0; i < operands.size(); ++i) {
    const auto term = terms.operands[i];
    if (term.size() != operands[i].rank())
      return bad_input(fmt::format("operand {} is {}, but '{}' labels {}", i + 1, to_string(operands[i]),
                                   term, counted(term.size(), "axis", "axes")));
    for (std::size_t axis = 0; axis < term.size(); ++axis) {
      const auto own = operands[i][axis];
      auto& extent = extents.try_emplace(term[axis], own).first->second;
      if (extent == 1) extent = own;
      if (own != 1 && own != extent)
        return bad_input(
            fmt::format("label '{}' stands for {} and for {}", term[axis], extent, counted(own, "element")));
    }
  }
  return extents;
}

Result<void> check_result(std::string_view result, const Extents& extents) {
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (!extents.contains(result[i]))
      return bad_input(fmt::format("label '{}' of the result is in no operand", result[i]));
    if (result.find(result[i], i + 1) != std::string_view::npos)
      return bad_input(fmt::format("label '{}' stands twice in the result", result[i]));
  }
  return {};
}

Result<Terms> checked_terms(const Einsum& layer, std::size_t inputs) {
  auto terms = terms_of(layer.equation);
  if (!terms)
    return bad_input(
        fmt::format("the equation '{}' is not understood; write it like bij.bjk-bik", layer.equation));
  const auto operands = inputs + (layer.with.empty() ? 0 : 1);
  if (terms->operands.size() != operands)
    return bad_input(fmt::format("the equation '{}' has {}, not {}", layer.equation,
                                 counted(terms->operands.size(), "operand"), operands));
  if (std::ranges::find(layer.with, 0) != layer.with.end())
    return bad_input("a stored operand has no elements");
  if (auto checked = check_shape(Shape{layer.with}); !checked)
    return tl::unexpected{std::move(checked.error())};
  return std::move(*terms);
}

/// How far apart the elements of `label` stand in a dense tensor: along a diagonal all its axes at once. 0
/// where the tensor lacks it, or has one element that repeats.
std::int64_t stride_of(char label, std::string_view term, const Shape& shape) {
  std::int64_t stride = 0;
  for (std::size_t axis = 0; axis < term.size(); ++axis)
    if (term[axis] == label && shape[axis] != 1) stride += shape.elements(axis + 1, shape.rank());
  return stride;
}

double elements(const Shape& shape) { return static_cast<double>(shape.elements()); }

double product(const std::vector<EinsumLabel>& labels) {
  double count = 1.0;
  for (const auto& label : labels) count *= static_cast<double>(label.extent);
  return count;
}

bool is_product(const Einsum& layer, const Signature& tensors) {
  return tensors.inputs.size() + (layer.with.empty() ? 0 : 1) == 2;
}

}  // namespace

std::vector<Shape> operand_shapes(const Einsum& layer, const std::vector<TensorType>& inputs) {
  std::vector<Shape> shapes;
  for (const auto& input : inputs) shapes.push_back(input.shape);
  if (!layer.with.empty()) shapes.insert(layer.with_first ? shapes.begin() : shapes.end(), Shape{layer.with});
  return shapes;
}

Result<std::vector<TensorType>> output_types(const Einsum& layer, const std::vector<TensorType>& inputs) {
  const auto terms = checked_terms(layer, inputs.size());
  if (!terms) return tl::unexpected{terms.error()};
  const auto extents = extents_of(*terms, operand_shapes(layer, inputs));
  if (!extents) return tl::unexpected{extents.error()};
  if (auto checked = check_result(terms->result, *extents); !checked)
    return tl::unexpected{std::move(checked.error())};
  std::vector<std::int64_t> made;
  for (const auto label : terms->result) made.push_back(extents->at(label));
  Shape shape{std::move(made)};
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

std::vector<EinsumLabel> labels_of(const Einsum& layer, const std::vector<TensorType>& inputs) {
  const auto terms = terms_of(layer.equation).value_or(Terms{});
  const auto operands = operand_shapes(layer, inputs);
  const auto extents = extents_of(terms, operands).value_or(Extents{});
  std::string order{terms.result};
  for (const auto term : terms.operands)
    for (const auto label : term)
      if (order.find(label) == std::string::npos) order += label;
  std::vector<EinsumLabel> labels;
  std::int64_t step = 1;
  for (const auto label : order) {
    EinsumLabel made{extents.at(label), {}, labels.size() < terms.result.size()};
    for (std::size_t i = 0; i < operands.size(); ++i)
      made.strides.at(i) = stride_of(label, terms.operands[i], operands[i]);
    labels.push_back(made);
  }
  for (auto place = terms.result.size(); place-- > 0;) {
    if (labels[place].extent != 1) labels[place].strides[2] = step;
    step *= labels[place].extent;
  }
  return labels;
}

Macs macs(const Einsum& layer, const Signature& tensors) {
  return is_product(layer, tensors) ? Macs{product(labels_of(layer, tensors.inputs))} : Macs{};
}

Flops flops(const Einsum& layer, const Signature& tensors) {
  if (is_product(layer, tensors)) return Flops{2.0 * macs(layer, tensors).value()};
  const auto summed = product(labels_of(layer, tensors.inputs));
  return Flops{summed > elements(tensors.outputs[0].shape) ? summed : 0.0};
}

std::vector<Weight> weights(const Einsum& layer, const std::vector<TensorType>&) {
  if (layer.with.empty()) return {};
  return {{"weight", Shape{layer.with}}};
}

std::int64_t stored_fan_in(const Einsum& layer) {
  const auto terms = terms_of(layer.equation).value_or(Terms{});
  if (terms.operands.size() != 2) return 1;
  const auto term = terms.operands[layer.with_first ? 0 : 1];
  std::int64_t count = 1;
  for (std::size_t axis = 0; axis < std::min(term.size(), layer.with.size()); ++axis)
    if (terms.result.find(term[axis]) == std::string_view::npos) count *= layer.with[axis];
  return count;
}

std::vector<Feature> features(const Einsum& layer, const Signature& tensors) {
  const auto found = product_of(layer, tensors.inputs);
  double read = 0.0;
  for (const auto& operand : operand_shapes(layer, tensors.inputs)) read += elements(operand);
  std::int64_t run = 1;  // of the result's last axis
  for (const auto& label : labels_of(layer, tensors.inputs))
    if (label.in_result && label.extent != 1) run = label.extent;
  return {{"batch", product(found.batch)},
          {"m", product(found.rows)},
          {"n", product(found.columns)},
          {"k", product(found.inner)},
          {"alone", product(found.alone[0]) * product(found.alone[1])},
          {"elements", read + elements(tensors.outputs[0].shape)},
          {"run", static_cast<double>(run)},
          {"transposes", static_cast<double>(transposes_of(found))}};
}

std::vector<Feature> paper_variables(const Einsum& layer, const Signature& tensors) {
  double read = 0.0;
  for (const auto& operand : operand_shapes(layer, tensors.inputs)) read += elements(operand);
  return {{"input_neurons", read}, {"output_neurons", elements(tensors.outputs[0].shape)}};
}

std::string category(const Einsum& layer, const Signature& tensors) {
  const auto found = product_of(layer, tensors.inputs);
  if (!is_product(layer, tensors)) return found.alone[0].empty() ? "moves" : "sums";
  const auto* const stored = layer.with.empty() ? "" : " stored";
  if (found.inner.empty()) return fmt::format("elementwise{}", stored);
  return fmt::format("{} {}{}", found.batch.empty() ? "single" : "batched",
                     found.rows.empty() || found.columns.empty() ? "vector" : "matrix", stored);
}

}  // namespace ns
