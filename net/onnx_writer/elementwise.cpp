// Activations and arithmetic.
#include "net/onnx_writer/layers.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numbers>

namespace ns::onnx_writer {
namespace {

using Kind = Act::Kind;
using WriteAct = void (*)(const Act& layer, LayerWriter& writer);

struct ActRow {
  Kind kind;
  WriteAct write;
};

template <const char* op>
void write_plain(const Act&, LayerWriter& writer) {
  writer.finish(op, {writer.input()});
}

Attribute alpha(const Act& layer) { return {"alpha", static_cast<float>(layer.alpha)}; }

void write_clip(LayerWriter& writer, double low, double high) {
  writer.finish("Clip", {writer.input(), writer.scalar("min", low), writer.scalar("max", high)});
}

/// x Phi(x), written out: the operator Gelu is of a later opset.
void write_gelu(const Act&, LayerWriter& writer) {
  const auto scaled =
      writer.step("scaled", "Mul", {writer.input(), writer.scalar("scale", 1.0 / std::numbers::sqrt2)});
  const auto error = writer.step("error", "Erf", {scaled});
  const auto shifted = writer.step("shifted", "Add", {error, writer.scalar("one", 1.0)});
  const auto half = writer.step("half_input", "Mul", {writer.input(), writer.scalar("half", 0.5)});
  writer.finish("Mul", {half, shifted});
}

/// (shift + scale x)^power, without the steps that change nothing.
void write_power(const Act& layer, LayerWriter& writer) {
  auto value = writer.input();
  if (layer.beta != 1.0) value = writer.step("scaled", "Mul", {value, writer.scalar("scale", layer.beta)});
  if (layer.gamma != 0.0) value = writer.step("shifted", "Add", {value, writer.scalar("shift", layer.gamma)});
  if (layer.alpha != 1.0)
    writer.finish("Pow", {value, writer.scalar("power", layer.alpha)});
  else
    writer.finish("Identity", {value});
}

void write_prelu(const Act& layer, LayerWriter& writer) {
  LayerWriter::Extents dims(layer.shared ? 1 : writer.in().rank() - 1, 1);
  if (!layer.shared) dims[0] = writer.in()[1];
  writer.finish("PRelu", {writer.input(), writer.weight(0, std::move(dims))});
}

constexpr char relu[] = "Relu";
constexpr char sigmoid[] = "Sigmoid";
constexpr char tanh_op[] = "Tanh";
constexpr char hardswish[] = "HardSwish";
constexpr char softplus[] = "Softplus";
constexpr char abs_op[] = "Abs";
constexpr char exp_op[] = "Exp";
constexpr char log_op[] = "Log";

constexpr std::array act_rows{
    ActRow{Kind::relu, write_plain<relu>},
    ActRow{Kind::relu6, [](const Act&, LayerWriter& writer) { write_clip(writer, 0.0, 6.0); }},
    ActRow{Kind::leaky_relu,
           [](const Act& layer, LayerWriter& writer) {
             writer.finish("LeakyRelu", {writer.input()}, {alpha(layer)});
           }},
    ActRow{Kind::prelu, write_prelu},
    ActRow{Kind::elu, [](const Act& layer,
                         LayerWriter& writer) { writer.finish("Elu", {writer.input()}, {alpha(layer)}); }},
    ActRow{Kind::clip,
           [](const Act& layer, LayerWriter& writer) { write_clip(writer, layer.alpha, layer.beta); }},
    ActRow{Kind::sigmoid, write_plain<sigmoid>},
    ActRow{Kind::tanh, write_plain<tanh_op>},
    ActRow{Kind::htanh, [](const Act&, LayerWriter& writer) { write_clip(writer, -1.0, 1.0); }},
    ActRow{Kind::hardsigmoid,
           [](const Act& layer, LayerWriter& writer) {
             writer.finish("HardSigmoid", {writer.input()},
                           {alpha(layer), {"beta", static_cast<float>(layer.beta)}});
           }},
    ActRow{Kind::hardswish, write_plain<hardswish>},
    ActRow{Kind::silu,
           [](const Act&, LayerWriter& writer) {
             writer.finish("Mul", {writer.input(), writer.step("gate", "Sigmoid", {writer.input()})});
           }},
    ActRow{Kind::gelu, write_gelu},
    ActRow{Kind::softplus, write_plain<softplus>},
    ActRow{Kind::abs, write_plain<abs_op>},
    ActRow{Kind::exp, write_plain<exp_op>},
    ActRow{Kind::log, write_plain<log_op>},
    ActRow{Kind::power, write_power},
};

/// An operator of many inputs where there is one, else of two.
struct EltwiseRow {
  Eltwise::Kind kind;
  const char* pair;
  const char* many;
};
constexpr std::array eltwise_rows{
    EltwiseRow{Eltwise::Kind::add, "Add", "Sum"},   EltwiseRow{Eltwise::Kind::mul, "Mul", nullptr},
    EltwiseRow{Eltwise::Kind::max, "Max", "Max"},   EltwiseRow{Eltwise::Kind::sub, "Sub", nullptr},
    EltwiseRow{Eltwise::Kind::div, "Div", nullptr}, EltwiseRow{Eltwise::Kind::min, "Min", "Min"},
};

/// The inputs, each times its coefficient.
LayerWriter::Inputs terms_of(const Eltwise& layer, LayerWriter& writer) {
  LayerWriter::Inputs terms;
  for (std::size_t i = 0; i < writer.inputs(); ++i) {
    const auto coefficient = layer.coefficients.empty() ? 1.0 : layer.coefficients[i];
    terms.push_back(
        coefficient == 1.0
            ? writer.input(i)
            : writer.step(fmt::format("term{}", i), "Mul",
                          {writer.input(i), writer.scalar(fmt::format("coefficient{}", i), coefficient)}));
  }
  return terms;
}

/// Null for a kind that is not written.
template <class Row, std::size_t size, class Wanted>
const Row* row_of(const std::array<Row, size>& rows, Wanted kind) {
  const auto found = std::ranges::find(rows, kind, &Row::kind);
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

Result<void> write(const Act& layer, LayerWriter& writer) {
  const auto* const row = row_of(act_rows, layer.kind);
  if (row == nullptr) return unwritten(print(layer, 0));
  row->write(layer, writer);
  return {};
}

Result<void> write(const Eltwise& layer, LayerWriter& writer) {
  const auto* const row = row_of(eltwise_rows, layer.kind);
  if (row == nullptr || !layer.with.empty()) return unwritten(print(layer, 0));
  auto terms = terms_of(layer, writer);
  if (terms.size() > 2 && row->many != nullptr) {
    writer.finish(row->many, std::move(terms));
    return {};
  }
  auto value = terms[0];
  for (std::size_t i = 1; i + 1 < terms.size(); ++i)
    value = writer.step(fmt::format("first{}", i + 1), row->pair, {value, terms[i]});
  writer.finish(row->pair, {value, terms.back()});
  return {};
}

}  // namespace ns::onnx_writer
