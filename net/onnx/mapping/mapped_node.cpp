#include "net/onnx/mapping/mapped_node.hpp"

namespace ns::onnx {

std::optional<std::vector<std::int64_t>> MappedNode::extents(std::size_t i) const {
  const auto& dims = view.in(i).dims;
  if (!dims || !all_known(*dims)) return std::nullopt;
  std::vector<std::int64_t> numbers;
  numbers.reserve(dims->size());
  for (const auto& extent : *dims) numbers.push_back(extent.value());
  return numbers;
}

std::optional<std::vector<std::int64_t>> MappedNode::integers(std::string_view attribute,
                                                              std::size_t i) const {
  if (view.has(i)) return numbers_of(view.in(i));
  const auto given = view.integers(attribute);
  return std::vector<std::int64_t>{given.begin(), given.end()};
}

std::optional<std::int64_t> MappedNode::axis(std::int64_t otherwise) const {
  if (inputs.empty()) return std::nullopt;
  const auto given = view.integer("axis", otherwise);
  const auto rank = static_cast<std::int64_t>(inputs.front().shape.rank());
  const auto axis = given < 0 ? given + rank : given;
  return axis >= 0 && axis < rank ? std::optional{axis} : std::nullopt;
}

}  // namespace ns::onnx
