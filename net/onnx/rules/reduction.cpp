#include "net/onnx/rules.hpp"
#include "net/onnx/rules/elements.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <vector>

namespace ns::onnx {
namespace {

using Axes = std::vector<std::size_t>;  // sorted, each once

/// Which axes are reduced.
struct Reduced {
  bool known = false;
  Axes axes;                            // where known
  std::optional<std::size_t> how_many;  // where only that is known
};

Result<Axes> axes_from(const NodeView& node, const std::vector<Extent>& given, std::size_t rank) {
  Axes axes;
  for (const auto& each : given) {
    const auto axis = node.axis(each.value(), rank);
    if (!axis) return tl::unexpected{axis.error()};
    axes.push_back(*axis);
  }
  std::ranges::sort(axes);
  axes.erase(std::unique(axes.begin(), axes.end()), axes.end());  // clang 14 refuses ranges::unique
  return axes;
}

/// Axes of an attribute, since opset 13 (ReduceSum) and 18 (others) of input 2. None given: all, or none if
/// the node says noop_with_empty_axes.
Result<Reduced> reduced_axes(const NodeView& node, std::size_t rank) {
  if (rank == 0) return Reduced{true, {}, std::nullopt};  // ONNX Runtime passes scalars on, whatever the axes
  const auto given = node.integers_or_input("axes", 1);
  if (!given && node.has(1)) return Reduced{};
  if (!given || given->empty()) {
    Axes all(node.integer("noop_with_empty_axes", 0) != 0 ? 0 : rank);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    return Reduced{true, std::move(all), std::nullopt};
  }
  if (!all_known(*given)) return Reduced{false, {}, given->size()};
  auto axes = axes_from(node, *given, rank);
  if (!axes) return tl::unexpected{axes.error()};
  return Reduced{true, *std::move(axes), std::nullopt};
}

Dims without(const Dims& dims, const Axes& axes, bool keep) {
  Dims rest;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (!std::ranges::binary_search(axes, i))
      rest.push_back(dims[i]);
    else if (keep)
      rest.emplace_back(1);
  }
  return rest;
}

/// Shape of a reduced tensor; nothing where not even its rank is known.
std::optional<Dims> reduced_dims(const Dims& dims, const Reduced& reduced, bool keep) {
  if (reduced.known) return without(dims, reduced.axes, keep);
  if (keep) return Dims(dims.size());
  if (!reduced.how_many || *reduced.how_many > dims.size()) return std::nullopt;
  return Dims(dims.size() - *reduced.how_many);
}

/// Position of every input element's result.
std::vector<std::size_t> targets(const Dims& dims, const Axes& axes) {
  const auto kept = without(dims, axes, true);
  return sources(kept, dims);
}

struct Fold {
  Extent (*integers)(const Extent&, const Extent&) = nullptr;
  double (*reals)(double, double) = nullptr;
  bool needs_elements = false;  // has no result of none
  std::int64_t start = 0;
};

template <class Element, class Function>
std::vector<Element> folded(const std::vector<Element>& elements, const std::vector<std::size_t>& targets,
                            std::size_t count, const Fold& fold, Function f) {
  std::vector<Element> results(count, Element(fold.start));
  std::vector<bool> begun(count, false);
  for (std::size_t i = 0; i < elements.size(); ++i) {
    auto& result = results[targets[i]];
    result = begun[targets[i]] ? f(result, elements[i]) : elements[i];
    begun[targets[i]] = true;
  }
  return results;
}

ValuePtr reduce_value(const Fact& data, const Axes& axes, const Fold& fold, DType dtype) {
  if (!data.value || !data.dims || fold.integers == nullptr) return nullptr;
  const auto count = small_count(without(*data.dims, axes, false));
  if (!count || !small_count(*data.dims)) return nullptr;
  if (fold.needs_elements && small_count(*data.dims) == std::size_t{0}) return nullptr;
  const auto to = targets(*data.dims, axes);
  if (const auto* reals = reals_of(data))
    return value_of(folded(*reals, to, *count, fold, fold.reals), dtype);
  const auto* extents = extents_of(data);
  return extents == nullptr ? nullptr : value_of(folded(*extents, to, *count, fold, fold.integers), dtype);
}

Result<void> reduce(NodeView& node, const Fold& fold, std::optional<DType> dtype) {
  const auto& data = node.in(0);
  Fact result = tensor(dtype, std::nullopt);
  const auto bound = bound_of(data);
  if (data.dims || bound) {
    const bool keep = node.integer("keepdims", 1) != 0;
    const auto reduced = reduced_axes(node, data.dims ? data.dims->size() : bound->size());
    if (!reduced) return tl::unexpected{reduced.error()};
    if (data.dims) result.dims = reduced_dims(*data.dims, *reduced, keep);
    if (bound) result.most = reduced_dims(*bound, *reduced, keep);
    if ((result.dims && all_known(*result.dims)) || !reduced->known) result.most.reset();
    if (reduced->known && dtype) result.value = reduce_value(data, reduced->axes, fold, *dtype);
  }
  node.out(0, std::move(result));
  return {};
}

constexpr Fold no_value{};
constexpr Fold sum{element::add, [](double a, double b) { return a + b; }, false, 0};
constexpr Fold product{element::multiply, [](double a, double b) { return a * b; }, false, 1};
constexpr Fold largest{Extent::larger, [](double a, double b) { return std::fmax(a, b); }, true, 0};
constexpr Fold smallest{Extent::smaller, [](double a, double b) { return std::fmin(a, b); }, true, 0};

template <const Fold& fold>
Result<void> reduction(NodeView& node) {
  return reduce(node, fold, node.in(0).dtype);
}

Result<void> reduce_to_int32(NodeView& node) { return reduce(node, no_value, DType::int32); }

/// QLinearReduceMean: axes are an attribute, input 2 is a scale.
Result<void> reduce_quantised(NodeView& node) {
  const auto& data = node.in(0);
  Fact result = tensor(data.dtype, std::nullopt);
  if (data.dims) {
    const auto given = node.integers("axes");
    std::vector<Extent> axes(given.begin(), given.end());
    for (std::size_t i = 0; given.empty() && i < data.dims->size(); ++i)
      axes.emplace_back(static_cast<std::int64_t>(i));
    const auto known = axes_from(node, axes, data.dims->size());
    if (!known) return tl::unexpected{known.error()};
    result.dims = without(*data.dims, *known, node.integer("keepdims", 1) != 0);
  }
  node.out(0, std::move(result));
  return {};
}

/// ArgMax, ArgMin: indices along one axis.
Result<void> infer_arg(NodeView& node) {
  const auto& data = node.in(0);
  Fact result = tensor(DType::int64, std::nullopt);
  if (data.dims) {
    const auto axis = node.axis(node.integer("axis", 0), data.dims->size());
    if (!axis) return tl::unexpected{axis.error()};
    const bool keep = node.integer("keepdims", 1) != 0;
    result.dims = without(*data.dims, {*axis}, keep);
    if (data.most) result.most = without(*data.most, {*axis}, keep);
  }
  node.out(0, std::move(result));
  return {};
}

/// Softmax and its like keep the shape; only the axis may be wrong.
Result<void> infer_softmax(NodeView& node) {
  const auto* axis = node.attribute("axis");
  const auto rank = node.in(0).rank();
  if (axis != nullptr && rank && *rank > 0) {
    // Up to opset 12 the axis is where the tensor is split in two, which may be behind the last.
    const bool behind = node.opset() < 13 && axis->integer == static_cast<std::int64_t>(*rank);
    if (const auto checked = node.axis(axis->integer, *rank); !checked && !behind)
      return tl::unexpected{checked.error()};
  }
  return same_as_input(node);
}

/// Running results along one axis of a vector; larger tensors of them serve no shape.
template <class Element, class Function>
std::vector<Element> running(std::vector<Element> elements, Element start, bool exclusive, bool reverse,
                             Function f) {
  if (reverse) std::ranges::reverse(elements);
  auto total = start;
  for (auto& each : elements) {
    const auto next = f(total, each);
    each = exclusive ? total : next;
    total = next;
  }
  if (reverse) std::ranges::reverse(elements);
  return elements;
}

template <const Fold& fold>
Result<void> accumulate(NodeView& node) {
  const auto& data = node.in(0);
  auto result = like(data);
  const bool exclusive = node.integer("exclusive", 0) != 0;
  const bool reverse = node.integer("reverse", 0) != 0;
  if (data.value && data.dtype && data.rank() == std::size_t{1}) {
    if (const auto* reals = reals_of(data))
      result.value = value_of(
          running(*reals, static_cast<double>(fold.start), exclusive, reverse, fold.reals), *data.dtype);
    else if (const auto* extents = extents_of(data))
      result.value =
          value_of(running(*extents, Extent{fold.start}, exclusive, reverse, fold.integers), *data.dtype);
  }
  node.out(0, std::move(result));
  return {};
}

/// Losses: one number, or one per label with reduction "none".
Result<void> infer_loss(NodeView& node) {
  const auto& scores = node.in(0);
  const auto& labels = node.in(1);
  const bool each = node.text("reduction", "mean") == "none";
  if (scores.dims && labels.dims && scores.dims->size() != labels.dims->size() + 1)
    return node.fail(
        fmt::format("input 1 is {}, input 2 is {}; labels have all axes of the scores but the second",
                    to_string(*scores.dims), to_string(*labels.dims)));
  auto loss = each ? labels.dims : Dims{};
  if (each && !loss && scores.dims && scores.dims->size() > 1) loss = without(*scores.dims, {1}, false);
  node.out(0, tensor(scores.dtype, std::move(loss)));
  node.out(1, like(scores));  // SoftmaxCrossEntropyLoss: logarithms of the probabilities
  return {};
}

}  // namespace

