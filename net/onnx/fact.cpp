#include "net/onnx/fact.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ns::onnx {
namespace {

/// Of two shapes, the extents that both have; nothing where ranks differ.
std::optional<Dims> common(const std::optional<Dims>& a, const std::optional<Dims>& b) {
  if (!a || !b || a->size() != b->size()) return std::nullopt;
  Dims both(a->size());
  for (std::size_t i = 0; i < both.size(); ++i)
    if ((*a)[i].same_as((*b)[i])) both[i] = (*a)[i];
  return both;
}

/// A known bound of every extent; nothing where one has none.
std::optional<Dims> bound_of(const Fact& fact) {
  if (fact.most) return fact.most;
  if (fact.dims && all_known(*fact.dims)) return fact.dims;
  return std::nullopt;
}

std::optional<Dims> common_bound(const Fact& a, const Fact& b) {
  auto most = bound_of(a);
  const auto other = bound_of(b);
  if (!most || !other || most->size() != other->size()) return std::nullopt;
  for (std::size_t i = 0; i < most->size(); ++i) (*most)[i] = Extent::larger((*most)[i], (*other)[i]);
  return most;
}

/// The elements that both have; null where none is.
std::shared_ptr<const Value> common_elements(const std::vector<Extent>& a, const std::vector<Extent>& b) {
  std::vector<Extent> both(a.size());
  bool any = false;
  for (std::size_t i = 0; i < both.size(); ++i)
    if (a[i].same_as(b[i])) {
      both[i] = a[i];
      any = true;
    }
  return any ? std::make_shared<const Value>(std::move(both)) : nullptr;
}

std::shared_ptr<const Value> common_value(const Fact& a, const Fact& b) {
  if (a.value == b.value) return a.value;
  if (!a.value || !b.value || a.value->index() != b.value->index() || size(*a.value) != size(*b.value))
    return nullptr;
  if (const auto* const extents = extents_of(a)) return common_elements(*extents, *extents_of(b));
  if (const auto* const numbers = reals_of(a)) return *numbers == *reals_of(b) ? a.value : nullptr;
  using Texts = std::vector<std::string>;
  return std::get<Texts>(*a.value) == std::get<Texts>(*b.value) ? a.value : nullptr;
}

/// What all elements of both have in common; those of an empty sequence have everything.
std::shared_ptr<const Fact> common_element(const Fact& a, const Fact& b) {
  if (a.elements && a.elements->empty()) return b.element;
  if (b.elements && b.elements->empty()) return a.element;
  if (!a.element || !b.element) return nullptr;
  return std::make_shared<const Fact>(common(*a.element, *b.element));
}

std::shared_ptr<const std::vector<Fact>> common_elements(const Fact& a, const Fact& b) {
  if (!a.elements || !b.elements || a.elements->size() != b.elements->size()) return nullptr;
  std::vector<Fact> both;
  both.reserve(a.elements->size());
  for (std::size_t i = 0; i < a.elements->size(); ++i)
    both.push_back(common((*a.elements)[i], (*b.elements)[i]));
  return std::make_shared<const std::vector<Fact>>(std::move(both));
}

}  // namespace

std::size_t size(const Value& value) {
  return std::visit([](const auto& elements) { return elements.size(); }, value);
}

std::optional<std::size_t> Fact::rank() const { return dims ? std::optional{dims->size()} : std::nullopt; }

Fact tensor(std::optional<DType> dtype, std::optional<Dims> dims) {
  Fact fact;
  fact.dtype = dtype;
  fact.dims = std::move(dims);
  return fact;
}

Fact integers(DType dtype, Dims dims, std::vector<Extent> elements) {
  auto fact = tensor(dtype, std::move(dims));
  fact.value = std::make_shared<const Value>(std::move(elements));
  return fact;
}

Fact reals(DType dtype, Dims dims, std::vector<double> elements) {
  auto fact = tensor(dtype, std::move(dims));
  fact.value = std::make_shared<const Value>(std::move(elements));
  return fact;
}

Fact common(const Fact& a, const Fact& b) {
  Fact both;
  both.constant = a.constant && b.constant;
  both.stored = a.stored && b.stored;
  both.on_data = a.on_data || b.on_data;
  both.kind = a.kind;
  if (a.kind != b.kind) return both;
  if (a.dtype == b.dtype) both.dtype = a.dtype;
  both.dims = common(a.dims, b.dims);
  if (both.dims && !all_known(*both.dims)) both.most = common_bound(a, b);
  both.value = common_value(a, b);
  both.elements = common_elements(a, b);
  both.element = common_element(a, b);
  return both;
}

const std::vector<Extent>* extents_of(const Fact& fact) {
  return fact.value ? std::get_if<std::vector<Extent>>(fact.value.get()) : nullptr;
}

std::optional<std::vector<std::int64_t>> numbers_of(const Fact& fact) {
  const auto* const extents = extents_of(fact);
  if (extents == nullptr) return std::nullopt;
  std::vector<std::int64_t> numbers;
  numbers.reserve(extents->size());
  for (const auto& extent : *extents) {
    if (!extent.is_known()) return std::nullopt;
    numbers.push_back(extent.value());
  }
  return numbers;
}

const std::vector<double>* reals_of(const Fact& fact) {
  return fact.value ? std::get_if<std::vector<double>>(fact.value.get()) : nullptr;
}

std::optional<Extent> scalar_of(const Fact& fact) {
  const auto* const extents = extents_of(fact);
  if (extents == nullptr || extents->size() != 1) return std::nullopt;
  return extents->front();
}

}  // namespace ns::onnx
