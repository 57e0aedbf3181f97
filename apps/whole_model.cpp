#include "apps/whole_model.hpp"

#include "net/onnx_writer/onnx_writer.hpp"
#include "net/reader.hpp"

#include <fmt/format.h>
#include <memory>
#include <numeric>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <variant>

namespace ns {
namespace {

namespace fs = std::filesystem;

/// A new folder beside `folder`, where there is room for what will be in it.
Result<fs::path> scratch_beside(const std::string& folder) {
  auto scratch = fs::absolute(folder).lexically_normal();
  if (scratch.filename().empty()) scratch = scratch.parent_path();
  scratch += fmt::format(".whole-{}", ::getpid());
  std::error_code status;
  fs::create_directories(scratch, status);
  if (status)
    return failure(Errc::io, fmt::format("{}: cannot make it: {}", scratch.string(), status.message()));
  return scratch;
}

Result<onnx::ModelFile> write_whole(const Net& net, const Weights& weights, const fs::path& folder) {
  std::vector<LayerId> all(net.layers.size());
  std::iota(all.begin(), all.end(), LayerId{0});
  const auto path = folder / (fs::path{net.file}.stem().string() + ".onnx");
  if (auto written = onnx_writer::write_onnx(net, all, weights, path); !written)
    return tl::unexpected{std::move(written.error())};
  return onnx::read_model(path.string(), {});
}

}  // namespace

WholeModel::WholeModel(onnx::ModelFile file, fs::path written)
    : file_{std::move(file)}, written_{std::move(written)} {}

WholeModel::WholeModel(WholeModel&& other) noexcept
    : file_{std::move(other.file_)}, written_{std::exchange(other.written_, {})} {}

WholeModel::~WholeModel() {
  std::error_code ignored;
  if (!written_.empty()) fs::remove_all(written_, ignored);
}

Result<WholeModel> WholeModel::open(const std::string& path, const onnx::Bindings& bindings,
                                    const ExportRequest& request) {
  auto read = read_net_file(path, bindings);
  if (!read) return tl::unexpected{std::move(read.error())};
  if (auto* const file = std::get_if<onnx::ModelFile>(&*read)) {
    if (auto none = check_none_given(request.weights, file->path); !none)
      return tl::unexpected{std::move(none.error())};
    return WholeModel{std::move(*file), {}};
  }
  const auto& net = std::get<Net>(*read);
  const auto weights = given_weights(net, request.weights, "the halves need");
  if (!weights) return tl::unexpected{weights.error()};
  auto scratch = scratch_beside(request.folder);
  if (!scratch) return tl::unexpected{std::move(scratch.error())};
  auto file = write_whole(net, **weights, *scratch);
  if (file) return WholeModel{std::move(*file), std::move(*scratch)};
  std::error_code ignored;
  fs::remove_all(*scratch, ignored);
  return tl::unexpected{std::move(file.error())};
}

}  // namespace ns
