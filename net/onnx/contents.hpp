/// Elements of small tensors, read from wherever the file keeps them.
#pragma once

#include "core/error.hpp"
#include "net/onnx/model.hpp"
#include "net/onnx/value.hpp"
#include "net/wire/source.hpp"

#include <cstdint>
#include <filesystem>

namespace ns::onnx {

using wire::Source;

/// What values come from: the model's file and the folder of its external data.
struct Contents {
  Source* source = nullptr;
  std::filesystem::path folder;
};

/// All elements, row-major. bad_input naming the tensor: for more than max_value_elements, stored bytes that
/// do not fit dims and dtype, elements that the file does not hold ("value needed but the file has none"),
/// and for external data the resolved path, the wanted range and the file's size; a location that is absolute
/// or leaves the folder is refused.
Result<Value> read_value(const Contents& contents, const TensorData& tensor);

/// The number of TensorProto's field that holds elements of a type outside raw_data (onnx.proto).
std::uint32_t elements_field(DType type);

/// The path of external data below the folder; bad_input if it leaves it.
Result<std::filesystem::path> external_path(const Contents& contents, const TensorData& tensor);

}  // namespace ns::onnx
