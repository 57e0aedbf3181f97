#include "runtime/interpreter/constant_parts.hpp"

#include "net/onnx/node_view.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {
namespace {

/// Elements that are computed at once: enough that what a node costs beside them does not count.
constexpr std::int64_t stretch = std::int64_t{1} << 16;

/// Whether there is no need for parts.
bool is_small(const TensorType& type) { return check_shape(type.shape) && type.shape.elements() < stretch; }

/// Longer chains than exporters write are computed whole: each node of one may read what is before it twice.
constexpr std::size_t most_depth = 8;

template <std::size_t count>
bool is_among(std::string_view op, const std::array<std::string_view, count>& operators) {
  return std::ranges::find(operators, op) != operators.end();
}

/// Nodes whose output has the elements of their first input, in the same order.
bool renames(const onnx::Node& node) {
  static constexpr std::array<std::string_view, 5> operators{"Flatten", "Identity", "Reshape", "Squeeze",
                                                             "Unsqueeze"};
  return is_among(node.op, operators);
}

bool is_quantisation(const onnx::Node& node) {
  return node.op == "DequantizeLinear" || node.op == "QuantizeLinear";
}

/// Nodes of which each element follows from those of the inputs at its place.
bool is_element_by_element(const onnx::NodeView& view) {
  static constexpr std::array<std::string_view, 19> operators{
      "Abs", "Add", "Cast", "CastLike",   "Clip",    "Div", "Exp",  "Max",  "Min",  "Mul",
      "Neg", "Pow", "Relu", "Reciprocal", "Sigmoid", "Sub", "Sqrt", "Tanh", "Where"};
  // Blocks of elements with one scale each do not broadcast; neither does what old opsets align by an axis.
  if (is_quantisation(view.node())) return view.integer("block_size", 0) == 0;
  return is_among(view.node().op, operators) && view.attribute("axis") == nullptr;
}

/// A scale or zero point per index of `axis`, seen as a tensor that broadcasts.
Shape along_axis(std::int64_t count, std::size_t axis, std::size_t rank) {
  std::vector<std::int64_t> extents(rank - axis, 1);
  extents.front() = count;
  return Shape{std::move(extents)};
}

/// Where `own` broadcasts to `shape`: the step of each of `shape`'s axes in it. Nothing where it does not.
std::optional<std::vector<std::int64_t>> steps_of(const Shape& own, const Shape& shape) {
  if (own.rank() > shape.rank()) return std::nullopt;
  const auto lead = shape.rank() - own.rank();
  std::vector<std::int64_t> steps(shape.rank(), 0);
  std::int64_t step = 1;
  for (std::size_t axis = own.rank(); axis-- > 0;) {
    if (own[axis] != 1 && own[axis] != shape[lead + axis]) return std::nullopt;
    if (own[axis] != 1) steps[lead + axis] = step;
    step *= own[axis];
  }
  return steps;
}

std::int64_t place_of(std::int64_t element, const Shape& shape, const std::vector<std::int64_t>& steps) {
  std::int64_t place = 0;
  for (std::size_t axis = shape.rank(); axis-- > 0; element /= shape[axis])
    place += element % shape[axis] * steps[axis];
  return place;
}

Array line(DType dtype, std::vector<double> values) {
  Shape shape{static_cast<std::int64_t>(values.size())};
  return {dtype, std::move(shape), std::move(values)};
}

}  // namespace

Result<std::int64_t> ConstantParts::elements(const std::string& name) {
  if (const auto* const tensor = interpreter_.stored(name)) return onnx::stored_elements(*tensor);
  if (const auto type = interpreter_.type_of(name); type && check_shape(type->shape))
    return type->shape.elements();
  make_room_for(name);
  const auto datum = interpreter_.constant(name);
  if (!datum) return tl::unexpected{datum.error()};
  return static_cast<std::int64_t>((*datum)->array.values.size());
}

Result<void> ConstantParts::read(const std::string& name, std::int64_t first, std::span<float> values) {
  if (const auto* const tensor = interpreter_.stored(name))
    return interpreter_.reader().read(*tensor, first, values);
  make_room_for(name);
  while (!values.empty()) {
    const auto count = std::min<std::size_t>(values.size(), stretch);
    const auto made = part(name, {first, static_cast<std::int64_t>(count)}, 0);
    if (!made) return tl::unexpected{made.error()};
    std::ranges::transform(made->values, values.begin(),
                           [](double value) { return static_cast<float>(value); });
    values = values.subspan(count);
    first += static_cast<std::int64_t>(count);
  }
  return {};
}

Result<Array> ConstantParts::part(const std::string& name, Range range, std::size_t depth) {
  const auto type = interpreter_.type_of(name);
  const bool has_all = !type || range.first + range.count <= type->shape.elements();
  auto made = has_all ? computed(name, range, depth) : line(type->dtype, {});
  if (!made) return made;
  const auto count = static_cast<std::size_t>(range.count);
  if (made->values.size() == 1) made = line(made->dtype, std::vector<double>(count, made->values.front()));
  if (made->values.size() != count)
    return bad_input("'" + name + "' does not have the elements that its shape promises");
  return made;
}

