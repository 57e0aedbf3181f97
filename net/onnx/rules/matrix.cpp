#include "net/onnx/rules/matrix.hpp"

#include "net/onnx/rules/likeness.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// Axes before the matrix.
Dims lead_of(const Dims& dims) { return dims.size() < 2 ? Dims{} : Dims{dims.begin(), dims.end() - 2}; }

Extent rows_of(const Dims& dims) { return dims.size() < 2 ? dims.back() : dims[dims.size() - 2]; }

}  // namespace

Result<Dims> product_dims(const NodeView& node, const Dims& a, const Dims& b) {
  if (a.empty() || b.empty())
    return node.fail(
        fmt::format("the factors are {} and {}; a scalar is no matrix: use Mul", to_string(a), to_string(b)));
  if (differ(a.back(), rows_of(b)))
    return node.fail(fmt::format(
        "the first factor is {}, the second is {}; the {} columns of the first must be the {} rows of "
        "the second",
        to_string(a), to_string(b), a.back().value(), rows_of(b).value()));
  auto dims = broadcast(lead_of(a), lead_of(b));
  if (!dims)
    return node.fail(fmt::format(
        "the first factor is {}, the second is {}; the axes before their matrices do not broadcast",
        to_string(a), to_string(b)));
  if (a.size() > 1) dims->push_back(a[a.size() - 2]);
  if (b.size() > 1) dims->push_back(b.back());
  return *std::move(dims);
}

Result<Fact> product_of(const NodeView& node, const Fact& a, const Fact& b, std::optional<DType> dtype) {
  auto result = tensor(dtype, std::nullopt);
  if (a.dims && b.dims) {
    auto dims = product_dims(node, *a.dims, *b.dims);
    if (!dims) return tl::unexpected{dims.error()};
    result.dims = *std::move(dims);
  }
  if (!a.most && !b.most) return result;
  if (const auto most_a = bound_of(a), most_b = bound_of(b); most_a && most_b)
    if (auto most = product_dims(node, *most_a, *most_b)) result.most = *std::move(most);
  return result;
}

Extent summed(const std::optional<Dims>& a, const std::optional<Dims>& b) {
  const auto left = a && !a->empty() ? a->back() : Extent{};
  return left.is_known() || !b || b->empty() ? left : either(rows_of(*b), left);
}

std::optional<double> product_macs(const Fact& result, const Extent& summed) {
  if (!result.dims) return std::nullopt;
  const auto count = count_of(*result.dims);
  const auto each = summed.number();
  return count && each ? std::optional{*count * static_cast<double>(*each)} : std::nullopt;
}

std::optional<Dims> transposed(std::optional<Dims> dims, bool exchanged) {
  if (dims && exchanged && dims->size() > 1) std::iter_swap(dims->end() - 1, dims->end() - 2);
  return dims;
}

}  // namespace ns::onnx
