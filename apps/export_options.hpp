/// What a command line says of the two halves of a net as files.
#pragma once

#include "apps/given_weights.hpp"
#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's name
class App;
}

namespace ns {

struct ExportRequest {
  std::string folder;                  // empty: nothing is exported
  std::vector<std::string> cut_after;  // empty: the best cut
  std::string format = "onnx";
  std::string storage_uri;
  WeightsRequest weights;           // for a net that has none of its own
  std::vector<std::string> verify;  // devices on which the halves are held against the whole
  bool force = false;

  [[nodiscard]] bool wanted() const { return !folder.empty(); }
  /// A cut that the user gives needs neither sides nor a link.
  [[nodiscard]] bool cut_is_given() const { return !cut_after.empty(); }
};

/// Adds --export, --cut-after, --weights, --random-weights, --export-format, --storage-uri,
/// --verify and --force in the
/// group "Export". `request` must outlive the parsing.
void add_export_options(CLI::App& app, ExportRequest& request);

/// usage for options that make no sense together.
Result<void> check_export(const ExportRequest& request);

}  // namespace ns
