/// One half of a model as the content of its files.
#pragma once

#include "core/error.hpp"
#include "net/onnx/export/calls.hpp"
#include "net/onnx/export/external_files.hpp"
#include "net/onnx/export/file_parts.hpp"
#include "net/onnx/export/halves.hpp"
#include "net/onnx/export/rope.hpp"
#include "net/onnx/infer.hpp"
#include "net/onnx/model.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ns::onnx {

/// The model that is parted, and all that was found out of it.
struct Whole {
  const Model& model;
  const Inferred& inferred;
  const FileParts& parts;
  const Calls& calls;
  const std::map<std::string_view, DeclaredType>& crossing_types;
  Source& source;
};

struct HalfContent {
  Rope model;
  Rope data;  // of the file beside it; empty if there is none
};

/// `beside` names the file beside the model that takes the large tensors. bad_input or io where weights are
/// not there.
Result<HalfContent> half_content(const Whole& whole, const Half& half, ExternalFiles& files,
                                 std::optional<std::string> beside);

/// Bytes of the weights of a half: in the model's file, and in other files.
struct WeightBytes {
  std::uint64_t inside = 0;
  std::uint64_t outside = 0;
};
WeightBytes weight_bytes(const Model& model, const Half& half);

}  // namespace ns::onnx
