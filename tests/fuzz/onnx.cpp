#include "net/onnx/onnx.hpp"

#include "net/onnx/mapping/net_of.hpp"
#include "tests/fuzz/promise.hpp"
#include "tests/fuzz/reader.hpp"
#include "tests/fuzz/use_net.hpp"

#include <string>

namespace ns::fuzz {
namespace {

constexpr const char* path = "model.onnx";

Result<onnx::ModelFile> read(std::string_view bytes, const onnx::Bindings& bindings) {
  return onnx::read_model(onnx::Source::of(std::string{bytes}), path, bindings);
}

/// Every input of rank n as `extent` to the n-th power, and scalars as that number; symbols likewise.
onnx::Bindings bindings_of(const onnx::Graph& graph, std::int64_t extent) {
  onnx::Bindings bindings;
  for (const auto& input : graph.inputs) {
    if (!input.type.dims) continue;
    if (input.type.dims->empty()) bindings.values.emplace_back(input.name, static_cast<double>(extent));
    for (const auto& dim : *input.type.dims)
      if (!dim.symbol.empty()) bindings.dims.emplace_back(dim.symbol, extent);
  }
  return bindings;
}

void list(std::string_view bytes, const onnx::Bindings& bindings) {
  auto file = read(bytes, bindings);
  if (value_of(file) == nullptr) return;
  const auto listing = onnx::listing_of(std::move(file->model), std::move(file->inferred), path);
  for (const auto& tensor : listing.tensors) {
    promise(!print(tensor).empty(), "a tensor's type can be shown");
    if (const auto size = tensor.bytes()) promise(size->value() >= 0.0, "a tensor's size is not negative");
    if (const auto most = tensor.most_bytes()) promise(most->value() >= 0.0, "a bound is not negative");
  }
}

}  // namespace

bool read_onnx(std::string_view bytes) {
  auto file = read(bytes, {});
  if (value_of(file) == nullptr) return false;
  const auto seven = bindings_of(file->model.graph, 7);
  if (const auto net = onnx::net_of(*file); value_of(net) != nullptr) use(*net);
  list(bytes, {});
  if (!seven.dims.empty() || !seven.values.empty()) list(bytes, seven);
  return true;
}

}  // namespace ns::fuzz
