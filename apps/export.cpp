#include "apps/export.hpp"

#include "apps/export_report.hpp"
#include "apps/verify.hpp"
#include "apps/whole_model.hpp"
#include "net/onnx/export/sides.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace ns {
namespace {

onnx::ExportOptions options_of(const ExportRequest& request) {
  onnx::ExportOptions options;
  options.folder = request.folder;
  options.force = request.force;
  options.storage_uri = request.storage_uri;
  if (request.format == "triton") options.format = onnx::ExportFormat::triton;
  if (request.format == "kserve") options.format = onnx::ExportFormat::kserve;
  return options;
}

/// The nodes of the answer's cut that run on the device. Where a node is several layers, which no cut parts,
/// the last has its name.
std::vector<std::string> device_nodes(const Answer& answer, const onnx::Model& model) {
  std::unordered_set<std::string_view> nodes;
  for (const auto& node : model.graph.nodes) nodes.insert(node.name);
  std::vector<std::string> names;
  const auto& blocks = answer.scenario->graph.blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (answer.best.on_device[i])
      for (const auto layer : blocks[i].layers)
        if (const auto& name = answer.net->layers[layer].name; nodes.contains(name)) names.push_back(name);
  return names;
}

}  // namespace

Result<int> export_given_cut(const std::string& path, const onnx::Bindings& bindings,
                             const ExportRequest& request, const CommonOptions& common) {
  auto whole = WholeModel::open(path, bindings, request);
  if (!whole) return tl::unexpected{std::move(whole.error())};
  const auto on_device = onnx::device_side(whole->file(), request.cut_after);
  if (!on_device) return tl::unexpected{on_device.error()};
  const auto report = onnx::export_halves(whole->file(), *on_device, options_of(request));
  if (!report) return tl::unexpected{report.error()};
  warn_all(common, report->notes);
  if (auto verified = verify_halves(path, bindings, request, common); !verified)
    return tl::unexpected{std::move(verified.error())};
  std::string text;
  if (common.format == Format::json) text = export_json(*report);
  if (common.format == Format::csv) text = export_csv(*report);
  if (common.format == Format::table) text = export_text(*report);
  return write_output(common, text).map([] { return status_done; });
}

Result<void> export_answer(const Answer& answer, const std::string& path, const onnx::Bindings& bindings,
                           const ExportRequest& request, const CommonOptions& common) {
  if (path == "-")
    return failure(Errc::usage,
                   "--export: standard input was read for the answer already; name the model's file");
  auto whole = WholeModel::open(path, bindings, request);
  if (!whole) return tl::unexpected{std::move(whole.error())};
  auto on_device = onnx::device_side(whole->file(), device_nodes(answer, whole->file().model));
  if (!on_device) return tl::unexpected{std::move(on_device.error())};
  // Nodes on which no output depends are no layers: a cut without a server leaves nothing to it.
  if (answer.best.all_on_device()) std::fill(on_device->begin(), on_device->end(), true);
  const auto report = onnx::export_halves(whole->file(), *on_device, options_of(request));
  if (!report) return tl::unexpected{report.error()};
  warn_all(common, report->notes);
  inform(common, export_sentence(*report));
  return verify_halves(path, bindings, request, common);
}

}  // namespace ns
