#include "net/layer.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

namespace ns {
namespace {

template <std::size_t... Index>
constexpr auto type_table(std::index_sequence<Index...>) {
  return std::array{std::variant_alternative_t<Index, Rooms>::type...};
}

constexpr auto types = type_table(std::make_index_sequence<std::variant_size_v<Rooms>>{});

/// Parses the fields of the room at `Index`.
template <std::size_t Index>
Result<LayerParams> parse_room(FieldParser& parser) {
  std::variant_alternative_t<Index, Rooms> room;
  fields(parser, room);
  if (auto finished = parser.finish(); !finished) return tl::unexpected{std::move(finished.error())};
  return LayerParams{std::move(room)};
}

template <std::size_t... Index>
constexpr auto parser_table(std::index_sequence<Index...>) {
  return std::array{&parse_room<Index>...};
}

constexpr auto parsers = parser_table(std::make_index_sequence<std::variant_size_v<Rooms>>{});

std::size_t spatial_rank(const std::vector<TensorType>& inputs) {
  return inputs.empty() || inputs[0].shape.rank() < 2 ? 0 : inputs[0].shape.rank() - 2;
}

/// How many inputs of a config its epilogues take: one for each element-wise operation.
std::size_t epilogue_operands(const std::vector<LayerParams>& epilogue) {
  return static_cast<std::size_t>(std::ranges::count_if(
      epilogue, [](const LayerParams& step) { return std::holds_alternative<Eltwise>(step); }));
}

double sum_bytes(const std::vector<TensorType>& tensors) {
  double sum = 0.0;
  for (const auto& tensor : tensors) sum += tensor.bytes().value();
  return sum;
}

/// Of a table, only the rows that are looked up.
double read_bytes(const Weight& weight, const std::vector<TensorType>& inputs) {
  auto type = type_of(weight, inputs);
  if (weight.read) type.shape = Shape{*weight.read};
  return type.bytes().value();
}

}  // namespace

LayerParams::LayerParams() = default;
LayerParams::LayerParams(const LayerParams& other) = default;
LayerParams::LayerParams(LayerParams&& other) noexcept = default;
LayerParams& LayerParams::operator=(const LayerParams& other) = default;
LayerParams& LayerParams::operator=(LayerParams&& other) noexcept = default;
LayerParams::~LayerParams() = default;

bool operator==(const LayerParams& left, const LayerParams& right) {
  return static_cast<const Rooms&>(left) == static_cast<const Rooms&>(right);
}

std::string_view type_of(const LayerParams& params) { return types[params.index()]; }

std::span<const std::string_view> layer_types() { return types; }

const Quantisation* quantisation_of(const LayerParams& params) {
  if (const auto* const conv = std::get_if<Conv>(&params)) return &conv->quantisation;
  if (const auto* const fc = std::get_if<Fc>(&params)) return &fc->quantisation;
  if (const auto* const rnn = std::get_if<Rnn>(&params)) return &rnn->quantisation;
  return nullptr;
}

Quantisation* quantisation_of(LayerParams& params) {
  return const_cast<Quantisation*>(quantisation_of(std::as_const(params)));
}

bool is_free(const LayerParams& params) {
  return std::holds_alternative<Reshape>(params) || std::holds_alternative<Identity>(params);
}

Result<std::vector<TensorType>> output_types(const LayerParams& params,
                                             const std::vector<TensorType>& inputs) {
  if (inputs.empty() && !std::holds_alternative<Opaque>(params)) return bad_input("a layer needs an input");
  auto made = std::visit([&](const auto& room) { return output_types(room, inputs); }, params.rooms());
  if (!made) return made;
  // Costs are products of these shapes' extents.
  for (const auto& type : *made)
    if (auto checked = check_shape(type.shape); !checked)
      return tl::unexpected{std::move(checked.error()).within("output")};
  for (const auto& weight : weights(params, inputs))
    if (auto checked = check_shape(weight.shape); !checked)
      return tl::unexpected{std::move(checked.error()).within(weight.name)};
  return made;
}

Macs macs(const LayerParams& params, const Signature& tensors) {
  return std::visit([&](const auto& room) { return macs(room, tensors); }, params.rooms());
}

Flops flops(const LayerParams& params, const Signature& tensors) {
  return std::visit([&](const auto& room) { return flops(room, tensors); }, params.rooms());
}

std::vector<Weight> weights(const LayerParams& params, const std::vector<TensorType>& inputs) {
  return std::visit([&](const auto& room) { return weights(room, inputs); }, params.rooms());
}

TensorType type_of(const Weight& weight, const std::vector<TensorType>& inputs) {
  return {weight.shape, weight.dtype.value_or(inputs[0].dtype)};
}

bool is_trained(const TensorType& weight) {
  if (weight.dtype == DType::boolean || weight.dtype == DType::string) return false;
  return is_floating(weight.dtype) || element_bits(weight.dtype) <= 8;
}

std::int64_t parameters(const LayerParams& params, const std::vector<TensorType>& inputs) {
  std::int64_t sum = 0;
  for (const auto& weight : weights(params, inputs))
    if (is_trained(type_of(weight, inputs))) sum += weight.shape.elements();
  return sum;
}

Bytes parameter_bytes(const LayerParams& params, const std::vector<TensorType>& inputs) {
  Bytes sum;
  for (const auto& weight : weights(params, inputs))
    if (const auto type = type_of(weight, inputs); is_trained(type)) sum += type.bytes();
  return sum;
}

std::vector<Feature> features(const LayerParams& params, const Signature& tensors) {
  return std::visit([&](const auto& room) { return features(room, tensors); }, params.rooms());
}

std::vector<Feature> paper_variables(const LayerParams& params, const Signature& tensors) {
  return std::visit([&](const auto& room) { return paper_variables(room, tensors); }, params.rooms());
}

std::string category(const LayerParams& params, const Signature& tensors) {
  return std::visit([&](const auto& room) { return category(room, tensors); }, params.rooms());
}

std::string print(const LayerParams& params, std::size_t spatial_rank) {
  FieldPrinter printer{spatial_rank};
  std::visit([&](const auto& room) { fields(printer, room); }, params.rooms());
  const auto type = type_of(params);
  return printer.result().empty() ? std::string{type} : fmt::format("{}:{}", type, printer.result());
}

Result<LayerParams> parse_params(std::string_view text, std::size_t spatial_rank) {
  const auto colon = text.find(':');
  const auto name = text.substr(0, colon);
  const auto* const found = std::ranges::find(types, name);
  if (found == types.end()) {
    const std::vector<std::string> names(types.begin(), types.end());
    return bad_input(fmt::format("unknown layer type '{}'{}", name, suggestion(name, names)));
  }
  FieldParser parser{colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1),
                     spatial_rank};
  auto params = parsers[static_cast<std::size_t>(found - types.begin())](parser);
  if (!params) return failure_within(std::move(params), name);
  return params;
}

