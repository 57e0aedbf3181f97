#include "net/onnx/export/weights.hpp"

#include "net/onnx/export/file_parts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

bool is_external(const TensorData& tensor) { return tensor.storage.place == Storage::Place::external; }

/// StringStringEntryProto.
std::string entry(std::string_view key, std::string_view value) {
  Rope message;
  message.field(1, key).field(2, value);
  return message.text();
}

}  // namespace

bool has_external(const Node& node) {
  return std::ranges::any_of(node.attributes, [](const Attribute& attribute) {
    return std::ranges::any_of(attribute.tensors, is_external) ||
           std::ranges::any_of(attribute.graphs, [](const auto& graph) {
             return std::ranges::any_of(graph->initializers, is_external) ||
                    std::ranges::any_of(graph->nodes, has_external);
           });
  });
}

std::uint64_t Weights::place_outside(const ExternalFiles::Place& place) {
  const auto [known, is_new] =
      placed_.try_emplace({place.file, place.range.offset, place.range.size}, std::uint64_t{0});
  if (!is_new) return known->second;
  const auto rest = data_.size() % alignment;
  if (rest != 0) data_.zeros(alignment - rest);
  known->second = data_.size();
  data_.copy(place.file, place.range);
  return known->second;
}

Rope Weights::tensor(const TensorData& tensor, const std::string* name) {
  Rope message;
  const bool holds_bytes = tensor.storage.place == Storage::Place::raw || is_external(tensor);
  const bool moves_out = beside_ && holds_bytes;
  if (!is_external(tensor) && !moves_out && name == nullptr) return message.copy(model_file, tensor.message);

  // All but name, raw_data, external_data and data_location.
  copy_fields(parsing_.wire, tensor.message,
              holds_bytes ? std::initializer_list<std::uint32_t>{8, 9, 13, 14}
                          : std::initializer_list<std::uint32_t>{8},
              message);
  const auto& own_name = name != nullptr ? *name : tensor.name;
  if (!own_name.empty()) message.field(8, own_name);
  if (!holds_bytes) return message;
  const auto place = files_.find(tensor);
  if (!place) {
    parsing_.wire.fail(place.error());
    return message;
  }
  if (!moves_out || place->range.size < smallest_outside) return message.field(9, place->file, place->range);
  const auto offset = place_outside(*place);
  message.field(13, entry("location", *beside_))
      .field(13, entry("offset", fmt::format("{}", offset)))
      .field(13, entry("length", fmt::format("{}", place->range.size)));
  return message.integer(14, 1);
}

Rope Weights::sparse_tensor(Range range, const std::string* name) {
  Attribute parts;
  read_sparse_attribute(parsing_, range, parts);
  Rope message;
  if (parts.tensors.size() != 2 || (name == nullptr && std::ranges::none_of(parts.tensors, is_external)))
    return message.copy(model_file, range);
  copy_fields(parsing_.wire, range, {1, 2}, message);
  message.field(1, tensor(parts.tensors[0], name));
  if (parts.tensors[1].message.size > 0) message.field(2, tensor(parts.tensors[1]));
  return message;
}

}  // namespace ns::onnx
