#include "net/onnx_writer/layer_writer.hpp"

#include <fmt/format.h>
#include <utility>

namespace ns::onnx_writer {

std::string LayerWriter::inner_name(std::string_view part) {
  return names_.fresh(fmt::format("{}/{}", layer().name, part));
}

std::string LayerWriter::add(Initializer initializer) {
  graph_.initializers.push_back(std::move(initializer));
  return graph_.initializers.back().name;
}

std::string LayerWriter::weight(std::size_t slot, Extents dims, std::optional<std::size_t> divisor) {
  const auto described = weights(layer().params, net_.input_types(id_));
  auto name = names_.fresh(fmt::format("{}.{}", layer().name, described[slot].name));
  return add({std::move(name), std::move(dims), Trained{id_, slot, divisor}});
}

std::string LayerWriter::integers(std::string_view part, Extents dims, std::vector<std::int64_t> values) {
  return add({inner_name(part), std::move(dims), std::move(values)});
}

std::string LayerWriter::integers(std::string_view part, std::vector<std::int64_t> values) {
  const auto count = static_cast<std::int64_t>(values.size());
  return integers(part, {count}, std::move(values));
}

std::string LayerWriter::reals(std::string_view part, Extents dims, std::vector<float> values) {
  return add({inner_name(part), std::move(dims), std::move(values)});
}

std::string LayerWriter::scalar(std::string_view part, double value) {
  return reals(part, {}, {static_cast<float>(value)});
}

std::string LayerWriter::fill(std::string_view part, Extents dims, float value) {
  return add({inner_name(part), std::move(dims), Fill{value}});
}

std::string LayerWriter::step(std::string_view part, std::string op, Inputs inputs, Attributes attributes) {
  auto name = inner_name(part);
  graph_.nodes.push_back({name, std::move(op), std::move(inputs), {name}, std::move(attributes)});
  return name;
}

std::string LayerWriter::step_second(std::string_view first, std::string_view second, std::string op,
                                     Inputs inputs, Attributes attributes) {
  auto name = inner_name(first);
  auto other = inner_name(second);
  graph_.nodes.push_back({name, std::move(op), std::move(inputs), {name, other}, std::move(attributes)});
  return other;
}

void LayerWriter::finish(std::string op, Inputs inputs, Attributes attributes, std::size_t index) {
  auto name = index == 0 ? layer().name : inner_name(fmt::format("output{}", index));
  graph_.nodes.push_back(
      {std::move(name), std::move(op), std::move(inputs), {tensor_out(index).name}, std::move(attributes)});
}

void LayerWriter::finish_all(std::string op, Inputs inputs, Attributes attributes) {
  std::vector<std::string> made;
  for (std::size_t i = 0; i < outputs(); ++i) made.push_back(tensor_out(i).name);
  graph_.nodes.push_back(
      {layer().name, std::move(op), std::move(inputs), std::move(made), std::move(attributes)});
}

}  // namespace ns::onnx_writer
