#include "net/layers/reshape.hpp"

#include "core/text.hpp"

#include <fmt/format.h>
#include <optional>

namespace ns {

Result<std::vector<TensorType>> output_types(const Reshape& layer, const std::vector<TensorType>& inputs) {
  if (inputs.size() != 1) return bad_input(fmt::format("a reshape has 1 input, not {}", inputs.size()));
  const auto& input = inputs[0].shape;
  Shape shape{layer.extents};
  std::optional<std::size_t> inferred;
  for (std::size_t axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 0) {
      if (axis >= input.rank())
        return bad_input(fmt::format("extent {} copies an axis that input {} lacks", axis, to_string(input)));
      shape[axis] = input[axis];
    } else if (shape[axis] == -1 && !inferred) {
      inferred = axis;
      shape[axis] = 1;
    } else if (shape[axis] < 0) {
      return bad_input("only one extent may be -1, none may be less");
    }
  }
  if (auto checked = check_shape(shape); !checked) return tl::unexpected{std::move(checked.error())};
  const auto wanted = input.elements();
  const auto known = shape.elements();
  if (inferred && known > 0 && wanted % known == 0) shape[*inferred] = wanted / known;
  if (shape.elements() != wanted)
    return bad_input(fmt::format("{} of input {} cannot fill {}", counted(wanted, "element"),
                                 to_string(input), to_string(Shape{layer.extents})));
  return std::vector{TensorType{std::move(shape), inputs[0].dtype}};
}

Macs macs(const Reshape&, const Signature&) { return Macs{}; }

Flops flops(const Reshape&, const Signature&) { return Flops{}; }

std::vector<Weight> weights(const Reshape&, const std::vector<TensorType>&) { return {}; }

std::vector<Feature> features(const Reshape&, const Signature&) { return {}; }

std::vector<Feature> paper_variables(const Reshape&, const Signature&) { return {}; }

std::string category(const Reshape&, const Signature&) { return "reshape"; }

}  // namespace ns
