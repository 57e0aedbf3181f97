#include "net/onnx_writer/onnx_writer.hpp"

#include "core/output_file.hpp"
#include "core/quantity.hpp"
#include "net/onnx_writer/build.hpp"
#include "net/onnx_writer/encode.hpp"
#include "net/onnx_writer/values.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

namespace ns::onnx_writer {
namespace {

/// Runtimes map external data; pages are 4 KiB. Smaller tensors stay in the model.
constexpr std::uint64_t page_bytes = 4096;
constexpr std::uint64_t min_external_bytes = 1024;

std::uint64_t total_bytes(const Graph& graph) {
  std::uint64_t sum = 0;
  for (const auto& initializer : graph.initializers) sum += initializer.bytes();
  return sum;
}

/// Where each initializer goes; nothing for those in the model itself.
std::vector<std::optional<External>> places_of(const Graph& graph, const std::filesystem::path& data) {
  std::vector<std::optional<External>> places(graph.initializers.size());
  std::uint64_t offset = 0;
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto bytes = graph.initializers[i].bytes();
    if (bytes < min_external_bytes) continue;
    offset = (offset + page_bytes - 1) / page_bytes * page_bytes;
    places[i] = External{data.filename().string(), offset};
    offset += bytes;
  }
  return places;
}

/// A sentence before the work rather than a full disk behind it.
Result<void> check_room(const std::filesystem::path& path, std::uint64_t bytes) {
  std::error_code unknown;
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path{"."};
  const auto room = std::filesystem::space(folder, unknown);
  if (unknown || room.available >= bytes) return {};
  const auto print_bytes = [](std::uintmax_t count) { return print(Bytes{static_cast<double>(count)}); };
  return failure(Errc::io, fmt::format("{}: needs {}, but the disk has only {} left", path.string(),
                                       print_bytes(bytes), print_bytes(room.available)));
}

Result<OutputFile> write_model(const std::filesystem::path& path, const std::vector<Piece>& pieces,
                               ValueStream& values) {
  auto file = OutputFile::create(path);
  if (!file) return file;
  for (const auto& piece : pieces) {
    auto appended = file->append(piece.bytes);
    if (appended && piece.values != nullptr) appended = values.append(*piece.values, *file);
    if (!appended) return tl::unexpected{std::move(appended.error())};
  }
  return file;
}

Result<OutputFile> write_data(const std::filesystem::path& path, const Graph& graph,
                              const std::vector<std::optional<External>>& places, ValueStream& values) {
  auto file = OutputFile::create(path);
  if (!file) return file;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (!places[i]) continue;
    auto appended = file->append(std::string(places[i]->offset - file->size(), '\0'));
    if (appended) appended = values.append(graph.initializers[i], *file);
    if (!appended) return tl::unexpected{std::move(appended.error())};
  }
  return file;
}

Written summary(const Net& net, const Graph& graph) {
  Written written;
  for (const auto input : graph.inputs) written.inputs.push_back(net.tensors[input].name);
  for (const auto output : graph.outputs) written.outputs.push_back(net.tensors[output].name);
  for (const auto& initializer : graph.initializers) {
    if (std::holds_alternative<std::vector<std::int64_t>>(initializer.values)) continue;
    (initializer.is_trained() ? written.parameters : written.constants) += initializer.elements();
  }
  return written;
}

}  // namespace

Result<Written> write_onnx(const Net& net, std::span<const LayerId> part, const Weights& weights,
                           const std::filesystem::path& path, const WriteOptions& options) {
  auto graph = graph_of(net, part);
  if (!graph) return failure_within(std::move(graph), path.string());
  const auto bytes = total_bytes(*graph);
  if (auto room = check_room(path, bytes); !room) return tl::unexpected{std::move(room.error())};

  const auto data = std::filesystem::path{path.string() + ".data"};
  const bool is_apart = bytes > options.max_inline_bytes;
  const auto places =
      is_apart ? places_of(*graph, data) : std::vector<std::optional<External>>(graph->initializers.size());
  ValueStream values{net, weights};
  auto written = summary(net, *graph);
  auto model = write_model(path, encode_model(net, *graph, places), values);
  if (!model) return tl::unexpected{std::move(model.error())};
  if (is_apart) {
    auto file = write_data(data, *graph, places, values);
    if (!file) return tl::unexpected{std::move(file.error())};
    if (auto placed = file->commit(); !placed) return tl::unexpected{std::move(placed.error())};
  }
  if (auto placed = model->commit(); !placed) return tl::unexpected{std::move(placed.error())};
  written.files.push_back(path);
  if (is_apart) written.files.push_back(data);
  return written;
}

}  // namespace ns::onnx_writer
