// Pooling. How a last window that does not fit is rounded differs between frameworks: here the pads say it,
// so that every runtime finds the same positions rounding down.
#include "net/onnx_writer/layers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace ns::onnx_writer {
namespace {

using Extents = LayerWriter::Extents;

/// The windows along one axis.
struct Axis {
  std::int64_t in;
  std::int64_t out;
  std::int64_t kernel;
  std::int64_t stride;
  std::int64_t begin;   // pad
  std::int64_t stated;  // the pad at the end as the layer states it
  /// The pad at the end that the last window needs.
  [[nodiscard]] std::int64_t end() const {
    return std::max<std::int64_t>(0, (out - 1) * stride + kernel - in - begin);
  }
};

std::vector<Axis> axes_of(const Pool& layer, const Shape& in, const Shape& out) {
  std::vector<Axis> axes;
  const auto count = layer.kernel.size();
  for (std::size_t i = 0; i < count; ++i)
    axes.push_back(
        {in[2 + i], out[2 + i], layer.kernel[i], layer.stride[i], layer.pad[i], layer.pad[count + i]});
  return axes;
}

template <class Begin, class End>
Extents pads_of(const std::vector<Axis>& axes, Begin begin, End end) {
  Extents pads;
  for (const auto& axis : axes) pads.push_back(begin(axis));
  for (const auto& axis : axes) pads.push_back(end(axis));
  return pads;
}

Extents needed_pads(const std::vector<Axis>& axes) {
  return pads_of(
      axes, [](const Axis& axis) { return axis.begin; }, [](const Axis& axis) { return axis.end(); });
}

/// A node Pad before the pool, over the spatial axes.
std::string padded(LayerWriter& writer, const Extents& spatial, double value) {
  const auto half = static_cast<std::ptrdiff_t>(spatial.size() / 2);
  Extents pads{0, 0};
  pads.insert(pads.end(), spatial.begin(), spatial.begin() + half);
  pads.insert(pads.end(), {0, 0});
  pads.insert(pads.end(), spatial.begin() + half, spatial.end());
  LayerWriter::Inputs inputs{writer.input(), writer.integers("pads", std::move(pads))};
  if (value != 0.0) inputs.push_back(writer.scalar("pad_value", value));
  return writer.step("padded", "Pad", std::move(inputs));
}

LayerWriter::Attributes window(const Pool& layer, Extents pads) {
  return {{"kernel_shape", layer.kernel}, {"strides", layer.stride}, {"pads", std::move(pads)}};
}

/// What the mean over a whole window must be multiplied with along one axis, to be that over what counts of
/// it: [out, 1, ...] as long as axes follow.
Result<std::string> corrections(LayerWriter& writer, const Axis& axis, std::size_t index, std::size_t behind,
                                bool count_pad) {
  if (axis.out > max_table)
    return failure(Errc::unsupported,
                   fmt::format("{} positions are more than the {} that are written", axis.out, max_table));
  std::vector<float> factors;
  for (std::int64_t position = 0; position < axis.out; ++position) {
    const auto start = position * axis.stride - axis.begin;
    const auto first = count_pad ? start : std::max<std::int64_t>(0, start);
    const auto last = std::min(start + axis.kernel, axis.in + (count_pad ? axis.stated : 0));
    factors.push_back(last > first ? static_cast<float>(static_cast<double>(axis.kernel) /
                                                        static_cast<double>(last - first))
                                   : 0.0F);
  }
  Extents dims(behind + 1, 1);
  dims[0] = axis.out;
  return writer.reals(fmt::format("correction{}", index), std::move(dims), std::move(factors));
}

/// Windows that lie wholly behind the map (a stride above the kernel, rounded up as Caffe does): runtimes
/// refuse pads as large as the kernel, so that a node of its own pads.
Result<void> write_hollow(const Pool& layer, LayerWriter& writer, const std::vector<Axis>& axes) {
  const Extents none(2 * axes.size(), 0);
  if (layer.kind == Pool::Kind::max) {
    const auto image = padded(writer, needed_pads(axes), std::numeric_limits<float>::lowest());
    writer.finish("MaxPool", {image}, window(layer, none));
    return {};
  }
  auto mean =
      writer.step("means", "AveragePool", {padded(writer, needed_pads(axes), 0.0)}, window(layer, none));
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto factors = corrections(writer, axes[i], i, axes.size() - 1 - i, layer.count_pad);
    if (!factors) return tl::unexpected{factors.error()};
    if (i + 1 == axes.size())
      writer.finish("Mul", {mean, *factors});
    else
      mean = writer.step(fmt::format("corrected{}", i), "Mul", {mean, *factors});
  }
  return {};
}

void write_average(const Pool& layer, LayerWriter& writer, const std::vector<Axis>& axes) {
  const bool reaches_further =
      std::ranges::any_of(axes, [](const Axis& axis) { return axis.end() > axis.stated; });
  auto attributes = window(layer, needed_pads(axes));
  if (!layer.count_pad || !reaches_further) {
    attributes.push_back({"count_include_pad", std::int64_t{layer.count_pad ? 1 : 0}});
    writer.finish("AveragePool", {writer.input()}, std::move(attributes));
    return;
  }
  // The stated pads count, what a last window reaches beyond them does not: they become part of the map.
  const auto image = padded(
      writer,
      pads_of(
          axes, [](const Axis& axis) { return axis.begin; }, [](const Axis& axis) { return axis.stated; }),
      0.0);
  const auto beyond = pads_of(
      axes, [](const Axis&) { return std::int64_t{0}; },
      [](const Axis& axis) { return std::max<std::int64_t>(0, axis.end() - axis.stated); });
  writer.finish("AveragePool", {image}, window(layer, beyond));
}

}  // namespace

Result<void> write(const Pool& layer, LayerWriter& writer) {
  if (!layer.dilation.empty()) return unwritten(print(layer, layer.kernel.size()));
  const bool is_max = layer.kind == Pool::Kind::max;
  if (layer.global) {
    writer.finish(is_max ? "GlobalMaxPool" : "GlobalAveragePool", {writer.input()});
    return {};
  }
  const auto axes = axes_of(layer, writer.in(), writer.out());
  if (std::ranges::any_of(axes, [](const Axis& axis) { return axis.end() >= axis.kernel; }))
    return write_hollow(layer, writer, axes);
  if (is_max)
    writer.finish("MaxPool", {writer.input()}, window(layer, needed_pads(axes)));
  else
    write_average(layer, writer, axes);
  return {};
}

}  // namespace ns::onnx_writer
