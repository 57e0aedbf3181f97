#include "runtime/stored_weights.hpp"

#include "net/onnx/mapping/weight_sources.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

Result<std::int64_t> elements_of(Interpreter& interpreter, const std::string& name) {
  if (const auto* const tensor = interpreter.stored(name)) return onnx::stored_elements(*tensor);
  const auto datum = interpreter.constant(name);
  if (!datum) return tl::unexpected{datum.error()};
  return static_cast<std::int64_t>((*datum)->array.values.size());
}

/// Elements of a constant from `first` on.
Result<void> read_plain(Interpreter& interpreter, const std::string& name, std::int64_t first,
                        std::span<float> values) {
  if (const auto* const tensor = interpreter.stored(name))
    return interpreter.reader().read(*tensor, first, values);
  const auto datum = interpreter.constant(name);
  if (!datum) return tl::unexpected{datum.error()};
  const auto from = (*datum)->array.values.begin() + first;
  std::transform(from, from + static_cast<std::ptrdiff_t>(values.size()), values.begin(),
                 [](double value) { return static_cast<float>(value); });
  return {};
}

/// Elements from `first` on of the transpose of a matrix with `rows` columns.
Result<void> read_turned(Interpreter& interpreter, const std::string& name, std::int64_t rows,
                         std::int64_t columns, std::int64_t first, std::span<float> values) {
  std::vector<float> matrix(static_cast<std::size_t>(rows * columns));
  if (auto read = read_plain(interpreter, name, 0, matrix); !read) return read;
  // By squares, so that neither side runs through the caches a line per element.
  constexpr std::int64_t side = 32;
  const auto end = first + static_cast<std::int64_t>(values.size());
  for (auto top = first / columns; top < rows && top * columns < end; top += side)
    for (std::int64_t left = 0; left < columns; left += side)
      for (auto row = top; row < std::min(rows, top + side); ++row)
        for (auto column = left; column < std::min(columns, left + side); ++column) {
          const auto place = row * columns + column;
          if (place >= first && place < end)
            values[static_cast<std::size_t>(place - first)] =
                matrix[static_cast<std::size_t>(column * rows + row)];
        }
  return {};
}

}  // namespace

StoredWeights::StoredWeights(const onnx::ModelFile& file, Interpreter& interpreter)
    : interpreter_{interpreter}, inferred_{file.inferred} {
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
  const auto& name = inputs[source.input];
  const auto& shape = described[slot].shape;
  const auto count = elements_of(interpreter_, name);
  if (!count) return failure_within(Result<void>{tl::unexpected{count.error()}}, place());
  Result<void> done;
  if (*count == 1 && shape.elements() != 1) {
    float only = 0.0F;
    done = read_plain(interpreter_, name, 0, {&only, 1});
    std::ranges::fill(values, only);
  } else if (*count != shape.elements()) {
    return bad_input(
        fmt::format("{}: '{}' has {} elements, but {} are needed", place(), name, *count, shape.elements()));
  } else if (source.transposed) {
    done = read_turned(interpreter_, name, shape[0], shape[1], first, values);
  } else {
    done = read_plain(interpreter_, name, first, values);
  }
  // Weights that are computed would fill the memory a second time.
  if (interpreter_.stored(name) == nullptr) interpreter_.forget();
  if (!done) return failure_within(std::move(done), place());
  if (source.factor != 1.0)
    for (float& value : values) value = static_cast<float>(static_cast<double>(value) * source.factor);
  return {};
}

}  // namespace ns
