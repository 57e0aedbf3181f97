// Convolutions, with shared filters and with filters of each position's own.
#include "net/onnx_writer/layers.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns::onnx_writer {
namespace {

using Extents = LayerWriter::Extents;

/// Where each tap of each position reads along one axis: [positions, kernel].
Result<std::string> taps(LayerWriter& writer, std::string_view part, std::int64_t positions,
                         std::int64_t kernel, std::int64_t stride) {
  if (positions > max_table / kernel)
    return failure(Errc::unsupported,
                   fmt::format("{} positions of a window of {} are more than the {} that are written",
                               positions, kernel, max_table));
  std::vector<std::int64_t> table;
  table.reserve(static_cast<std::size_t>(positions * kernel));
  for (std::int64_t position = 0; position < positions; ++position)
    for (std::int64_t tap = 0; tap < kernel; ++tap) table.push_back(position * stride + tap);
  return writer.integers(part, {positions, kernel}, std::move(table));
}

}  // namespace

Result<void> write(const Conv& layer, LayerWriter& writer) {
  if (layer.quantisation != Quantisation{}) return unwritten(print(layer, layer.kernel.size()));
  const auto shape = filter_shape(layer, writer.in());
  LayerWriter::Inputs inputs{writer.input()};
  inputs.push_back(layer.stored ? writer.weight(0, {shape.extents().begin(), shape.extents().end()})
                                : writer.input(1));
  if (layer.bias) inputs.push_back(writer.weight(layer.stored ? 1 : 0, {layer.filters}));
  writer.finish("Conv", std::move(inputs),
                {{"kernel_shape", layer.kernel},
                 {"strides", layer.stride},
                 {"pads", layer.pad},
                 {"dilations", layer.dilation},
                 {"group", layer.groups}});
  return {};
}

/// ONNX has no such layer: the windows are gathered, and each position's are multiplied with its own filters.
Result<void> write(const Local& layer, LayerWriter& writer) {
  const auto& in = writer.in();
  const auto& out = writer.out();
  const auto positions = out[2] * out[3];
  const auto window = in[1] * layer.kernel[0] * layer.kernel[1];
  const auto rows = taps(writer, "row_taps", out[2], layer.kernel[0], layer.stride[0]);
  if (!rows) return tl::unexpected{rows.error()};
  const auto columns = taps(writer, "column_taps", out[3], layer.kernel[1], layer.stride[1]);
  if (!columns) return tl::unexpected{columns.error()};

  auto image = writer.input();
  const auto& pad = layer.pad;
  if (std::ranges::any_of(pad, [](std::int64_t each) { return each != 0; }))
    image = writer.step("padded", "Pad",
                        {image, writer.integers("pads", {0, 0, pad[0], pad[1], 0, 0, pad[2], pad[3]})});
  image = writer.step("rows", "Gather", {image, *rows}, {{"axis", std::int64_t{2}}});
  image = writer.step("windows", "Gather", {image, *columns}, {{"axis", std::int64_t{4}}});
  // [N, C, OH, kernel, OW, kernel] -> [OH, OW, C, kernel, kernel, N] -> [positions, window, N]
  image = writer.step("by_position", "Transpose", {image}, {{"perm", Extents{2, 4, 1, 3, 5, 0}}});
  image = writer.step("columns", "Reshape",
                      {image, writer.integers("columns_shape", {positions, window, in[0]})});
  image = writer.step("products", "MatMul", {writer.weight(0, {positions, layer.filters, window}), image});
  image = writer.step("by_item", "Transpose", {image}, {{"perm", Extents{2, 1, 0}}});
  LayerWriter::Inputs shaped{image,
                             writer.integers("shape", Extents{out.extents().begin(), out.extents().end()})};
  if (!layer.bias) {
    writer.finish("Reshape", std::move(shaped));
    return {};
  }
  image = writer.step("maps", "Reshape", std::move(shaped));
  writer.finish("Add", {image, writer.weight(1, {layer.filters, out[2], out[3]})});
  return {};
}

}  // namespace ns::onnx_writer
