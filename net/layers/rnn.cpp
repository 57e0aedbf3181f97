#include "net/layers/rnn.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

std::string_view kind_name(Rnn::Kind kind) {
  return std::ranges::find(rnn_kinds, kind, &Choice<Rnn::Kind>::value)->name;
}

bool has_cell(const Rnn& layer) { return layer.kind == Rnn::Kind::lstm; }

/// Whether `word` is made of letters of `letters` in their order, each once at most.
bool is_selection(std::string_view word, std::string_view letters) {
  for (const auto letter : word) {
    const auto place = letters.find(letter);
    if (place == std::string_view::npos) return false;
    letters.remove_prefix(place + 1);
  }
  return true;
}

Result<void> check_names(const Rnn& layer) {
  const std::string_view states = has_cell(layer) ? "hc" : "h";
  if (!is_selection(layer.states, states))
    return bad_input(fmt::format("states '{}': must be letters of {} in that order", layer.states, states));
  if (!is_selection(layer.stored, states))
    return bad_input(fmt::format("stored '{}': must be letters of {} in that order", layer.stored, states));
  if (layer.stored.find_first_of(layer.states) != std::string::npos)
    return bad_input("a first state is both an input and stored");
  const std::string_view outputs = has_cell(layer) ? "yhc" : "yh";
  if (layer.outputs.empty() || !is_selection(layer.outputs, outputs))
    return bad_input(
        fmt::format("outputs '{}': must be letters of {} in that order", layer.outputs, outputs));
  return {};
}

Result<void> check_quantised(const Rnn& layer, DType input) {
  const Quantisation& quantisation = layer.quantisation;
  if (auto checked = check_quantisation(quantisation, input); !checked) return checked;
  if (quantisation.in || (quantisation.has_factors() && !quantisation.dynamic))
    return bad_input("a recurrent layer with weights of whole numbers must be dynamic");
  if (quantisation.dynamic && layer.kind != Rnn::Kind::lstm)
    return bad_input(fmt::format("dynamic goes with lstm, not with {}", kind_name(layer.kind)));
  return {};
}

/// Weights of the input and of the state.
constexpr std::size_t products = 2;

}  // namespace

std::size_t bias_slot(const Rnn& layer) { return products * layer.quantisation.bias_slot(); }

std::int64_t gates_of(Rnn::Kind kind) {
  switch (kind) {
    case Rnn::Kind::lstm:
      return 4;
    case Rnn::Kind::gru:
      return 3;
    case Rnn::Kind::rnn:
      return 1;
  }
  return 1;
}

std::int64_t directions_of(const Rnn& layer) { return layer.direction == Rnn::Direction::both ? 2 : 1; }

Result<std::vector<TensorType>> output_types(const Rnn& layer, const std::vector<TensorType>& inputs) {
  if (auto checked = check_names(layer); !checked) return tl::unexpected{std::move(checked.error())};
  if (inputs.size() != 1 + layer.states.size())
    return bad_input(fmt::format("this recurrent layer has {}, not {}",
                                 counted(1 + layer.states.size(), "input"), inputs.size()));
  if (auto checked = check_quantised(layer, inputs[0].dtype); !checked)
    return tl::unexpected{std::move(checked.error())};
  const auto& input = inputs[0].shape;
  if (input.rank() != 3)
    return bad_input(fmt::format("a recurrent layer reads [steps, N, inputs], not {}", to_string(input)));
  if (layer.hidden < 1 || layer.hidden > 1 << 20)
    return bad_input(fmt::format("hidden is {}; it must be from 1 to {}", layer.hidden, 1 << 20));
  const Shape state{directions_of(layer), input[1], layer.hidden};
  for (std::size_t i = 1; i < inputs.size(); ++i)
    if (inputs[i].shape != state)
      return bad_input(
          fmt::format("state {} is {}, but must be {}", i, to_string(inputs[i].shape), to_string(state)));
  std::vector<TensorType> types;
  for (const auto name : layer.outputs) {
    const Shape sequence{input[0], directions_of(layer), input[1], layer.hidden};
    types.push_back({name == 'y' ? sequence : state, inputs[0].dtype});
    if (auto checked = check_shape(types.back().shape); !checked)
      return tl::unexpected{std::move(checked.error())};
  }
  return types;
}

Macs macs(const Rnn& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return Macs{static_cast<double>(directions_of(layer) * gates_of(layer.kind) * layer.hidden) *
              static_cast<double>(input[0] * input[1]) * static_cast<double>(input[2] + layer.hidden)};
}

Flops flops(const Rnn& layer, const Signature& tensors) { return Flops{2.0 * macs(layer, tensors).value()}; }

std::vector<Weight> weights(const Rnn& layer, const std::vector<TensorType>& inputs) {
  const auto rows = gates_of(layer.kind) * layer.hidden;
  const auto directions = directions_of(layer);
  std::vector<Weight> list{{"weight", Shape{directions, rows, inputs[0].shape[2]}},
                           {"recurrence", Shape{directions, rows, layer.hidden}}};
  const Quantisation& quantisation = layer.quantisation;
  const Shape per_row{directions, rows};
  if (quantisation.has_factors()) {
    for (Weight& weight : list) weight.dtype = quantisation.filter_dtype;
    list.push_back({"weight_scale", per_row});
    list.push_back({"recurrence_scale", per_row});
  }
  if (quantisation.filter_zero_points) {
    list.push_back({"weight_zero_point", per_row, quantisation.filter_dtype});
    list.push_back({"recurrence_zero_point", per_row, quantisation.filter_dtype});
  }
  if (layer.bias) list.push_back({"bias", Shape{directions, 2 * rows}});
  for (const auto name : layer.stored)
    list.push_back(
        {name == 'h' ? "first_h" : "first_c", Shape{directions, inputs[0].shape[1], layer.hidden}});
  return list;
}

std::vector<Feature> features(const Rnn& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"steps", static_cast<double>(input[0])},
          {"batch", static_cast<double>(input[1])},
          {"inputs", static_cast<double>(input[2])},
          {"hidden", static_cast<double>(layer.hidden)},
          {"directions", static_cast<double>(directions_of(layer))},
          // What waits for the step before: the products with the state.
          {"runs", static_cast<double>(input[0] * input[1]) *
                       static_cast<double>(directions_of(layer) * gates_of(layer.kind) * layer.hidden) *
                       static_cast<double>(layer.hidden)},
          {"kind", static_cast<double>(layer.kind)}};
}

std::vector<Feature> paper_variables(const Rnn& layer, const Signature& tensors) {
  const auto& input = tensors.inputs[0].shape;
  return {{"input_neurons", static_cast<double>(input.elements())},
          {"output_neurons", static_cast<double>(input[0] * input[1] * layer.hidden * directions_of(layer))}};
}

std::string category(const Rnn& layer, const Signature& tensors) {
  return quantised_category(layer.quantisation,
                            fmt::format("{}{}{}", kind_name(layer.kind),
                                        layer.direction == Rnn::Direction::both ? " both ways" : "",
                                        tensors.inputs[0].shape[1] > 1 ? " batched" : ""));
}

}  // namespace ns
