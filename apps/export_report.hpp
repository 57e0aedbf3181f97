/// What an export wrote, as people and programs read it.
#pragma once

#include "net/onnx/export/export.hpp"

#include <string>

namespace ns {

/// "wrote out/head.onnx (12.3 MB) and out/tail.onnx (45.6 MB)".
std::string export_sentence(const onnx::ExportReport& report);
/// The sentence, and every input and output.
std::string export_text(const onnx::ExportReport& report);
/// ns.export/1.
std::string export_json(const onnx::ExportReport& report);
/// Inputs and outputs, one a line.
std::string export_csv(const onnx::ExportReport& report);

}  // namespace ns
