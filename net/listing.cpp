#include "net/listing.hpp"

#include <cmath>
#include <fmt/format.h>

namespace ns {
namespace {

/// Nothing for strings, whose length is their own.
std::optional<Bytes> bytes_of(double elements, std::optional<DType> dtype) {
  if (!dtype || element_bits(*dtype) == 0) return std::nullopt;
  constexpr double bits_of_byte = 8.0;
  return Bytes{std::ceil(elements * static_cast<double>(element_bits(*dtype)) / bits_of_byte)};
}

ListedTensor listed(const Tensor& tensor) {
  ListedTensor made;
  made.name = tensor.name;
  made.dtype = tensor.type.dtype;
  made.extents.emplace(tensor.type.shape.extents().begin(), tensor.type.shape.extents().end());
  return made;
}

/// "conv", "act:relu", "pool:max"; an opaque layer has no variant.
std::string kind_of(const LayerParams& params) {
  if (std::holds_alternative<Opaque>(params)) return {};
  auto text = print(params, 0);
  text.resize(std::min(text.find(','), text.size()));
  return text.find('=') == std::string::npos ? text : text.substr(0, text.find(':'));
}

ListedLayer listed(const Net& net, LayerId id) {
  const auto& layer = net.layers[id];
  const auto signature = net.signature(id);
  ListedLayer made;
  made.name = layer.name;
  made.op = layer.op;
  made.type = type_of(layer.params);
  made.kind = kind_of(layer.params);
  made.tensors = layer.inputs;
  made.tensors.insert(made.tensors.end(), layer.outputs.begin(), layer.outputs.end());
  made.input_count = static_cast<std::uint32_t>(layer.inputs.size());
  made.macs = macs(layer.params, signature);
  made.flops = flops(layer.params, signature);
  made.parameters = parameters(layer.params, signature.inputs);
  made.parameter_bytes = static_cast<std::int64_t>(parameter_bytes(layer.params, signature.inputs).value());
  return made;
}

std::string print(const ListedExtent& extent) {
  if (const auto* number = std::get_if<std::int64_t>(&extent)) return std::to_string(*number);
  const auto* symbol = std::get_if<std::string_view>(&extent);
  return symbol == nullptr ? "?" : std::string{*symbol};
}

}  // namespace

std::optional<Bytes> ListedTensor::bytes() const {
  if (kind != "tensor" || !extents) return std::nullopt;
  double elements = 1.0;
  for (const auto& extent : *extents) {
    const auto* number = std::get_if<std::int64_t>(&extent);
    if (number == nullptr) return std::nullopt;
    elements *= static_cast<double>(*number);
  }
  return bytes_of(elements, dtype);
}

std::optional<Bytes> ListedTensor::most_bytes() const {
  if (kind != "tensor" || !most) return std::nullopt;
  double elements = 1.0;
  for (const auto extent : *most) elements *= static_cast<double>(extent);
  return bytes_of(elements, dtype);
}

std::string print(const ListedTensor& tensor) {
  if (tensor.kind != "tensor") return std::string{tensor.kind};
  std::string text = tensor.extents ? "" : "?";
  if (tensor.extents && tensor.extents->empty()) text = "scalar";
  if (tensor.extents)
    for (const auto& extent : *tensor.extents) text += (text.empty() ? "" : "x") + print(extent);
  if (tensor.dtype && *tensor.dtype != DType::float32) text += fmt::format(":{}", to_string(*tensor.dtype));
  return text;
}

Listing listing_of(const Net& net) {
  Listing listing;
  listing.name = net.name;
  listing.file = net.file;
  listing.format = net.format;
  for (const auto& tensor : net.tensors) listing.tensors.push_back(listed(tensor));
  for (LayerId id = 0; id < net.layers.size(); ++id) listing.layers.push_back(listed(net, id));
  listing.inputs = net.inputs;
  listing.outputs = net.outputs;
  listing.totals = totals(net);
  listing.lower_bound = listing.totals.lower_bound();
  listing.warnings = net.warnings;
  return listing;
}

}  // namespace ns
