// Operators that take elements from, or put them into, places of a tensor.
#include "net/onnx/rules/selection.hpp"

#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>

namespace ns::onnx {
namespace {}  // namespace

std::span<const OpRule> selection_rules() {
  static constexpr std::array rows{
      OpRule{"", "Compress", compress},
      OpRule{"", "Concat", concat},
      OpRule{"", "Gather", gather},
      OpRule{"", "GatherElements", gather_elements},
      OpRule{"", "GatherND", gather_nd},
      OpRule{"", "NonZero", non_zero, Work::inputs},
      OpRule{"", "OneHot", one_hot},
      OpRule{"", "Pad", pad},
      OpRule{"", "ReverseSequence", same_as_input<0>},
      OpRule{"", "Scatter", scatter},
      OpRule{"", "ScatterElements", scatter},
      OpRule{"", "ScatterND", scatter_nd},
      OpRule{"", "Slice", slice},
      OpRule{"", "Split", split},
      OpRule{"", "TensorScatter", same_as_input<0>},
      OpRule{"", "TopK", top_k, Work::inputs},
      OpRule{"", "Unique", unique, Work::inputs},
      OpRule{contrib, "GatherND", gather_nd},
      OpRule{contrib, "Pad", pad},
  };
  return rows;
}

}  // namespace ns::onnx
