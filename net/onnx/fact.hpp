/// What inference knows of one tensor, sequence or optional value.
#pragma once

#include "core/dtype.hpp"
#include "net/onnx/extent.hpp"
#include "net/onnx/model.hpp"
#include "net/onnx/value.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns::onnx {

struct Fact {
  Kind kind = Kind::tensor;
  std::optional<DType> dtype;
  std::optional<Dims> dims;  // none: not even the rank is known
  std::optional<Dims> most;  // where dims depend on data: known bounds, each known
  std::shared_ptr<const Value>
      value;              // of the element count that dims say; none where nothing is known of it
  bool constant = false;  // made from constants and shapes alone: nothing runs, nothing crosses a cut
  bool stored = false;    // made from nothing but what the file holds; not from shapes of activations
  bool on_data = false;   // its shape depends on the values of the net's inputs

  std::shared_ptr<const std::vector<Fact>>
      elements;                         // of a sequence whose length is known; the one of an optional
  std::shared_ptr<const Fact> element;  // of a sequence or optional: what all have in common

  [[nodiscard]] std::optional<std::size_t> rank() const;
};

/// A tensor of which dtype and dims are known.
Fact tensor(std::optional<DType> dtype, std::optional<Dims> dims);
/// The same with its integer elements.
Fact integers(DType dtype, Dims dims, std::vector<Extent> elements);
Fact reals(DType dtype, Dims dims, std::vector<double> elements);

/// What certainly holds for both, for a value that may be either (branches of If, states of Loop).
Fact common(const Fact& a, const Fact& b);

/// The integer elements, if there are any; and only if all are known numbers.
const std::vector<Extent>* extents_of(const Fact& fact);
std::optional<std::vector<std::int64_t>> numbers_of(const Fact& fact);
const std::vector<double>* reals_of(const Fact& fact);
/// The only element of a scalar or a tensor of one element, as an extent; none where the value is not known
/// at all.
std::optional<Extent> scalar_of(const Fact& fact);

}  // namespace ns::onnx
