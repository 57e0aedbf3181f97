/// Whether the halves of a cut compute what the whole does: run by ns-run, which links the kernels.
#pragma once

#include "apps/command.hpp"
#include "apps/export_options.hpp"
#include "core/error.hpp"
#include "net/onnx/infer.hpp"

#include <string>

namespace ns {

/// Runs the whole net of `path` and the halves that `request` exported on the devices of `request.verify`, on
/// seeded random inputs, and prints on standard error what came out: bit for bit on the reference, within
/// 1e-5 of the largest magnitude elsewhere. bad_input where they differ by more; unsupported where ns-run is
/// not beside this command.
Result<void> verify_halves(const std::string& path, const onnx::Bindings& bindings,
                           const ExportRequest& request, const CommonOptions& common);

}  // namespace ns
