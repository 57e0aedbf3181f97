#include "runtime/stored_weights.hpp"

#include "core/text.hpp"
#include "net/onnx/node_view.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace ns {
namespace {

/// Matrices that a tensor holds turned.
struct Turned {
  const std::string& name;
  std::int64_t rows;
  std::int64_t columns;
};

/// Elements from `first` on of the transpose, [rows, columns], of the matrix that begins with element
/// `start`: read in bands of its rows, of which never more is held than what is wanted of them.
Result<void> read_turned(ConstantParts& constants, const Turned& turned, std::int64_t start,
                         std::int64_t first, std::span<float> values) {
  const auto [name, rows, columns] = turned;
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
      if (auto read = constants.read(name, start + (left + i) * rows + top, line); !read) return read;
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

/// The same of one matrix after the other.
Result<void> read_turned(ConstantParts& constants, const Turned& turned, std::int64_t first,
                         std::span<float> values) {
  const auto matrix = turned.rows * turned.columns;
  const auto end = first + static_cast<std::int64_t>(values.size());
  for (auto at = first; at < end;) {
    const auto start = at / matrix * matrix;
    const auto stop = std::min(end, start + matrix);
    const auto part =
        values.subspan(static_cast<std::size_t>(at - first), static_cast<std::size_t>(stop - at));
    if (auto read = read_turned(constants, turned, start, at - start, part); !read) return read;
    at = stop;
  }
  return {};
}

/// Elements from `first` on of a weight that repeats each of a tensor's `per_element` times.
Result<void> read_repeated(ConstantParts& constants, const std::string& name, std::int64_t per_element,
                           std::int64_t first, std::span<float> values) {
  if (values.empty()) return {};
  const auto top = first / per_element;
  const auto bottom = (first + static_cast<std::int64_t>(values.size()) - 1) / per_element;
  std::vector<float> numbers(static_cast<std::size_t>(bottom - top + 1));
  if (auto read = constants.read(name, top, numbers); !read) return read;
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = numbers[static_cast<std::size_t>((first + static_cast<std::int64_t>(i)) / per_element - top)];
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

/// Multiplies each element by the number that `name` holds for its filter, or for all.
Result<void> multiply_by(ConstantParts& constants, const std::string& name, const Shape& shape,
                         std::int64_t first, std::span<float> values) {
  if (name.empty() || values.empty()) return {};
  const auto count = constants.elements(name);
  if (!count) return tl::unexpected{count.error()};
  if (*count != 1 && *count != shape[0])
    return bad_input(
        fmt::format("'{}' has {} for {}", name, counted(*count, "element"), counted(shape[0], "filter")));
  const auto per_filter = shape.elements() / shape[0];
  const auto top = *count == 1 ? 0 : first / per_filter;
  const auto bottom = (first + static_cast<std::int64_t>(values.size()) - 1) / per_filter;
  std::vector<float> numbers(*count == 1 ? 1 : static_cast<std::size_t>(bottom - top + 1));
  if (auto read = constants.read(name, top, numbers); !read) return read;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto filter = (first + static_cast<std::int64_t>(i)) / per_filter;
    values[i] *= numbers[*count == 1 ? 0 : static_cast<std::size_t>(filter - top)];
  }
  return {};
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
  const auto stores = [&](const std::string& name) {
    const auto fact = inferred_.facts.find(name);
    return fact != inferred_.facts.end() && fact->second.constant;
  };
  const auto maker = [&](const std::string& name) { return interpreter_.producer(name); };
  const auto sources = onnx::weight_sources(owner.params, *node->second, {stores, maker});
  const auto described = weights(owner.params, net.input_types(layer));
  if (slot >= sources.size() || slot >= described.size() || sources[slot].name.empty())
    return bad_input(fmt::format("{} has no such weight", place()));
  const auto& source = sources[slot];
  auto done = read_weight(source, described[slot].shape, first, values);
  return done ? std::move(done) : failure_within(std::move(done), place());
}

Result<void> StoredWeights::read_weight(const onnx::WeightSource& source, const Shape& shape,
                                        std::int64_t first, std::span<float> values) const {
  if (auto read = read_shaped(source, shape, first, values); !read) return read;
  if (source.factor != 1.0)
    for (float& value : values) value = static_cast<float>(static_cast<double>(value) * source.factor);
  return multiply_by(constants_, source.factors, shape, first, values);
}

Result<void> StoredWeights::read_shaped(const onnx::WeightSource& source, const Shape& shape,
                                        std::int64_t first, std::span<float> values) const {
  const auto* name = &source.name;
  const auto count = constants_.elements(*name);
  if (!count) return tl::unexpected{count.error()};
  const auto wanted = shape.elements();
  if (*count == 1 || (*count != wanted && shape.rank() > 0 && *count == shape[0]))
    return read_repeated(constants_, *name, wanted / *count, first, values);
  if (*count != wanted)
    return bad_input(fmt::format("'{}' has {}, but {} needed", *name, counted(*count, "element"),
                                 counted(wanted, "is", "are")));
  bool transposed = source.transposed;
  if (shape.rank() == 2)
    while (const auto* const matrix = matrix_before_turn(interpreter_, *name)) {
      name = matrix;
      transposed = !transposed;
    }
  if (transposed)
    return read_turned(constants_, {*name, shape[shape.rank() - 2], shape[shape.rank() - 1]}, first, values);
  return constants_.read(*name, first, values);
}

}  // namespace ns
