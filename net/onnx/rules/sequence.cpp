// Sequences of tensors: known element by element as long as positions and lengths are.
#include "net/onnx/rules/sequence.hpp"

#include "net/onnx/rules/control.hpp"
#include "net/onnx/rules/element_type.hpp"
#include "net/onnx/rules/fixpoint.hpp"
#include "net/onnx/rules/likeness.hpp"
#include "net/onnx/rules/selection.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {

namespace {

/// ONNX's sequences hold tensors. Of another one nothing is known: sequences of sequences, each made of the
/// one before it, could be nested as deep as a file is long, and compared in twice the time for each.
Fact element_of(Fact fact) { return fact.kind == Kind::tensor ? std::move(fact) : Fact{}; }

}  // namespace

Fact sequence_of(Fact element) {
  element = element_of(std::move(element));
  Fact fact;
  fact.kind = Kind::sequence;
  fact.dtype = element.dtype;
  fact.element = std::make_shared<const Fact>(std::move(element));
  return fact;
}

Fact sequence(std::vector<Fact> elements) {
  Fact fact;
  fact.kind = Kind::sequence;
  for (auto& element : elements) element = element_of(std::move(element));
  if (!elements.empty()) {
    auto all = elements.front();
    for (const auto& element : elements) all = common(all, element);
    fact = sequence_of(std::move(all));
  }
  fact.elements = std::make_shared<const std::vector<Fact>>(std::move(elements));
  return fact;
}

namespace {

/// What is known of any one element.
Fact any_element(const Fact& fact) {
  auto element = fact.element ? *fact.element : Fact{};
  if (!element.dtype) element.dtype = fact.dtype;
  return element;
}

/// A position counted from the front; nothing where it or the length is not known.
Result<std::optional<std::size_t>> position_of(const NodeView& node, std::size_t i, std::size_t positions) {
  const auto index = scalar_of(node.in(i));
  if (!index || !index->is_known()) return std::optional<std::size_t>{};
  const auto size = static_cast<std::int64_t>(positions);
  if (index->value() < -size || index->value() >= size)
    return node.fail(fmt::format("position {} is not in [{}, {})", index->value(), -size, size));
  return std::optional{static_cast<std::size_t>(index->value() < 0 ? index->value() + size : index->value())};
}

}  // namespace

Result<void> sequence_construct(NodeView& node) {
  std::vector<Fact> elements;
  for (std::size_t i = 0; i < node.inputs(); ++i) elements.push_back(node.in(i));
  node.out(0, sequence(std::move(elements)));
  return {};
}

Result<void> sequence_empty(NodeView& node) {
  auto fact = sequence({});
  fact.dtype = element_type(node.integer("dtype", 1));
  fact.element = std::make_shared<const Fact>(tensor(fact.dtype, std::nullopt));
  node.out(0, std::move(fact));
  return {};
}

Result<void> sequence_at(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.elements) {
    node.out(0, any_element(input));
    return {};
  }
  const auto position = position_of(node, 1, input.elements->size());
  if (!position) return tl::unexpected{position.error()};
  node.out(0, *position ? (*input.elements)[**position] : any_element(input));
  return {};
}

Result<void> sequence_insert(NodeView& node) {
  const auto& input = node.in(0);
  const auto& added = node.in(1);
  if (input.elements && input.elements->size() < max_value_elements) {
    auto elements = *input.elements;
    auto place = std::optional{elements.size()};
    if (node.has(2)) {
      // One more place than there are elements, and -n is still the first.
      const auto index = scalar_of(node.in(2));
      const auto size = static_cast<std::int64_t>(elements.size());
      place.reset();
      if (index && index->is_known()) {
        if (index->value() < -size || index->value() > size)
          return node.fail(fmt::format("position {} is not in [{}, {}]", index->value(), -size, size));
        place = static_cast<std::size_t>(index->value() < 0 ? index->value() + size : index->value());
      }
    }
    if (place) {
      elements.insert(elements.begin() + static_cast<std::ptrdiff_t>(*place), added);
      node.out(0, sequence(std::move(elements)));
      return {};
    }
  }
  if (input.elements && input.elements->empty())
    node.out(0, sequence_of(added));
  else
    node.out(0, sequence_of(common(any_element(input), added)));
  return {};
}

Result<void> sequence_erase(NodeView& node) {
  const auto& input = node.in(0);
  if (input.elements && !input.elements->empty()) {
    const auto place = node.has(1) ? position_of(node, 1, input.elements->size())
                                   : Result<std::optional<std::size_t>>{input.elements->size() - 1};
    if (!place) return tl::unexpected{place.error()};
    if (*place) {
      auto elements = *input.elements;
      elements.erase(elements.begin() + static_cast<std::ptrdiff_t>(**place));
      node.out(0, sequence(std::move(elements)));
      return {};
    }
  }
  node.out(0, sequence_of(any_element(input)));
  return {};
}

Result<void> sequence_length(NodeView& node) {
  const auto& input = node.in(0);
  node.out(0,
           integers(DType::int64, {},
                    {input.elements ? Extent{static_cast<std::int64_t>(input.elements->size())} : Extent{}}));
  return {};
}

