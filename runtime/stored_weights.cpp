#include "runtime/stored_weights.hpp"

#include "net/onnx/mapping/weight_sources.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <utility>
#include <vector>

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

/// Elements of a weight of `shape` from `first` on, whose tensor holds as many or one for all.
Result<void> read_shaped(Interpreter& interpreter, const onnx::WeightSource& source, const Shape& shape,
                         std::int64_t first, std::span<float> values) {
  const auto count = elements_of(interpreter, source.name);
  if (!count) return tl::unexpected{count.error()};
  if (*count == 1 && shape.elements() != 1) {
    float only = 0.0F;
    auto done = read_plain(interpreter, source.name, 0, {&only, 1});
    std::ranges::fill(values, only);
    return done;
  }
  if (*count != shape.elements())
    return bad_input(
        fmt::format("'{}' has {} elements, but {} are needed", source.name, *count, shape.elements()));
  if (source.transposed) return read_turned(interpreter, source.name, shape[0], shape[1], first, values);
  return read_plain(interpreter, source.name, first, values);
}

/// Changes each element by the number that `name` holds for its filter, or for all.
template <class Change>
Result<void> change_by(Interpreter& interpreter, const std::string& name, const Shape& shape,
                       std::int64_t first, std::span<float> values, Change change) {
  if (name.empty() || values.empty()) return {};
  const auto per_filter = shape.elements() / shape[0];
  const auto top = first / per_filter;
  const auto bottom = (first + static_cast<std::int64_t>(values.size()) - 1) / per_filter;
  std::vector<float> numbers(static_cast<std::size_t>(bottom - top + 1));
  if (auto read = read_shaped(interpreter, {name}, Shape{shape[0]}, top, numbers); !read) return read;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto filter = (first + static_cast<std::int64_t>(i)) / per_filter;
    values[i] = change(values[i], numbers[static_cast<std::size_t>(filter - top)]);
  }
  return {};
}

Result<void> read_weight(Interpreter& interpreter, const onnx::WeightSource& source, const Shape& shape,
                         std::int64_t first, std::span<float> values) {
  if (auto read = read_shaped(interpreter, source, shape, first, values); !read) return read;
  if (source.factor != 1.0)
    for (float& value : values) value = static_cast<float>(static_cast<double>(value) * source.factor);
  const auto changed = change_by(interpreter, source.zero_points, shape, first, values, std::minus<float>{});
  if (!changed) return changed;
  return change_by(interpreter, source.factors, shape, first, values, std::multiplies<float>{});
}

}  // namespace

StoredWeights::StoredWeights(const onnx::ModelFile& file, Interpreter& interpreter)
    : interpreter_{interpreter}, inferred_{file.inferred} {
  nodes_.reserve(file.model.graph.nodes.size());
  for (const auto& node : file.model.graph.nodes) {
    nodes_.emplace(node.name, &node);
    if (node.op == "DequantizeLinear" && !node.outputs.empty())
      dequantisers_.emplace(node.outputs.front(), &node);
  }
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
  const auto dequantiser = [&](const std::string& name) {
    const auto found = dequantisers_.find(name);
    return found == dequantisers_.end() ? nullptr : found->second;
  };
  const auto sources = onnx::weight_sources(owner.params, *node->second, {stores, dequantiser});
  const auto described = weights(owner.params, net.input_types(layer));
  if (slot >= sources.size() || slot >= described.size() || sources[slot].name.empty())
    return bad_input(fmt::format("{} has no such weight", place()));
  const auto& source = sources[slot];
  auto done = read_weight(interpreter_, source, described[slot].shape, first, values);
  // Weights that are computed would fill the memory a second time.
  if (interpreter_.stored(source.name) == nullptr) interpreter_.forget();
  return done ? std::move(done) : failure_within(std::move(done), place());
}

}  // namespace ns
