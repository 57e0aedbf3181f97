/// Types of values as messages of ONNX (TypeProto, ValueInfoProto).
#pragma once

#include "net/onnx/fact.hpp"
#include "net/onnx/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ns::onnx {

/// TensorProto.DataType.
std::uint64_t data_type_of(DType dtype);

/// What inference knows, completed by what the file declares (null: nothing): the file's names of free
/// dimensions are kept where its shape does not contradict.
DeclaredType crossing_type(const Fact& fact, const DeclaredType* declared);

/// Whether the type can be written in full: tensors, sequences and optional values of known element type.
bool is_writable(const DeclaredType& type);

/// A ValueInfoProto. `type` is writable; a sparse tensor is one too.
std::string value_info_message(std::string_view name, const DeclaredType& type);

}  // namespace ns::onnx
