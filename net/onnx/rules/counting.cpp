// Operators whose outputs have as many elements as their inputs' values say.
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/movement.hpp"
#include "net/onnx/rules/selection.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// A tensor with one extent that only a run can tell, and its bound where the others are known.
Fact counted(std::optional<DType> dtype, Dims dims, std::size_t axis, const Extent& most) {
  auto fact = tensor(dtype, std::move(dims));
  fact.on_data = true;
  auto largest = *fact.dims;
  largest[axis] = most;
  if (all_known(largest)) fact.most = std::move(largest);
  return fact;
}

/// For each element whether it is not 0; nothing unless all are known.
std::optional<std::vector<bool>> truths_of(const Fact& fact) {
  std::vector<bool> truths;
  if (const auto numbers = numbers_of(fact)) {
    for (const auto number : *numbers) truths.push_back(number != 0);
    return truths;
  }
  if (const auto* const reals = reals_of(fact)) {
    for (const auto real : *reals) truths.push_back(real != 0.0);
    return truths;
  }
  return std::nullopt;
}

std::int64_t count_of(const std::vector<bool>& truths) { return std::ranges::count(truths, true); }

}  // namespace

Result<void> top_k(NodeView& node) {
  const auto& input = node.in(0);
  node.out(0, tensor(input.dtype, std::nullopt));
  node.out(1, tensor(DType::int64, std::nullopt));
  if (!input.dims) return {};
  const auto axis = node.axis(node.integer("axis", -1), input.dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  const auto given = node.integers_or_input("k", 1);
  const auto count = given && given->size() == 1 ? given->front() : Extent{};
  const auto& extent = (*input.dims)[*axis];
  if (count.is_known() && count.value() < 0) return node.fail(fmt::format("k is {}", count.value()));
  if (count.is_known() && extent.is_known() && count.value() > extent.value())
    return node.fail(fmt::format("k is {}; axis {} of input '{}' ({}) has fewer", count.value(), *axis,
                                 node.input_name(0), to_string(*input.dims)));
  auto dims = *input.dims;
  dims[*axis] = count;
  if (count.is_unknown()) {
    node.out(0, counted(input.dtype, dims, *axis, extent));
    node.out(1, counted(DType::int64, std::move(dims), *axis, extent));
    return {};
  }
  node.out(0, tensor(input.dtype, dims));
  node.out(1, tensor(DType::int64, std::move(dims)));
  return {};
}

Result<void> one_hot(NodeView& node) {
  const auto& indices = node.in(0);
  const auto dtype = node.in(2).dtype;
  if (!indices.dims) {
    node.out(0, tensor(dtype, std::nullopt));
    return {};
  }
  auto dims = *indices.dims;
  const auto axis = node.axis(node.integer("axis", -1), dims.size() + 1);
  if (!axis) return tl::unexpected{axis.error()};
  auto depth = scalar_of(node.in(1));
  constexpr double most = 9e15;  // whole numbers above are not exact
  if (const auto* const reals = reals_of(node.in(1)); reals != nullptr && reals->size() == 1)
    if (reals->front() >= 0.0 && reals->front() < most) depth = static_cast<std::int64_t>(reals->front());
  dims.insert(dims.begin() + static_cast<std::ptrdiff_t>(*axis), depth.value_or(Extent{}));
  node.out(0, tensor(dtype, std::move(dims)));
  return {};
}

Result<void> unique(NodeView& node) {
  const auto& input = node.in(0);
  const auto most = input.dims ? elements(*input.dims) : Extent{};
  if (const auto* const given = node.attribute("axis"); given != nullptr && input.dims) {
    const auto axis = node.axis(given->integer, input.dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    auto dims = *input.dims;
    const auto extent = std::exchange(dims[*axis], Extent{});
    node.out(0, counted(input.dtype, std::move(dims), *axis, extent));
    node.out(1, counted(DType::int64, {Extent{}}, 0, extent));
    node.out(2, tensor(DType::int64, Dims{extent}));
    node.out(3, counted(DType::int64, {Extent{}}, 0, extent));
    return {};
  }
  const bool flat = node.attribute("axis") == nullptr;
  node.out(0, flat ? counted(input.dtype, {Extent{}}, 0, most) : tensor(input.dtype, std::nullopt));
  node.out(1, counted(DType::int64, {Extent{}}, 0, most));
  node.out(2, tensor(DType::int64, Dims{most}));
  node.out(3, counted(DType::int64, {Extent{}}, 0, most));
  return {};
}

namespace {

/// Indices of the elements that are not 0, an axis after another.
Fact indices_of(const std::vector<bool>& truths, const Dims& dims) {
  const auto count = static_cast<std::size_t>(count_of(truths));
  const auto strides = strides_of(dims);
  Dims made{static_cast<std::int64_t>(dims.size()), static_cast<std::int64_t>(count)};
  if (!small_count(made)) return tensor(DType::int64, std::move(made));
  std::vector<Extent> indices;
  indices.reserve(dims.size() * count);
  for (std::size_t axis = 0; axis < dims.size(); ++axis)
    for (std::size_t i = 0; i < truths.size(); ++i)
      if (truths[i]) indices.emplace_back(static_cast<std::int64_t>(i / strides[axis]) % dims[axis].value());
  return integers(DType::int64, std::move(made), std::move(indices));
}

}  // namespace

Result<void> non_zero(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.dims) {
    auto fact = tensor(DType::int64, Dims(2));
    fact.on_data = true;
    node.out(0, std::move(fact));
    return {};
  }
  // A scalar has no axis to name; runtimes give it a row all the same, the specification none.
  const auto& dims = *input.dims;
  const auto rank = dims.empty() ? Extent{} : Extent{static_cast<std::int64_t>(dims.size())};
  const auto truths = truths_of(input);
  if (truths && !dims.empty())
    node.out(0, indices_of(*truths, dims));
  else
    node.out(0, counted(DType::int64, {rank, Extent{}}, 1, elements(dims)));
  return {};
}

Result<void> compress(NodeView& node) {
  const auto& input = node.in(0);
  const auto& condition = node.in(1);
  const auto truths = truths_of(condition);
  const auto* const given = node.attribute("axis");
  if (!input.dims) {
    auto fact = tensor(input.dtype, given == nullptr ? std::optional{Dims(1)} : std::nullopt);
    fact.on_data = true;
    node.out(0, std::move(fact));
    return {};
  }
  auto dims = given == nullptr ? Dims{elements(*input.dims)} : *input.dims;
  const auto axis = node.axis(given == nullptr ? 0 : given->integer, dims.size());
  if (!axis) return tl::unexpected{axis.error()};
  auto most = dims[*axis];
  if (condition.dims && condition.dims->size() == 1) most = Extent::smaller(most, condition.dims->front());
  if (truths) {
    dims[*axis] = count_of(*truths);
    node.out(0, tensor(input.dtype, std::move(dims)));
  } else {
    dims[*axis] = Extent{};
    node.out(0, counted(input.dtype, std::move(dims), *axis, most));
  }
  return {};
}

}  // namespace ns::onnx
