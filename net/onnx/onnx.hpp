/// The door of ONNX: a model's file, read and inferred, and what ns-inspect lists of it.
#pragma once

#include "core/error.hpp"
#include "net/listing.hpp"
#include "net/onnx/contents.hpp"
#include "net/onnx/infer.hpp"
#include "net/onnx/model.hpp"
#include "net/wire/source.hpp"

#include <filesystem>
#include <string>

namespace ns::onnx {

using wire::Source;

/// What a model's file says, flat, and what follows from it.
struct ModelFile {
  std::string path;  // as the user named it; "standard input"
  Source source;
  std::filesystem::path folder;  // of its external data
  Model model;
  Inferred inferred;

  /// Valid as long as the file is and stays where it is.
  [[nodiscard]] Contents contents() { return {&source, folder}; }
};

/// Errors begin with the path. What the whole file is warned of stands in `inferred.warnings`, external data
/// that is not there in `inferred.missing`: shapes and counts do not need it. bad_input for external data
/// outside the folder.
Result<ModelFile> read_model(const std::string& path, const Bindings& bindings);
/// The same of a source that is open already.
Result<ModelFile> read_model(Source source, const std::string& path, const Bindings& bindings);

/// The graph's own name, or the file's where the graph's says nothing ("main_graph").
std::string net_name(const Model& model, const std::string& path);

/// Every input of the graph and every output of a node of the main graph; costs, types and totals. `path`
/// gives the name where the graph has none of its own.
Listing listing_of(Model model, Inferred inferred, const std::string& path);

Result<Listing> list_onnx(const std::string& path, const Bindings& bindings);
Result<Listing> list_onnx(Source source, const std::string& path, const Bindings& bindings);

}  // namespace ns::onnx