Result<void> split_to_sequence(NodeView& node) {
  const auto& input = node.in(0);
  if (!input.dims) {
    node.out(0, sequence_of(tensor(input.dtype, std::nullopt)));
    return {};
  }
  const auto axis = node.axis(node.integer("axis", 0), input.dims->size());
  if (!axis) return tl::unexpected{axis.error()};
  const auto& extent = (*input.dims)[*axis];
  const bool squeezes = !node.has(1) && node.integer("keepdims", 1) == 0;
  const auto& split = node.in(1);
  const bool is_list = split.dims && split.dims->size() == 1;
  // A scalar, 1 by default, is the length of every part but the last.
  const auto length = node.has(1) ? scalar_of(split) : std::optional{Extent{1}};
  std::optional<std::vector<Extent>> sizes;
  if (is_list) {
    if (const auto* const given = extents_of(split)) sizes = *given;
  } else if (length && length->is_known() && length->value() > 0 && extent.is_known()) {
    const auto count = Extent::ceil_quotient(extent, *length).value();
    if (count <= static_cast<std::int64_t>(max_value_elements)) {
      sizes.emplace();
      for (std::int64_t i = 0; i < count; ++i)
        sizes->emplace_back(std::min(length->value(), extent.value() - i * length->value()));
    }
  }
  const auto shaped = [&](Fact part) {
    if (squeezes) part.dims->erase(part.dims->begin() + static_cast<std::ptrdiff_t>(*axis));
    return part;
  };
  if (!sizes) {
    const bool is_one = length && length->is_known() && length->value() == 1;
    node.out(0, sequence_of(shaped(part_of(input, *axis, Extent{}, is_one ? Extent{1} : Extent{}))));
    return {};
  }
  const auto parts = parts_of(node, extent, sizes, 0, 0);
  if (!parts) return tl::unexpected{parts.error()};
  std::vector<Fact> elements;
  Extent offset = 0;
  for (const auto& part : *parts) {
    elements.push_back(shaped(part_of(input, *axis, offset, part)));
    offset = offset + part;
  }
  node.out(0, sequence(std::move(elements)));
  return {};
}

Result<void> concat_from_sequence(NodeView& node) {
  const auto& input = node.in(0);
  const bool is_new = node.integer("new_axis", 0) != 0;
  const auto element = any_element(input);
  const auto ranked = [&](const Fact& fact) { return fact.dims.has_value(); };
  const Fact* first = element.dims ? &element : nullptr;
  if (input.elements) {
    const auto found = std::ranges::find_if(*input.elements, ranked);
    if (found != input.elements->end()) first = &*found;
  }
  if (first == nullptr) {
    node.out(0, tensor(element.dtype, std::nullopt));
    return {};
  }
  const auto axis = node.axis(node.integer("axis", 0), first->dims->size() + (is_new ? 1 : 0));
  if (!axis) return tl::unexpected{axis.error()};
  if (is_new) {
    const auto count = input.elements ? Extent{static_cast<std::int64_t>(input.elements->size())} : Extent{};
    node.out(0, stacked(element, *axis, count));
    return {};
  }
  if (!input.elements || input.elements->empty()) {
    auto fact = tensor(element.dtype, element.dims);
    if (fact.dims) (*fact.dims)[*axis] = Extent{};
    node.out(0, std::move(fact));
    return {};
  }
  std::vector<const Fact*> parts;
  for (const auto& part : *input.elements) parts.push_back(&part);
  auto fact = joined(node, parts, *axis);
  if (!fact) return tl::unexpected{std::move(fact.error())};
  node.out(0, *std::move(fact));
  return {};
}

namespace {

/// What the i-th run of the body gets; nothing: what all runs have in common.
std::vector<Fact> arguments(const NodeView& node, std::optional<std::size_t> run) {
  std::vector<Fact> facts;
  for (std::size_t i = 0; i < node.inputs(); ++i) {
    const auto& input = node.in(i);
    const bool is_sequence = input.kind == Kind::sequence;
    const bool has_element = run && input.elements && *run < input.elements->size();
    facts.push_back(!is_sequence ? input : has_element ? (*input.elements)[*run] : any_element(input));
  }
  return facts;
}

}  // namespace

Result<void> sequence_map(NodeView& node) {
  const auto* const body = node.graph("body");
  if (body == nullptr) return node.fail("it has no body");
  const auto& input = node.in(0);
  const auto length = input.elements ? std::optional{input.elements->size()} : std::nullopt;
  if (!length || *length > most_unrolled) {
    auto run = node.run(*body, arguments(node, std::nullopt));
    if (!run) return tl::unexpected{std::move(run.error())};
    node.spend(*run, length ? std::optional{static_cast<double>(*length)} : std::nullopt);
    for (std::size_t i = 0; i < run->outputs.size(); ++i)
      node.out(i, sequence_of(std::move(run->outputs[i])));
    return {};
  }
  std::vector<std::vector<Fact>> made(node.outputs());
  for (std::size_t i = 0; i < *length; ++i) {
    auto run = node.run(*body, arguments(node, i));
    if (!run) return tl::unexpected{std::move(run.error())};
    node.spend(*run, 1.0);
    for (std::size_t k = 0; k < made.size(); ++k)
      made[k].push_back(k < run->outputs.size() ? std::move(run->outputs[k]) : Fact{});
  }
  for (std::size_t k = 0; k < made.size(); ++k) node.out(k, sequence(std::move(made[k])));
  return {};
}

}  // namespace ns::onnx
