#include "net/onnx/reading.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace ns::onnx {
namespace {

/// Tensors up to this size are scales, axes, targets; larger real ones are weights.
constexpr std::int64_t small = 64;

bool may_index(DType dtype) {
  return dtype == DType::int64 || dtype == DType::int32 || dtype == DType::boolean;
}

bool is_real(DType dtype) {
  return is_floating(dtype) || dtype == DType::complex64 || dtype == DType::complex128;
}

/// Operators that need small real numbers although their other inputs are activations.
bool takes_reals(std::string_view op) {
  static constexpr std::array<std::string_view, 6> operators{"Resize", "Upsample", "Loop",
                                                             "Scan",   "If",       "Dropout"};
  return std::ranges::find(operators, op) != operators.end();
}

}  // namespace

bool is_worth_reading(const Node& node, const Fact& input, bool others_known) {
  if (!input.dims || !input.dtype) return false;
  const auto count = elements(*input.dims).number();
  if (!count || *count > static_cast<std::int64_t>(max_value_elements)) return false;
  if (*count > small) return others_known && !is_real(*input.dtype) && *input.dtype != DType::string;
  return others_known || may_index(*input.dtype) || (is_real(*input.dtype) && takes_reals(node.op));
}

std::optional<std::size_t> first_needed(std::string_view op) {
  static constexpr std::array operators{
      std::pair{std::string_view{"Reshape"}, 1U},    std::pair{std::string_view{"Expand"}, 1U},
      std::pair{std::string_view{"Tile"}, 1U},       std::pair{std::string_view{"Slice"}, 1U},
      std::pair{std::string_view{"Pad"}, 1U},        std::pair{std::string_view{"Unsqueeze"}, 1U},
      std::pair{std::string_view{"Squeeze"}, 1U},    std::pair{std::string_view{"Split"}, 1U},
      std::pair{std::string_view{"TopK"}, 1U},       std::pair{std::string_view{"OneHot"}, 1U},
      std::pair{std::string_view{"Resize"}, 2U},     std::pair{std::string_view{"Upsample"}, 1U},
      std::pair{std::string_view{"AffineGrid"}, 1U}, std::pair{std::string_view{"ConstantOfShape"}, 0U},
      std::pair{std::string_view{"Range"}, 0U},      std::pair{std::string_view{"CenterCropPad"}, 1U}};
  const auto* const found = std::ranges::find(operators, op, &std::pair<std::string_view, unsigned>::first);
  return found == operators.end() ? std::nullopt : std::optional<std::size_t>{found->second};
}

}  // namespace ns::onnx
