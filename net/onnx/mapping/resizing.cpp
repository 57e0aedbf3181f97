// What changes the size of a picture by interpolation.
#include "net/onnx/mapping/mappers.hpp"

#include <algorithm>
#include <string_view>

namespace ns::onnx::mappers {
namespace {

template <class Enum>
std::optional<Enum> named(std::span<const Choice<Enum>> table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Choice<Enum>::name);
  return found == table.end() ? std::nullopt : std::optional{found->value};
}

/// Scales as the file gives them, one per axis; empty where the output's extents say it all.
std::vector<double> scales_of(const MappedNode& node) {
  const auto& view = node.view;
  const bool upsample = view.node().op == "Upsample" || view.opset() < 11;
  const std::size_t place = upsample ? 1 : 2;
  if (!view.has(place) || !view.integers("axes").empty()) return {};
  const auto scales = node.constants.reals(view.node().inputs[place]);
  if (!scales || scales->size() != node.inputs.front().shape.rank()) return {};
  return *scales;
}

}  // namespace

std::optional<LayerParams> resize(const MappedNode& node) {
  const auto& view = node.view;
  if (node.inputs.size() != 1 || node.outputs.size() != 1) return std::nullopt;
  const bool old = view.node().op == "Upsample" || view.opset() < 11;
  const auto mode = named(std::span<const Choice<Resize::Mode>>{resize_modes}, view.text("mode", "nearest"));
  const auto coordinates =
      named(std::span<const Choice<Resize::Coordinates>>{resize_coordinates},
            view.text("coordinate_transformation_mode", old ? "asymmetric" : "half_pixel"));
  const auto rounding = named(std::span<const Choice<Resize::Rounding>>{resize_roundings},
                              view.text("nearest_mode", old ? "floor" : "round_prefer_floor"));
  if (!mode || !coordinates || !rounding) return std::nullopt;
  const auto extents = node.outputs.front().shape.extents();
  Resize layer;
  layer.mode = *mode;
  layer.extents.assign(extents.begin(), extents.end());
  layer.scales = scales_of(node);
  layer.coordinates = *coordinates;
  layer.rounding = *rounding;
  layer.cubic = view.real("cubic_coeff_a", -0.75);
  layer.exclude_outside = view.integer("exclude_outside", 0) != 0;
  layer.antialias = view.integer("antialias", 0) != 0;
  return layer;
}

}  // namespace ns::onnx::mappers
