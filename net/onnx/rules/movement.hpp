/// Small values that an operator moves from its input to its output without changing them.
#pragma once

#include "net/onnx/fact.hpp"
#include "net/onnx/rules/arithmetic.hpp"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace ns::onnx {

/// An element that comes from nowhere: unknown where elements may be, else there is no value at all.
inline constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

/// Where in the input every element of an output comes from, row-major.
using Sources = std::vector<std::size_t>;

/// For an output of known dims that is small enough to have a value: `source` maps an element's indices to
/// its place in the input. Nothing for others.
std::optional<Sources> sources_of(const Dims& dims,
                                  const std::function<std::size_t(std::span<const std::size_t>)>& source);

/// The elements of `from` at these places; null if it has none.
ValuePtr moved(const Fact& from, const Sources& sources);
/// The same, `filler` (of one element) where they come from nowhere; none: zeros.
ValuePtr moved(const Fact& from, const Sources& sources, const Fact& filler);

/// Elements between neighbours on each axis, of a row-major tensor; all extents known.
std::vector<std::size_t> strides_of(const Dims& dims);

/// A tensor with these dims and, where `from` has a value and dims are known, its elements at `source`.
Fact moved(const Fact& from, Dims dims,
           const std::function<std::size_t(std::span<const std::size_t>)>& source);

/// Extents, unknown ones where nothing is known of an integer tensor of known size; nothing for others.
std::optional<std::vector<Extent>> extents_or_unknown(const Fact& fact);

}  // namespace ns::onnx
