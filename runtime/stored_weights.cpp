#include "runtime/stored_weights.hpp"

#include "net/onnx/mapping/weight_sources.hpp"
#include "net/onnx/node_view.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

/// Elements from `first` on of the transpose, [rows, columns], of a matrix: read in bands of its rows, of
/// which never more is held than what is wanted of them.
Result<void> read_turned(ConstantParts& constants, const std::string& name, std::int64_t rows,
                         std::int64_t columns, std::int64_t first, std::span<float> values) {
  constexpr std::int64_t band = 32;
  const auto end = first + static_cast<std::int64_t>(values.size());
  const auto top = first / columns;
  const auto count = (end + columns - 1) / columns - top;
  std::vector<float> lines(static_cast<std::size_t>(band * count));
  for (std::int64_t left = 0; left < columns; left += band) {
    const auto width = std::min(band, columns - left);
    for (std::int64_t i = 0; i < width; ++i) {
      const auto line =
          std::span{lines}.subspan(static_cast<std::size_t>(i * count), static_cast<std::size_t>(count));
      if (auto read = constants.read(name, (left + i) * rows + top, line); !read) return read;
    }
    for (std::int64_t row = 0; row < count; ++row)
      for (std::int64_t i = 0; i < width; ++i) {
        const auto place = (top + row) * columns + left + i;
        if (place >= first && place < end)
          values[static_cast<std::size_t>(place - first)] = lines[static_cast<std::size_t>(i * count + row)];
      }
  }
  return {};
}

/// The matrix that a node does nothing but turn; null where `name` is no such node's output.
const std::string* matrix_before_turn(const Interpreter& interpreter, const std::string& name) {
  const auto* const node = interpreter.producer(name);
  if (node == nullptr || node->op != "Transpose" || !node->domain.empty()) return nullptr;
  const auto type = interpreter.type_of(name);
  if (!type || type->shape.rank() != 2) return nullptr;
  const auto turns = onnx::NodeView{*node, 0, {}, {}, {}}.integers("perm");
  return turns.empty() || turns.front() == 1 ? &node->inputs.front() : nullptr;
}

}  // namespace

StoredWeights::StoredWeights(const onnx::ModelFile& file, Interpreter& interpreter)
    : interpreter_{interpreter}, constants_{interpreter}, inferred_{file.inferred} {
  nodes_.reserve(file.model.graph.nodes.size());
  for (const auto& node : file.model.graph.nodes) nodes_.emplace(node.name, &node);
}

Result<void> StoredWeights::read(const Net& net, LayerId layer, std::size_t slot, std::int64_t first,
                                 std::span<float> values) const {
  const auto& owner = net.layers[layer];
  const auto place = [&] { return fmt::format("node '{}' ({})", owner.name, owner.op); };
  const auto node = nodes_.find(owner.name);
  if (node == nodes_.end()) return bad_input(place() + " is none of the model's");
  const auto& inputs = node->second->inputs;
  const auto sources = onnx::weight_sources(owner.params, *node->second, [&](std::size_t i) {
    const auto fact = inferred_.facts.find(inputs[i]);
    return fact != inferred_.facts.end() && fact->second.constant;
  });
  const auto described = weights(owner.params, net.input_types(layer));
  if (slot >= sources.size() || slot >= described.size() || sources[slot].input >= inputs.size())
    return bad_input(fmt::format("{} has no such weight", place()));
  const auto& source = sources[slot];
  const auto* name = &inputs[source.input];
  const auto& shape = described[slot].shape;
  const auto count = constants_.elements(*name);
  if (!count) return failure_within(Result<void>{tl::unexpected{count.error()}}, place());
  if (*count != 1 && *count != shape.elements())
    return bad_input(
        fmt::format("{}: '{}' has {} elements, but {} are needed", place(), *name, *count, shape.elements()));
  bool transposed = source.transposed;
  if (shape.rank() == 2)
    while (const auto* const matrix = matrix_before_turn(interpreter_, *name)) {
      name = matrix;
      transposed = !transposed;
    }
  Result<void> done;
  if (*count == 1) {
    float only = 0.0F;
    done = constants_.read(*name, 0, {&only, 1});
    std::ranges::fill(values, only);
  } else if (transposed) {
    done = read_turned(constants_, *name, shape[0], shape[1], first, values);
  } else {
    done = constants_.read(*name, first, values);
  }
  if (!done) return failure_within(std::move(done), place());
  if (source.factor != 1.0)
    for (float& value : values) value = static_cast<float>(static_cast<double>(value) * source.factor);
  return {};
}

}  // namespace ns
