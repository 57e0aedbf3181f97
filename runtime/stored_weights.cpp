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

/// Elements from `first` on of the transpose, [rows, columns], of a matrix: read in bands of its rows, of
/// which never more is held than what is wanted of them.
Result<void> read_turned(Interpreter& interpreter, const std::string& name, std::int64_t rows,
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
      if (auto read = read_plain(interpreter, name, (left + i) * rows + top, line); !read) return read;
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