Result<Array> ConstantParts::computed(const std::string& name, Range range, std::size_t depth) {
  if (const auto* const tensor = interpreter_.stored(name)) {
    auto made = line(tensor->dtype.value_or(DType::float32),
                     std::vector<double>(static_cast<std::size_t>(range.count)));
    const auto done = interpreter_.reader().read(*tensor, range.first, made.values);
    return done ? Result<Array>{std::move(made)} : tl::unexpected{done.error()};
  }
  const auto* const node = interpreter_.producer(name);
  const auto type = interpreter_.type_of(name);
  if (node == nullptr || !type || is_small(*type) || !node->domain.empty() || depth > most_depth)
    return cut_out(name, range);
  if (node->op == "ConstantOfShape") return filled(*node, type->dtype, range);
  if (renames(*node)) return part(node->inputs[0], range, depth + 1);
  const onnx::NodeView view{*node, interpreter_.opset(""), {}, {}, {}};
  if (is_element_by_element(view)) return element_by_element(*node, type->shape, range, depth + 1);
  const auto repeated = node->op == "Expand" ? interpreter_.type_of(node->inputs[0]) : std::nullopt;
  if (repeated) return broadcast(node->inputs[0], repeated->shape, type->shape, range, depth + 1);
  return cut_out(name, range);
}

Result<Array> ConstantParts::cut_out(const std::string& name, Range range) {
  const auto datum = interpreter_.constant(name);
  if (!datum) return tl::unexpected{datum.error()};
  const auto& array = (*datum)->array;
  if (range.first + range.count > static_cast<std::int64_t>(array.values.size()))
    return line(array.dtype, {});
  const auto begin = array.values.begin() + range.first;
  return line(array.dtype, {begin, begin + range.count});
}

Result<Array> ConstantParts::filled(const onnx::Node& node, DType dtype, Range range) {
  double value = 0.0;
  const onnx::NodeView view{node, interpreter_.opset(""), {}, {}, {}};
  if (const auto* const given = view.attribute("value"); given != nullptr && !given->tensors.empty()) {
    const auto array = interpreter_.read(given->tensors.front());
    if (!array) return tl::unexpected{array.error()};
    if (array->values.size() != 1) return view.fail("its value is not one element");
    value = array->values.front();
  }
  return line(dtype, std::vector<double>(static_cast<std::size_t>(range.count), value));
}

Result<Array> ConstantParts::element_by_element(const onnx::Node& node, const Shape& shape, Range range,
                                                std::size_t depth) {
  const onnx::NodeView view{node, interpreter_.opset(""), {}, {}, {}};
  std::vector<Datum> parts;
  std::vector<const Datum*> inputs(node.inputs.size(), nullptr);
  parts.reserve(node.inputs.size());
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    const auto& name = node.inputs[i];
    if (name.empty()) continue;
    if (auto known = interpreter_.stand_in(node, i)) {
      parts.push_back(std::move(*known));
    } else {
      const auto type = interpreter_.type_of(name);
      if (!type) return cut_out(node.outputs.front(), range);
      auto own = type->shape;
      const auto axis = view.axis(view.integer("axis", 1), shape.rank());
      if (i > 0 && is_quantisation(node) && own.rank() == 1 && axis)
        own = along_axis(own[0], *axis, shape.rank());
      auto made = broadcast(name, own, shape, range, depth);
      if (!made) return made;
      parts.emplace_back(std::move(*made));
    }
    inputs[i] = &parts.back();
  }
  auto outputs = interpreter_.run(node, inputs, Values{});
  if (!outputs) return tl::unexpected{std::move(outputs.error())};
  return std::move(outputs->front().array);
}

Result<Array> ConstantParts::broadcast(const std::string& name, const Shape& own, const Shape& shape,
                                       Range range, std::size_t depth) {
  if (own.elements() == shape.elements()) return part(name, range, depth);
  const auto datum = interpreter_.constant(name);
  if (!datum) return tl::unexpected{datum.error()};
  const auto& array = (*datum)->array;
  if (array.values.size() == 1) return line(array.dtype, {array.values.front()});
  const auto steps = steps_of(own, shape);
  if (!steps || own.elements() != static_cast<std::int64_t>(array.values.size()))
    return bad_input("'" + name + "' (" + to_string(own) + ") does not broadcast to " + to_string(shape));
  std::vector<double> values(static_cast<std::size_t>(range.count));
  for (std::int64_t i = 0; i < range.count; ++i)
    values[static_cast<std::size_t>(i)] =
        array.values[static_cast<std::size_t>(place_of(range.first + i, shape, *steps))];
  return line(array.dtype, std::move(values));
}

void ConstantParts::make_room_for(const std::string& name) {
  const auto type = interpreter_.type_of(name);
  if (type && is_small(*type)) {
    kept_ += type->shape.elements();
    if (kept_ <= stretch) return;
  } else {
    if (name == last_) return;
    last_ = name;
  }
  kept_ = 0;
  interpreter_.forget();
}

}  // namespace ns
