/// What model servers want to read beside a model.
#pragma once

#include "core/error.hpp"
#include "net/onnx/export/export.hpp"

#include <string>

namespace ns::onnx {

/// A model's name of letters, digits and "_-." after the file that it came from: "mobilenet_v2_tail".
std::string served_name(const std::string& path);

/// config.pbtxt of Triton, whole shapes (max_batch_size 0), -1 for free dimensions. unsupported for what
/// Triton has no type for.
Result<std::string> triton_config(const std::string& name, const ExportedHalf& half);

/// An InferenceService (serving.kserve.io/v1beta1) that serves the repository at `storage_uri` with Triton.
std::string kserve_manifest(const std::string& name, const std::string& storage_uri);

}  // namespace ns::onnx
