#include "net/onnx/export/type_message.hpp"

#include "net/onnx/export/rope.hpp"
#include "net/onnx/parse_parts.hpp"

#include <memory>

namespace ns::onnx {
namespace {

/// A Rope without pieces of files.
std::string bytes_of(const Rope& rope) { return rope.text(); }

std::string dim_message(const DeclaredDim& dim) {
  Rope message;
  if (dim.value) message.integer(1, static_cast<std::uint64_t>(*dim.value));
  if (!dim.value && !dim.symbol.empty()) message.field(2, dim.symbol);
  return bytes_of(message);
}

std::string tensor_message(const DeclaredType& type) {
  Rope message;
  if (type.dtype) message.integer(1, data_type_of(*type.dtype));
  if (type.dims) {
    // Sizes stand before contents, so nested messages are made from the inside out: text, then the field.
    std::string shape;
    for (const auto& dim : *type.dims) {
      Rope field;
      field.field(1, dim_message(dim));
      shape += bytes_of(field);
    }
    message.field(2, shape);
  }
  return bytes_of(message);
}

std::string type_message(const DeclaredType& type) {
  Rope message;
  Rope element;
  if (type.element) element.field(1, type_message(*type.element));
  switch (type.kind) {
    case Kind::tensor:
      message.field(1, tensor_message(type));
      break;
    case Kind::sparse:
      message.field(8, tensor_message(type));
      break;
    case Kind::sequence:
      message.field(4, bytes_of(element));
      break;
    case Kind::optional:
      message.field(9, bytes_of(element));
      break;
    case Kind::map:
    case Kind::opaque:
      break;
  }
  return bytes_of(message);
}

DeclaredDim crossing_dim(const Extent& extent, const DeclaredDim* declared) {
  if (extent.is_known()) return {extent.value(), {}};
  if (declared != nullptr && !declared->value && !declared->symbol.empty()) return *declared;
  if (extent.is_symbolic()) return {std::nullopt, to_string(extent)};
  return declared != nullptr ? *declared : DeclaredDim{};
}

}  // namespace

std::uint64_t data_type_of(DType dtype) {
  std::int64_t number = 1;
  while (dtype_of(number) != dtype) ++number;
  return static_cast<std::uint64_t>(number);
}

DeclaredType crossing_type(const Fact& fact, const DeclaredType* declared) {
  if (declared != nullptr && fact.kind != declared->kind) return *declared;  // nothing was inferred
  DeclaredType type;
  type.kind = fact.kind;
  type.dtype = fact.dtype || declared == nullptr ? fact.dtype : declared->dtype;
  const auto* const inner = declared != nullptr ? declared->element.get() : nullptr;
  if (fact.element)
    type.element = std::make_shared<const DeclaredType>(crossing_type(*fact.element, inner));
  else if (declared != nullptr)
    type.element = declared->element;
  const auto* const dims = declared != nullptr && declared->dims ? &*declared->dims : nullptr;
  if (!fact.dims) {
    if (dims != nullptr) type.dims = *dims;
    return type;
  }
  const bool same_rank = dims != nullptr && dims->size() == fact.dims->size();
  type.dims.emplace();
  for (std::size_t i = 0; i < fact.dims->size(); ++i)
    type.dims->push_back(crossing_dim((*fact.dims)[i], same_rank ? &(*dims)[i] : nullptr));
  return type;
}

bool is_writable(const DeclaredType& type) {
  switch (type.kind) {
    case Kind::tensor:
    case Kind::sparse:
      return type.dtype.has_value();
    case Kind::sequence:
    case Kind::optional:
      return type.element != nullptr && is_writable(*type.element);
    case Kind::map:
    case Kind::opaque:
      return false;
  }
  return false;
}

std::string value_info_message(std::string_view name, const DeclaredType& type) {
  Rope message;
  message.field(1, name).field(2, type_message(type));
  return bytes_of(message);
}

}  // namespace ns::onnx
