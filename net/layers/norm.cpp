#include "net/layers/norm.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

bool is_lrn(const Norm& layer) {
  return layer.kind == Norm::Kind::lrn || layer.kind == Norm::Kind::lrn_within;
}

/// layer and rms: whose values are normalised together with all behind an axis.
bool is_trailing(const Norm& layer) {
  return layer.kind == Norm::Kind::layer || layer.kind == Norm::Kind::rms;
}

Result<void> check_trailing(const Norm& layer, const Shape& input) {
  if (layer.axis < 0 || layer.axis >= static_cast<std::int64_t>(input.rank()))
    return bad_input(fmt::format("there is no axis {} in input {}", layer.axis, to_string(input)));
  return {};
}

/// What one scale and one shift stand for.
Shape scaled_extents(const Norm& layer, const Shape& input) {
  if (!is_trailing(layer)) return Shape{input[1]};
  const auto extents = input.extents().subspan(static_cast<std::size_t>(layer.axis));
  return Shape{std::vector<std::int64_t>(extents.begin(), extents.end())};
}

std::string kind_name(Norm::Kind kind) {
  return std::string{std::ranges::find(norm_kinds, kind, &Choice<Norm::Kind>::value)->name};
}

}  // namespace

Result<std::vector<TensorType>> output_types(const Norm& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a normalisation has 1 input, not {}", inputs.size()));
  if (is_trailing(layer)) {
    if (auto checked = check_trailing(layer, inputs[0].shape); !checked)
      return tl::unexpected{std::move(checked.error())};
    return inputs;
  }
  if (inputs[0].shape.rank() < 2)
    return bad_input(fmt::format("input {} has no channels on axis 1", to_string(inputs[0].shape)));
  if (is_lrn(layer) && (layer.size < 1 || layer.size % 2 == 0))
    return bad_input(
        fmt::format("size is {}; a local response is summed over an odd, positive number", layer.size));
  if (layer.kind == Norm::Kind::lrn_within && inputs[0].shape.rank() != 4)
    return bad_input("a response within channels needs N, C, H, W");
  if (layer.kind == Norm::Kind::group && (layer.groups < 1 || inputs[0].shape[1] % layer.groups != 0))
    return bad_input(
        fmt::format("{} groups do not divide the {} channels", layer.groups, inputs[0].shape[1]));
  return inputs;
}

Macs macs(const Norm&, const Signature&) { return Macs{}; }

Flops flops(const Norm&, const Signature& tensors) {
  return Flops{static_cast<double>(tensors.outputs[0].shape.elements())};
}

std::vector<Weight> weights(const Norm& layer, const std::vector<TensorType>& inputs) {
  if (is_lrn(layer)) return {};
  const Shape channels = scaled_extents(layer, inputs[0].shape);
  std::vector<Weight> list;
  if (layer.kind == Norm::Kind::batch) {
    list = {{"mean", channels}, {"variance", channels}};
    if (layer.affine) list.insert(list.end(), {{"scale", channels}, {"bias", channels}});
    if (layer.factor) list.push_back({"factor", Shape{1}});
  } else if (layer.kind == Norm::Kind::scale || layer.affine) {
    list = {{"scale", channels}};
    if (layer.bias) list.push_back({"bias", channels});
  }
  return list;
}

std::vector<Feature> features(const Norm& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  if (is_trailing(layer)) {
    // What is normalised together stands for the channels, the number of such lines for the map.
    const auto axis = static_cast<std::size_t>(layer.axis);
    return {{"elements", static_cast<double>(input.elements())},
            {"channels", static_cast<double>(input.elements(axis, input.rank()))},
            {"pixels", static_cast<double>(input.elements(0, axis))},
            {"width", static_cast<double>(input[input.rank() - 1])},
            {"size", 0.0},
            {"kind", static_cast<double>(layer.kind)}};
  }
  return {{"elements", static_cast<double>(input.elements())},
          {"channels", static_cast<double>(input[1])},
          {"pixels", static_cast<double>(input.elements(2, input.rank()))},
          {"width", static_cast<double>(input[input.rank() - 1])},
          {"size", is_lrn(layer) ? static_cast<double>(layer.size) : 0.0},
          {"kind", static_cast<double>(layer.kind)}};
}

std::vector<Feature> paper_variables(const Norm&, const Signature& tensors) {
  return {{"neurons", static_cast<double>(tensors.inputs[0].shape.elements())}};
}

std::string category(const Norm& layer, const Signature&) {
  return is_lrn(layer) ? fmt::format("{} n{}", kind_name(layer.kind), layer.size) : kind_name(layer.kind);
}

}  // namespace ns
