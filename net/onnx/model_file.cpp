// Reads a model's file whole: parse, flatten, infer; and looks whether its external data is there.
#include "net/onnx/onnx.hpp"
#include "net/onnx/parse.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <map>
#include <system_error>
#include <utility>

namespace ns::onnx {
namespace {

/// Bytes of an external file; nothing if it is not there.
using Sizes = std::map<std::string, std::optional<std::uintmax_t>, std::less<>>;

/// A warning for each file that is missing or too short; bad_input for one that lies outside the folder.
Result<void> check_external(const Contents& contents, const Model& model, std::vector<std::string>& missing) {
  Sizes sizes;
  for (const auto& tensor : model.graph.initializers) {
    const auto& storage = tensor.storage;
    if (storage.place != Storage::Place::external) continue;
    auto known = sizes.find(storage.location);
    if (known == sizes.end()) {
      const auto path = external_path(contents, tensor);
      if (!path) return tl::unexpected{path.error()};
      std::error_code status;
      const auto size = std::filesystem::file_size(*path, status);
      known = sizes.emplace(storage.location, status ? std::nullopt : std::optional{size}).first;
      if (status)
        missing.push_back(
            fmt::format("weights in {} cannot be read: {} (tensor '{}'); shapes and counts do not need them",
                        path->string(), status.message(), tensor.name));
    }
    auto& size = known->second;
    const auto wanted = storage.has_size ? storage.range.size : 0;
    if (!size || (storage.range.offset <= *size && wanted <= *size - storage.range.offset)) continue;
    missing.push_back(fmt::format(
        "weights of tensor '{}' are {} bytes from byte {} of {}, which has only {}; it may be truncated",
        tensor.name, wanted, storage.range.offset, storage.location, *size));
    size.reset();  // said once per file
  }
  return {};
}

/// The folder of the model's external data.
std::filesystem::path folder_of(const std::string& path) {
  const auto folder = std::filesystem::path{path}.parent_path();
  return folder.empty() ? "." : folder;
}

/// What exporters call every graph.
bool is_generic(std::string_view name) {
  static constexpr std::array<std::string_view, 8> names{
      "", "main_graph", "torch_jit", "torch-jit-export", "main", "graph", "tf2onnx", "onnx-model"};
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

std::string net_name(const Model& model, const std::string& path) {
  return is_generic(model.graph.name) ? std::filesystem::path{path}.stem().string() : model.graph.name;
}

Result<ModelFile> read_model(Source source, const std::string& path, const Bindings& bindings) {
  auto model = parse(source);
  if (!model) return failure_within(std::move(model), path);
  if (auto flat = flatten(*model); !flat) return failure_within(std::move(flat), path);
  ModelFile file{path, std::move(source), folder_of(path), std::move(*model), {}};
  auto inferred = infer(file.model, file.contents(), bindings);
  if (!inferred) return failure_within(std::move(inferred), path);
  file.inferred = std::move(*inferred);
  if (auto checked = check_external(file.contents(), file.model, file.inferred.missing); !checked)
    return failure_within(std::move(checked), path);
  return file;
}

Result<ModelFile> read_model(const std::string& path, const Bindings& bindings) {
  auto source = Source::open(path);
  if (!source) return tl::unexpected{std::move(source.error())};
  return read_model(std::move(*source), path == "-" ? "standard input" : path, bindings);
}

}  // namespace ns::onnx