std::string print(const LayerConfig& layer) {
  const auto rank = spatial_rank(layer.inputs);
  auto text = print(layer.params, rank);
  for (const auto& step : layer.epilogue) text += '+' + print(step, rank);
  text += '@';
  for (std::size_t i = 0; i < layer.inputs.size(); ++i) text += (i == 0 ? "" : ",") + print(layer.inputs[i]);
  return text;
}

Result<LayerConfig> parse_layer(std::string_view text) {
  const auto at = text.rfind('@');
  if (at == std::string_view::npos)
    return bad_input(fmt::format("'{}' has no input; end it with @ and a shape such as @1x3x224x224", text));
  LayerConfig layer;
  const auto inputs = text.substr(at + 1);
  for (const auto part : inputs.empty() ? std::vector<std::string_view>{} : split(inputs, ',')) {
    auto type = parse_tensor_type(part);
    if (!type) return tl::unexpected{std::move(type.error())};
    layer.inputs.push_back(std::move(*type));
  }
  bool head = true;
  for (const auto part : split(text.substr(0, at), '+')) {
    auto params = parse_params(part, spatial_rank(layer.inputs));
    if (!params) return tl::unexpected{std::move(params.error())};
    if (std::exchange(head, false)) {
      layer.params = std::move(*params);
    } else {
      layer.epilogue.push_back(std::move(*params));
    }
  }
  return layer;
}

std::string print(const TensorType& type) {
  auto text = to_string(type.shape);
  if (type.dtype != DType::float32) text += fmt::format(":{}", to_string(type.dtype));
  return text;
}

Result<TensorType> parse_tensor_type(std::string_view text) {
  const auto colon = text.find(':');
  auto shape = parse_shape(text.substr(0, colon));
  if (!shape) return tl::unexpected{std::move(shape.error())};
  if (colon == std::string_view::npos) return TensorType{std::move(*shape)};
  const auto dtype = parse_dtype(text.substr(colon + 1));
  if (!dtype) return tl::unexpected{dtype.error()};
  return TensorType{std::move(*shape), *dtype};
}

std::string kernel_kind(const LayerConfig& layer) {
  std::string kind{type_of(layer.params)};
  for (const auto& step : layer.epilogue) {
    const auto text = print(step, 0);
    kind += '+';
    kind += std::holds_alternative<Eltwise>(step) ? "add" : text.substr(0, text.find(','));
  }
  return kind;
}

Result<LayerCost> cost(const LayerConfig& layer) {
  const auto operands = epilogue_operands(layer.epilogue);
  if (operands > 0 && layer.inputs.size() <= operands)
    return bad_input("the epilogue reads more inputs than there are");
  Signature head;
  head.inputs.assign(layer.inputs.begin(), layer.inputs.end() - static_cast<std::ptrdiff_t>(operands));
  auto types_out = output_types(layer.params, head.inputs);
  if (!types_out) return tl::unexpected{std::move(types_out.error())};
  head.outputs = std::move(*types_out);

  const auto* const opaque = std::get_if<Opaque>(&layer.params);
  double weight_bytes = opaque != nullptr ? opaque->weight_bytes : 0.0;
  for (const auto& weight : weights(layer.params, head.inputs))
    weight_bytes += read_bytes(weight, head.inputs);

  auto flop_sum = flops(layer.params, head);
  auto current = head.outputs;
  auto operand = head.inputs.size();
  for (const auto& step : layer.epilogue) {
    Signature tensors{current, {}};
    if (std::holds_alternative<Eltwise>(step)) tensors.inputs.push_back(layer.inputs[operand++]);
    auto made = output_types(step, tensors.inputs);
    if (!made) return failure_within(std::move(made), "epilogue");
    if (*made != current) return bad_input("an epilogue must not change the shape");
    tensors.outputs = std::move(*made);
    flop_sum += flops(step, tensors);
  }
  const auto mac_count = macs(layer.params, head);
  const Bytes input_bytes{sum_bytes(layer.inputs)};
  const Bytes output_bytes{sum_bytes(current)};
  return LayerCost{{layer.inputs, std::move(current)},
                   mac_count,
                   flop_sum,
                   Bytes{weight_bytes},
                   input_bytes,
                   output_bytes};
}

}  // namespace ns
