// Normalisation.
#include "net/onnx_writer/layers.hpp"

#include <fmt/format.h>

namespace ns::onnx_writer {
namespace {

using Extents = LayerWriter::Extents;

Extents extents_of(const Shape& shape) { return {shape.extents().begin(), shape.extents().end()}; }

/// ONNX Runtime normalises maps of two spatial axes only: others become such on the way.
void write_across(const Norm& layer, LayerWriter& writer) {
  const LayerWriter::Attributes attributes{{"size", layer.size},
                                           {"alpha", static_cast<float>(layer.alpha)},
                                           {"beta", static_cast<float>(layer.beta)},
                                           {"bias", static_cast<float>(layer.k)}};
  const auto& shape = writer.in();
  if (shape.rank() == 4) {
    writer.finish("LRN", {writer.input()}, attributes);
    return;
  }
  const Extents maps{shape[0], shape[1], shape.elements(2, shape.rank()), 1};
  auto value = writer.step("maps", "Reshape", {writer.input(), writer.integers("maps_shape", maps)});
  value = writer.step("normalised", "LRN", {value}, attributes);
  writer.finish("Reshape", {value, writer.integers("shape", extents_of(shape))});
}

/// x / (k + alpha mean(x^2))^beta, the mean over a window that counts its pads.
void write_within(const Norm& layer, LayerWriter& writer) {
  const auto half = layer.size / 2;
  const auto squares = writer.step("squares", "Mul", {writer.input(), writer.input()});
  const auto means = writer.step("means", "AveragePool", {squares},
                                 {{"kernel_shape", Extents{layer.size, layer.size}},
                                  {"pads", Extents{half, half, half, half}},
                                  {"count_include_pad", std::int64_t{1}}});
  const auto scaled = writer.step("scaled", "Mul", {means, writer.scalar("alpha", layer.alpha)});
  const auto shifted = writer.step("shifted", "Add", {scaled, writer.scalar("k", layer.k)});
  const auto divisor = writer.step("divisor", "Pow", {shifted, writer.scalar("beta", layer.beta)});
  writer.finish("Div", {writer.input(), divisor});
}

/// Caffe's factor is divided out as the statistics are written; without scale and shift they are 1 and 0.
void write_batch(const Norm& layer, LayerWriter& writer) {
  const Extents channels{writer.in()[1]};
  const std::optional<std::size_t> factor =
      layer.factor ? std::optional<std::size_t>{layer.affine ? 4 : 2} : std::nullopt;
  const auto scale = layer.affine ? writer.weight(2, channels) : writer.fill("scale", channels, 1.0F);
  const auto bias = layer.affine ? writer.weight(3, channels) : writer.fill("bias", channels, 0.0F);
  writer.finish(
      "BatchNormalization",
      {writer.input(), scale, bias, writer.weight(0, channels, factor), writer.weight(1, channels, factor)},
      {{"epsilon", static_cast<float>(layer.epsilon)}});
}

void write_scale(const Norm& layer, LayerWriter& writer) {
  Extents dims(writer.in().rank() - 1, 1);
  dims[0] = writer.in()[1];
  const auto scale = writer.weight(0, dims);
  if (!layer.bias)
    writer.finish("Mul", {writer.input(), scale});
  else
    writer.finish("Add", {writer.step("scaled", "Mul", {writer.input(), scale}), writer.weight(1, dims)});
}

}  // namespace

Result<void> write(const Norm& layer, LayerWriter& writer) {
  switch (layer.kind) {
    case Norm::Kind::lrn:
      write_across(layer, writer);
      break;
    case Norm::Kind::lrn_within:
      write_within(layer, writer);
      break;
    case Norm::Kind::batch:
      write_batch(layer, writer);
      break;
    case Norm::Kind::scale:
      write_scale(layer, writer);
      break;
    default:
      return unwritten(print(layer, 0));
  }
  return {};
}

}  // namespace ns::onnx_writer
