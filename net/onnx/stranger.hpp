/// Files that people take for ONNX models.
#pragma once

#include <string_view>

namespace ns::onnx {

/// What a file that begins like this is, and what to do: "is a Git LFS pointer, ..."; empty where nobody
/// knows.
std::string_view stranger(std::string_view begin);

}  // namespace ns::onnx