std::span<const OpRule> reduction_rules() {
  static constexpr std::array rules{
      OpRule{"", "ReduceSum", &reduction<sum>, Work::inputs},
      OpRule{"", "ReduceProd", &reduction<product>, Work::inputs},
      OpRule{"", "ReduceMax", &reduction<largest>, Work::inputs},
      OpRule{"", "ReduceMin", &reduction<smallest>, Work::inputs},
      OpRule{"", "ReduceMean", &reduction<no_value>, Work::inputs},
      OpRule{"", "ReduceL1", &reduction<no_value>, Work::inputs},
      OpRule{"", "ReduceL2", &reduction<no_value>, Work::inputs},
      OpRule{"", "ReduceLogSum", &reduction<no_value>, Work::inputs},
      OpRule{"", "ReduceLogSumExp", &reduction<no_value>, Work::inputs},
      OpRule{"", "ReduceSumSquare", &reduction<no_value>, Work::inputs},
      OpRule{"", "ArgMax", &infer_arg, Work::inputs},
      OpRule{"", "ArgMin", &infer_arg, Work::inputs},
      OpRule{"", "CumSum", &accumulate<sum>, Work::inputs},
      OpRule{"", "CumProd", &accumulate<product>, Work::inputs},
      OpRule{"", "Softmax", &infer_softmax, Work::outputs},
      OpRule{"", "LogSoftmax", &infer_softmax, Work::outputs},
      OpRule{"", "Hardmax", &infer_softmax, Work::inputs},
      OpRule{"", "NegativeLogLikelihoodLoss", &infer_loss, Work::inputs},
      OpRule{"", "SoftmaxCrossEntropyLoss", &infer_loss, Work::inputs},
      OpRule{contrib, "BiasSoftmax", &same_as_input<>, Work::outputs},
      OpRule{contrib, "QLinearSoftmax", &same_as_input<>, Work::outputs},
      OpRule{contrib, "ReduceSumInteger", &reduce_to_int32, Work::inputs},
      OpRule{contrib, "QLinearReduceMean", &reduce_quantised, Work::inputs},
  };
  return rules;
}

}  // namespace ns::onnx
