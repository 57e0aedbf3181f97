/// Writes the halves of a net, and tells what was written.
#pragma once

#include "apps/command.hpp"
#include "apps/export_options.hpp"
#include "apps/partition_answer.hpp"
#include "net/onnx/infer.hpp"

#include <string>

namespace ns {

/// Cuts the net `path` where the user says, and prints what was written.
Result<int> export_given_cut(const std::string& path, const onnx::Bindings& bindings,
                             const ExportRequest& request, const CommonOptions& common);

/// Writes the best cut of an answer, and says so on standard error: standard output has the answer.
Result<void> export_answer(const Answer& answer, const std::string& path, const onnx::Bindings& bindings,
                           const ExportRequest& request, const CommonOptions& common);

}  // namespace ns
