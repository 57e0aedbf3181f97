// What picks by value: how much it makes depends on data.
#include "runtime/interpreter/operators.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <utility>

namespace ns {
namespace {

using Data = std::vector<Datum>;
using Places = std::vector<std::size_t>;

/// A tensor seen along one axis: `outer` times `extent` slices of `inner` elements.
struct Along {
  std::size_t outer = 1;
  std::size_t extent = 1;
  std::size_t inner = 1;
};

Along along(const Shape& shape, std::size_t axis) {
  return {static_cast<std::size_t>(shape.elements(0, axis)), static_cast<std::size_t>(shape[axis]),
          static_cast<std::size_t>(shape.elements(axis + 1, shape.rank()))};
}

Array integers(Shape shape) { return zeros(DType::int64, std::move(shape)); }

/// [rank, count]: one column per element that is not 0.
Result<Data> non_zero(const OperatorCall& call) {
  const auto& input = call.in(0);
  Places found;
  for (std::size_t i = 0; i < input.values.size(); ++i)
    if (input.values[i] != 0.0) found.push_back(i);
  const auto rank = std::max<std::size_t>(1, input.shape.rank());
  auto array =
      integers(Shape{static_cast<std::int64_t>(input.shape.rank()), static_cast<std::int64_t>(found.size())});
  for (std::size_t column = 0; column < found.size() && input.shape.rank() > 0; ++column) {
    auto rest = static_cast<std::int64_t>(found[column]);
    for (std::size_t axis = rank; axis-- > 0;) {
      array.values[axis * found.size() + column] = static_cast<double>(rest % input.shape[axis]);
      rest /= input.shape[axis];
    }
  }
  return outputs_of(std::move(array));
}

/// The slices `kept` along an axis.
Array slices_of(const Array& input, std::size_t axis, const Places& kept) {
  auto shape = input.shape;
  shape[axis] = static_cast<std::int64_t>(kept.size());
  auto array = zeros(input.dtype, std::move(shape));
  const auto from = along(input.shape, axis);
  auto to = array.values.begin();
  for (std::size_t outer = 0; outer < from.outer; ++outer)
    for (const auto slice : kept)
      to = std::copy_n(
          input.values.begin() + static_cast<std::ptrdiff_t>((outer * from.extent + slice) * from.inner),
          from.inner, to);
  return array;
}

Array flat(const Array& input) { return {input.dtype, Shape{input.shape.elements()}, input.values}; }

Result<Data> compress(const OperatorCall& call) {
  const auto& condition = call.in(1);
  const auto* const attribute = call.view.attribute("axis");
  const auto input = attribute == nullptr ? flat(call.in(0)) : call.in(0);
  const auto axis = call.view.axis(attribute == nullptr ? 0 : attribute->integer, input.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  Places kept;
  const auto count = std::min(condition.values.size(), static_cast<std::size_t>(input.shape[*axis]));
  for (std::size_t i = 0; i < count; ++i)
    if (condition.values[i] != 0.0) kept.push_back(i);
  return outputs_of(slices_of(input, *axis, kept));
}

Result<Data> unique(const OperatorCall& call) {
  const auto* const attribute = call.view.attribute("axis");
  const auto input = attribute == nullptr ? flat(call.in(0)) : call.in(0);
  const auto axis = call.view.axis(attribute == nullptr ? 0 : attribute->integer, input.shape.rank());
  if (!axis) return tl::unexpected{axis.error()};
  const auto slices = along(input.shape, *axis);
  std::map<std::vector<double>, Places> known;  // a slice's elements, and where it stands
  for (std::size_t slice = 0; slice < slices.extent; ++slice)
    known[slices_of(input, *axis, {slice}).values].push_back(slice);
  std::vector<const Places*> order;
  for (const auto& [slice, places] : known) order.push_back(&places);
  if (call.view.integer("sorted", 1) == 0)
    std::ranges::sort(order, {}, [](const Places* places) { return places->front(); });
  const auto count = static_cast<std::int64_t>(order.size());
  Places firsts;
  auto first = integers(Shape{count});
  auto counts = integers(Shape{count});
  auto inverse = integers(Shape{static_cast<std::int64_t>(slices.extent)});
  for (std::size_t i = 0; i < order.size(); ++i) {
    firsts.push_back(order[i]->front());
    first.values[i] = static_cast<double>(order[i]->front());
    counts.values[i] = static_cast<double>(order[i]->size());
    for (const auto place : *order[i]) inverse.values[place] = static_cast<double>(i);
  }
  return outputs_of(slices_of(input, *axis, firsts), std::move(first), std::move(inverse), std::move(counts));
}

/// A box as its two corners.
struct Box {
  double top = 0.0;
  double left = 0.0;
  double bottom = 0.0;
  double right = 0.0;

  [[nodiscard]] double area() const { return (bottom - top) * (right - left); }
};

Box box_at(const Array& boxes, std::size_t at, bool centre) {
  const auto* const b = boxes.values.data() + at * 4;
  if (centre) return {b[1] - b[3] / 2.0, b[0] - b[2] / 2.0, b[1] + b[3] / 2.0, b[0] + b[2] / 2.0};
  return {std::min(b[0], b[2]), std::min(b[1], b[3]), std::max(b[0], b[2]), std::max(b[1], b[3])};
}

double overlap(const Box& a, const Box& b) {
  const auto height = std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
  const auto width = std::min(a.right, b.right) - std::max(a.left, b.left);
  if (height <= 0.0 || width <= 0.0) return 0.0;
  return height * width / (a.area() + b.area() - height * width);
}

Result<Data> non_max_suppression(const OperatorCall& call) {
  const auto& boxes = call.in(0);   // [batch, count, 4]
  const auto& scores = call.in(1);  // [batch, classes, count]
  if (boxes.shape.rank() != 3 || scores.shape.rank() != 3 || boxes.shape[2] != 4 ||
      scores.shape[2] != boxes.shape[1] || scores.shape[0] != boxes.shape[0])
    return call.fail("boxes and scores do not go together");
  const auto most = static_cast<std::size_t>(std::max(0.0, call.number(2, 0.0)));
  const auto threshold = call.number(3, 0.0);
  const bool centre = call.view.integer("center_point_box", 0) != 0;
  const auto count = static_cast<std::size_t>(boxes.shape[1]);
  std::vector<double> picked;
  for (std::int64_t line = 0; line < scores.shape[0] * scores.shape[1]; ++line) {
    const auto batch = line / scores.shape[1];
    const auto score = [&](std::size_t i) {
      return scores.values[static_cast<std::size_t>(line) * count + i];
    };
    Places order;
    for (std::size_t i = 0; i < count; ++i)
      if (!call.has(4) || score(i) > call.number(4, 0.0)) order.push_back(i);
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return score(a) > score(b); });
    std::vector<Box> kept;
    for (const auto candidate : order) {
      if (kept.size() >= most) break;
      const auto box = box_at(boxes, static_cast<std::size_t>(batch) * count + candidate, centre);
      if (std::ranges::any_of(kept, [&](const Box& other) { return overlap(box, other) > threshold; }))
        continue;
      kept.push_back(box);
      picked.insert(picked.end(), {static_cast<double>(batch), static_cast<double>(line % scores.shape[1]),
                                   static_cast<double>(candidate)});
    }
  }
  const auto rows = static_cast<std::int64_t>(picked.size() / 3);
  return outputs_of(Array{DType::int64, Shape{rows, 3}, std::move(picked)});
}

Result<Data> reverse_sequence(const OperatorCall& call) {
  Array array = call.in(0);
  const auto& lengths = call.in(1);
  const auto batch_axis = static_cast<std::size_t>(call.view.integer("batch_axis", 1));
  const auto time_axis = static_cast<std::size_t>(call.view.integer("time_axis", 0));
  const auto& shape = array.shape;
  if (shape.rank() < 2 || batch_axis > 1 || time_axis > 1 || batch_axis == time_axis)
    return call.fail("batch and time are not its first two axes");
  if (static_cast<std::int64_t>(lengths.values.size()) != shape[batch_axis])
    return call.fail(
        fmt::format("has {} lengths for {} sequences", lengths.values.size(), shape[batch_axis]));
  const auto inner = shape.elements(2, shape.rank());
  for (std::int64_t batch = 0; batch < shape[batch_axis]; ++batch) {
    const auto length = integer_of(lengths.values[static_cast<std::size_t>(batch)]);
    if (length < 0 || length > shape[time_axis]) return call.fail("a sequence is longer than the time axis");
    const auto start = [&](std::int64_t step) {
      const auto row = batch_axis == 0 ? batch * shape[1] + step : step * shape[1] + batch;
      return row * inner;
    };
    for (std::int64_t step = 0; step < length; ++step)
      std::copy_n(call.in(0).values.begin() + start(length - 1 - step), inner,
                  array.values.begin() + start(step));
  }
  return outputs_of(std::move(array));
}

}  // namespace

std::span<const Operator> selection_operators() {
  static constexpr std::array rows{
      Operator{"", "Compress", 2, compress}, Operator{"", "NonMaxSuppression", 2, non_max_suppression},
      Operator{"", "NonZero", 1, non_zero},  Operator{"", "ReverseSequence", 2, reverse_sequence},
      Operator{"", "Unique", 1, unique},
  };
  return rows;
}

}  // namespace ns
