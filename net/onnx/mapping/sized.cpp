#include "net/onnx/mapping/sized.hpp"

#include <cstddef>
#include <utility>
#include <vector>

namespace ns::onnx {
namespace {

/// The extent that counts: its own, else its bound's, else 1.
std::int64_t counted(const Fact& fact, std::size_t axis, Sized& sized) {
  const auto& extent = (*fact.dims)[axis];
  if (extent.is_known()) return extent.value();
  if (fact.most && fact.most->size() == fact.dims->size()) {
    sized.bounded = true;
    return (*fact.most)[axis].value();
  }
  sized.crosses = false;
  return 1;
}

}  // namespace

Sized sized(const Fact& fact) {
  Sized made;
  if (fact.kind != Kind::tensor || !fact.dtype || *fact.dtype == DType::string ||
      (!fact.dims && !fact.most)) {
    made.crosses = false;
    return made;
  }
  made.type.dtype = *fact.dtype;
  std::vector<std::int64_t> extents;
  if (fact.dims) {
    for (std::size_t axis = 0; axis < fact.dims->size(); ++axis) extents.push_back(counted(fact, axis, made));
  } else {
    for (const auto& extent : *fact.most) extents.push_back(extent.value());
    made.bounded = true;
  }
  Shape shape{std::move(extents)};
  if (check_shape(shape))
    made.type.shape = std::move(shape);
  else
    made.crosses = false;
  return made;
}

}  // namespace ns::onnx
