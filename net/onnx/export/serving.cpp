#include "net/onnx/export/serving.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <string_view>

namespace ns::onnx {
namespace {

bool is_letter_or_digit(char letter) { return std::isalnum(static_cast<unsigned char>(letter)) != 0; }

struct TritonType {
  DType dtype;
  std::string_view name;
};

/// DataType of Triton's model_config.proto.
constexpr std::array triton_types{
    TritonType{DType::boolean, "BOOL"},  TritonType{DType::uint8, "UINT8"},
    TritonType{DType::uint16, "UINT16"}, TritonType{DType::uint32, "UINT32"},
    TritonType{DType::uint64, "UINT64"}, TritonType{DType::int8, "INT8"},
    TritonType{DType::int16, "INT16"},   TritonType{DType::int32, "INT32"},
    TritonType{DType::int64, "INT64"},   TritonType{DType::float16, "FP16"},
    TritonType{DType::float32, "FP32"},  TritonType{DType::float64, "FP64"},
    TritonType{DType::bfloat16, "BF16"}, TritonType{DType::string, "STRING"},
};

/// A string of protobuf's text format.
std::string text_literal(std::string_view text) {
  std::string result = "\"";
  for (const auto letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (letter == '"' || letter == '\\')
      result += fmt::format("\\{}", letter);
    else if (byte < 0x20 || byte == 0x7f)
      result += fmt::format("\\{:03o}", byte);
    else
      result += letter;
  }
  return result + "\"";
}

std::string dims_text(const std::vector<DeclaredDim>& dims) {
  std::string text;
  for (const auto& dim : dims)
    text += fmt::format("{}{}", text.empty() ? " " : ", ", dim.value.value_or(0) > 0 ? *dim.value : -1);
  return text;
}

Result<std::string> port_text(const Port& port) {
  const auto& type = port.type;
  const auto* const found = std::ranges::find_if(triton_types, [&](const TritonType& row) {
    return type.kind == Kind::tensor && row.dtype == type.dtype;
  });
  if (found == triton_types.end())
    return failure(
        Errc::unsupported,
        fmt::format("tensor '{}' has a type that Triton does not serve; cut elsewhere, or export onnx",
                    port.name));
  if (!type.dims)
    return failure(
        Errc::unsupported,
        fmt::format("tensor '{}' has no known rank, which Triton needs; cut elsewhere, or export onnx",
                    port.name));
  // Triton has no scalars: it calls them one element and takes the dimension away again.
  const auto* const shape = type.dims->empty() ? " 1 ]\n    reshape { shape: [ ] }" : " ]";
  return fmt::format("  {{\n    name: {}\n    data_type: TYPE_{}\n    dims: [{}{}\n  }}",
                     text_literal(port.name), found->name, dims_text(*type.dims), shape);
}

Result<std::string> ports_text(std::string_view field, const std::vector<Port>& ports) {
  std::string text;
  for (const auto& port : ports) {
    auto one = port_text(port);
    if (!one) return one;
    text += (text.empty() ? "" : ",\n") + *one;
  }
  return text.empty() ? text : fmt::format("{} [\n{}\n]\n", field, text);
}

}  // namespace

std::string served_name(const std::string& path) {
  auto name = path == "standard input" ? "model" : std::filesystem::path{path}.stem().string();
  std::ranges::replace_if(
      name, [](char letter) { return !is_letter_or_digit(letter) && letter != '_' && letter != '-'; }, '_');
  return (name.empty() ? "model" : name) + "_tail";
}

Result<std::string> triton_config(const std::string& name, const ExportedHalf& half) {
  auto inputs = ports_text("input", half.inputs);
  if (!inputs) return inputs;
  auto outputs = ports_text("output", half.outputs);
  if (!outputs) return outputs;
  return fmt::format("name: {}\nbackend: \"onnxruntime\"\nmax_batch_size: 0\n{}{}", text_literal(name),
                     *inputs, *outputs);
}

std::string kserve_manifest(const std::string& name, const std::string& storage_uri) {
  // Kubernetes allows small letters, digits and inner dashes, at most 63.
  constexpr std::size_t longest = 63;
  std::string service;
  for (const auto letter : name)
    service += is_letter_or_digit(letter)
                   ? static_cast<char>(std::tolower(static_cast<unsigned char>(letter)))
                   : '-';
  service = service.substr(0, longest);
  service.erase(0, service.find_first_of("abcdefghijklmnopqrstuvwxyz"));
  while (service.ends_with('-')) service.pop_back();
  return fmt::format(
      "# Serves the model repository in this folder; storageUri is where the cluster finds a copy of it.\n"
      "apiVersion: serving.kserve.io/v1beta1\n"
      "kind: InferenceService\n"
      "metadata:\n"
      "  name: {}\n"
      "spec:\n"
      "  predictor:\n"
      "    model:\n"
      "      modelFormat:\n"
      "        name: triton\n"
      "      runtime: kserve-tritonserver\n"
      "      protocolVersion: v2\n"
      "      storageUri: {}\n",
      service, storage_uri);
}

}  // namespace ns::onnx
