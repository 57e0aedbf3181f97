/// Element-wise functions over the small values that shapes are computed from.
#pragma once

#include "net/onnx/fact.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

namespace ns::onnx {

/// A function of one element. Null where it has no meaning or nobody needs it. A tensor of real numbers whose
/// elements are not all known (a symbol cast to float) holds extents: whole numbers, for which `whole`
/// stands.
struct UnaryFunction {
  Extent (*integers)(const Extent&) = nullptr;
  Extent (*whole)(const Extent&) = nullptr;
  double (*reals)(double) = nullptr;
};

/// A function of two elements; the fields as above. A comparison's `reals` gives 0 or 1.
struct BinaryFunction {
  Extent (*integers)(const Extent&, const Extent&) = nullptr;
  Extent (*whole)(const Extent&, const Extent&) = nullptr;
  double (*reals)(double, double) = nullptr;
};

using ValuePtr = std::shared_ptr<const Value>;

/// The value of f over `a`; null where nothing of it is known or it is too large.
ValuePtr map(const UnaryFunction& f, const Fact& a, DType dtype);
/// The value of f over both, broadcast to `dims`.
ValuePtr combine(const BinaryFunction& f, const Fact& a, const Fact& b, const Dims& dims, DType dtype);
/// The elements of `a` where `condition` holds, else those of `b`.
ValuePtr select(const Fact& condition, const Fact& a, const Fact& b, const Dims& dims, DType dtype);
/// As Cast converts: towards zero to integers, not 0 to booleans.
ValuePtr cast(const Fact& a, DType dtype);

/// Of every element of `dims` the element of `operand` that broadcasting puts there. Both known and fitting.
std::vector<std::size_t> sources(const Dims& operand, const Dims& dims);

/// The elements as extents: what is no whole number becomes unknown. Nothing for strings and unknown values.
std::optional<std::vector<Extent>> wholes_of(const Fact& fact);
/// Elements that are real where the type is; null where nothing is known of them.
ValuePtr value_of(std::vector<Extent> elements, DType dtype);
/// The same, rounded to the type; extents where the type is an integer or boolean.
ValuePtr value_of(std::vector<double> elements, DType dtype);

/// The number of elements if they are known and few enough to be kept.
std::optional<std::size_t> small_count(const Dims& dims);

bool is_integer(DType dtype);

/// Certainly not below 0: a number, or a product of symbols, which stand for sizes.
bool is_size(const Extent& extent);
std::optional<bool> less(const Extent& a, const Extent& b);
std::optional<bool> equal(const Extent& a, const Extent& b);

}  // namespace ns::onnx
