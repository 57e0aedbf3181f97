#include "net/onnx/rules/movement.hpp"

#include <algorithm>
#include <type_traits>
#include <utility>

namespace ns::onnx {

std::optional<Sources> sources_of(const Dims& dims,
                                  const std::function<std::size_t(std::span<const std::size_t>)>& source) {
  const auto count = small_count(dims);
  if (!count) return std::nullopt;
  Sources sources;
  sources.reserve(*count);
  std::vector<std::size_t> index(dims.size(), 0);
  for (std::size_t i = 0; i < *count; ++i) {
    sources.push_back(source(index));
    for (std::size_t axis = dims.size(); axis-- > 0;) {
      if (++index[axis] < static_cast<std::size_t>(dims[axis].value())) break;
      index[axis] = 0;
    }
  }
  return sources;
}

ValuePtr moved(const Fact& from, const Sources& sources) {
  if (!from.value) return nullptr;
  return std::visit(
      [&](const auto& elements) -> ValuePtr {
        using Element = typename std::decay_t<decltype(elements)>::value_type;
        std::decay_t<decltype(elements)> made;
        made.reserve(sources.size());
        for (const auto place : sources) {
          const bool known = place < elements.size();
          if (!known && !std::is_same_v<Element, Extent>) return nullptr;
          made.push_back(known ? elements[place] : Element{});
        }
        return std::make_shared<const Value>(std::move(made));
      },
      *from.value);
}

ValuePtr moved(const Fact& from, const Sources& sources, const Fact& filler) {
  if (!from.value) return nullptr;
  if (filler.value && (filler.value->index() != from.value->index() || size(*filler.value) != 1))
    return nullptr;
  return std::visit(
      [&](const auto& elements) -> ValuePtr {
        using Elements = std::decay_t<decltype(elements)>;
        using Element = typename Elements::value_type;
        Element fill{};
        if constexpr (std::is_same_v<Element, Extent>) fill = 0;
        if (filler.value) fill = std::get<Elements>(*filler.value).front();
        Elements made;
        made.reserve(sources.size());
        for (const auto place : sources) made.push_back(place < elements.size() ? elements[place] : fill);
        return std::make_shared<const Value>(std::move(made));
      },
      *from.value);
}

std::vector<std::size_t> strides_of(const Dims& dims) {
  std::vector<std::size_t> strides(dims.size());
  std::size_t stride = 1;
  for (std::size_t axis = dims.size(); axis-- > 0;) {
    strides[axis] = stride;
    stride *= static_cast<std::size_t>(dims[axis].value());
  }
  return strides;
}

Fact moved(const Fact& from, Dims dims,
           const std::function<std::size_t(std::span<const std::size_t>)>& source) {
  auto fact = tensor(from.dtype, std::move(dims));
  if (!from.value) return fact;
  if (const auto sources = sources_of(*fact.dims, source)) fact.value = moved(from, *sources);
  return fact;
}

std::optional<std::vector<Extent>> extents_or_unknown(const Fact& fact) {
  if (const auto* const extents = extents_of(fact)) return *extents;
  if (fact.value || !fact.dtype || !is_integer(*fact.dtype) || !fact.dims) return std::nullopt;
  const auto count = small_count(*fact.dims);
  return count ? std::optional{std::vector<Extent>(*count)} : std::nullopt;
}

}  // namespace ns::onnx
