#include "net/onnx/rules.hpp"
#include "net/onnx/rules/likeness.hpp"

#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns::onnx {
namespace {

/// The extents of a recurrent layer.
struct Recurrence {
  Extent directions;
  Extent steps;
  Extent batch;
  Extent input;
  Extent hidden;
};

/// X: steps x batch x input, or with layout = 1 batch x steps x input. R: directions x (gates x hidden) x
/// hidden.
Result<Recurrence> recurrence_of(const NodeView& node) {
  const auto& data = node.in(0);
  if (data.dims && data.dims->size() != 3)
    return node.fail(
        fmt::format("input 1 is {}; it must have 3 axes: steps, batch, input", to_string(*data.dims)));
  const bool batch_first = node.integer("layout", 0) != 0;
  const bool both = node.text("direction", "forward") == "bidirectional";
  Recurrence found{Extent{both ? 2 : 1},
                   extent_at(data, batch_first ? 1 : 0),
                   extent_at(data, batch_first ? 0 : 1),
                   extent_at(data, 2),
                   {}};
  if (const auto& weights = node.in(1); differ(extent_at(weights, 0), found.directions))
    return node.fail(fmt::format("the weights {} are for {} directions, the attribute `direction` is '{}'",
                                 to_string(*weights.dims), extent_at(weights, 0).value(),
                                 node.text("direction", "forward")));
  found.hidden = node.attribute("hidden_size") != nullptr ? Extent{node.integer("hidden_size", 0)}
                                                          : extent_at(node.in(2), 2);
  return found;
}

Result<void> infer_recurrent(NodeView& node) {
  const auto found = recurrence_of(node);
  if (!found) return tl::unexpected{found.error()};
  const auto& [directions, steps, batch, input, hidden] = *found;
  const auto dtype = node.in(0).dtype;
  const bool batch_first = node.integer("layout", 0) != 0;
  node.out(0, tensor(dtype, batch_first ? Dims{batch, steps, directions, hidden}
                                        : Dims{steps, directions, batch, hidden}));
  const auto state =
      tensor(dtype, batch_first ? Dims{batch, directions, hidden} : Dims{directions, batch, hidden});
  node.out(1, state);
  node.out(2, state);  // LSTM: the cell
  return {};
}

/// ONNX: W is directions x (gates x hidden) x input.
Result<void> infer_standard(NodeView& node) {
  const auto width = extent_at(node.in(1), 2);
  if (differ(extent_at(node.in(0), 2), width))
    return node.fail(fmt::format("input 1 is {}, the weights are {}; their last axes must be equal",
                                 to_string(*node.in(0).dims), to_string(*node.in(1).dims)));
  return infer_recurrent(node);
}

template <std::int64_t gates>
std::optional<double> recurrent_macs(const NodeView& node) {
  const auto found = recurrence_of(node);
  if (!found) return std::nullopt;
  return count_of({found->directions, found->steps, found->batch, Extent{gates}, found->hidden,
                   found->input + found->hidden});
}

}  // namespace

std::span<const OpRule> recurrent_rules() {
  static constexpr std::array rules{
      OpRule{"", "RNN", &infer_standard, Work::none, &recurrent_macs<1>},
      OpRule{"", "GRU", &infer_standard, Work::none, &recurrent_macs<3>},
      OpRule{"", "LSTM", &infer_standard, Work::none, &recurrent_macs<4>},
      // Its weights are transposed: directions x input x (gates x hidden).
      OpRule{contrib, "DynamicQuantizeLSTM", &infer_recurrent, Work::none, &recurrent_macs<4>},
  };
  return rules;
}

}  // namespace ns::onnx
