#include "net/onnx/export/external_files.hpp"

#include "net/onnx/decode.hpp"

#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace ns::onnx {
namespace {

std::string title(const TensorData& tensor) {
  return tensor.name.empty() ? "a tensor without name" : fmt::format("tensor '{}'", tensor.name);
}

/// Bytes that dims and element type say.
Result<std::uint64_t> bytes_of(const TensorData& tensor) {
  if (!tensor.dtype || element_bits(*tensor.dtype) == 0)
    return bad_input(fmt::format("{} is external, but its element type has no size", title(tensor)));
  std::size_t count = 1;
  for (const auto dim : tensor.dims) count *= static_cast<std::size_t>(dim);  // below 2^50, see parse()
  return packed_bytes(*tensor.dtype, count);
}

}  // namespace

Result<FileId> ExternalFiles::open(const TensorData& tensor) {
  const auto known = ids_.find(tensor.storage.location);
  if (known != ids_.end()) return known->second;
  const auto path = external_path(contents_, tensor);
  if (!path) return tl::unexpected{path.error()};
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(*path, ignored))
    return bad_input(fmt::format("the weights of {} are in {}, which is no file; put it there to export them",
                                 title(tensor), path->string()));
  auto source = Source::open(path->string());
  if (!source) return tl::unexpected{std::move(source.error())};
  opened_.push_back(Opened{path->string(), std::move(*source)});
  const auto id = static_cast<FileId>(opened_.size());
  ids_.emplace(tensor.storage.location, id);
  return id;
}

Result<ExternalFiles::Place> ExternalFiles::find(const TensorData& tensor) {
  const auto& storage = tensor.storage;
  if (storage.place == Storage::Place::raw) return Place{model_file, storage.range};
  const auto file = open(tensor);
  if (!file) return tl::unexpected{file.error()};
  auto size = storage.has_size ? Result<std::uint64_t>{storage.range.size} : bytes_of(tensor);
  if (!size) return tl::unexpected{std::move(size.error())};
  const auto has = source(*file).size();
  if (storage.range.offset > has || *size > has - storage.range.offset)
    return bad_input(
        fmt::format("the weights of {} are bytes {} to {} of {}, which has only {}; it is truncated",
                    title(tensor), storage.range.offset, storage.range.offset + *size, path(*file), has));
  return Place{*file, {storage.range.offset, *size}};
}

}  // namespace ns::onnx
