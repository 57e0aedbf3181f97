// What rearranges tensors, and what reads them as rows.
#include "net/onnx_writer/layers.hpp"

#include <fmt/format.h>

namespace ns::onnx_writer {
namespace {

using Extents = LayerWriter::Extents;

/// The constant for Reshape's second input, and that an extent of 0 means 0 where there is one.
void finish_reshape(LayerWriter& writer, const std::string& value) {
  const auto& shape = writer.out();
  const bool is_empty = shape.elements() == 0;
  LayerWriter::Attributes attributes;
  if (is_empty) attributes.push_back({"allowzero", std::int64_t{1}});
  writer.finish("Reshape",
                {value, writer.integers("shape", Extents{shape.extents().begin(), shape.extents().end()})},
                std::move(attributes));
}

}  // namespace

Result<void> write(const Fc& layer, LayerWriter& writer) {
  if (layer.quantisation != Quantisation{}) return unwritten(print(layer, 0));
  const auto& in = writer.in();
  auto rows = writer.input();
  if (in.rank() == 1)
    rows = writer.step("row", "Reshape", {rows, writer.integers("row_shape", {1, in[0]})});
  else if (in.rank() > 2 || layer.axis != 1)
    rows = writer.step("rows", "Flatten", {rows}, {{"axis", layer.axis}});
  const auto columns = in.elements(in.rank() > 1 ? static_cast<std::size_t>(layer.axis) : 0, in.rank());
  LayerWriter::Inputs inputs{rows, writer.weight(0, {layer.features, columns})};
  if (layer.bias) inputs.push_back(writer.weight(1, {layer.features}));
  const LayerWriter::Attributes attributes{{"transB", std::int64_t{1}}};
  if (writer.out().rank() != 2)
    finish_reshape(writer, writer.step("product", "Gemm", std::move(inputs), attributes));
  else
    writer.finish("Gemm", std::move(inputs), attributes);
  return {};
}

Result<void> write(const Softmax& layer, LayerWriter& writer) {
  const auto* const op = layer.kind == Softmax::Kind::log    ? "LogSoftmax"
                         : layer.kind == Softmax::Kind::hard ? "Hardmax"
                                                             : "Softmax";
  writer.finish(op, {writer.input()}, {{"axis", layer.axis}});
  return {};
}

/// Of equal elements the first, in both operators; positions become float32 as in Caffe.
Result<void> write(const Argmax& layer, LayerWriter& writer) {
  if (layer.smallest || !layer.keep || layer.dtype != DType::float32) return unwritten(print(layer, 0));
  std::string positions;
  if (layer.top == 1)
    positions = writer.step("position", "ArgMax", {writer.input()},
                            {{"axis", layer.axis}, {"keepdims", std::int64_t{1}}});
  else
    positions =
        writer.step_second("values", "positions", "TopK",
                           {writer.input(), writer.integers("top", {layer.top})}, {{"axis", layer.axis}});
  writer.finish("Cast", {positions}, {{"to", std::int64_t{1}}});
  return {};
}

Result<void> write(const Concat& layer, LayerWriter& writer) {
  LayerWriter::Inputs inputs;
  for (std::size_t i = 0; i < writer.inputs(); ++i) inputs.push_back(writer.input(i));
  if (!layer.with.empty()) inputs.insert(inputs.begin() + layer.at, writer.weight(0, layer.with));
  writer.finish("Concat", std::move(inputs), {{"axis", layer.axis}});
  return {};
}

Result<void> write(const Slice& layer, LayerWriter& writer) {
  writer.finish_all("Split", {writer.input(), writer.integers("sizes", layer.sizes)}, {{"axis", layer.axis}});
  return {};
}

Result<void> write(const Reshape&, LayerWriter& writer) {
  finish_reshape(writer, writer.input());
  return {};
}

Result<void> write(const Identity& layer, LayerWriter& writer) {
  for (std::size_t i = 0; i < writer.outputs(); ++i)
    writer.finish(layer.dropout ? "Dropout" : "Identity", {writer.input()}, {}, i);
  return {};
}

}  // namespace ns::onnx_writer
