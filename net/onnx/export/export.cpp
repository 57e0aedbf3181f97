#include "net/onnx/export/export.hpp"

#include "net/onnx/export/half_content.hpp"
#include "net/onnx/export/placement.hpp"
#include "net/onnx/export/serving.hpp"
#include "net/onnx/export/type_message.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <functional>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace ns::onnx {
namespace {

namespace fs = std::filesystem;

/// What is known of tensors without any assumption about free dimensions.
class Types {
 public:
  explicit Types(ModelFile& file) : model_{file.model}, facts_{&file.inferred.facts} {
    for (const auto* const infos : {&model_.graph.value_infos, &model_.graph.outputs, &model_.graph.inputs})
      for (const auto& info : *infos) declared_.insert_or_assign(info.name, &info.type);
    if (std::ranges::all_of(model_.graph.inputs, has_numbers)) return;
    Bindings bindings;
    bindings.keep_batch = true;
    auto inferred = infer(model_, file.contents(), bindings);
    free_ = inferred ? std::move(*inferred) : Inferred{};
    facts_ = &free_.facts;
    if (!inferred) bound_ = &file.inferred.facts;
  }

  [[nodiscard]] DeclaredType of(std::string_view name) const {
    const auto declared = declared_.find(name);
    return crossing_type(fact(std::string{name}), declared == declared_.end() ? nullptr : declared->second);
  }

 private:
  using Facts = std::unordered_map<std::string, Fact>;

  static bool has_numbers(const ValueInfo& info) {
    return info.type.dims &&
           std::ranges::all_of(*info.type.dims, [](const DeclaredDim& dim) { return dim.value > 0; });
  }

  [[nodiscard]] Fact fact(const std::string& name) const {
    if (const auto found = facts_->find(name); found != facts_->end()) return found->second;
    if (bound_ == nullptr) return {};
    // Shapes that hold for one size of what is free say nothing of others.
    Fact shapeless;
    if (const auto found = bound_->find(name); found != bound_->end()) {
      shapeless.kind = found->second.kind;
      shapeless.dtype = found->second.dtype;
      shapeless.element = found->second.element;
    }
    return shapeless;
  }

  const Model& model_;
  const Facts* facts_;
  const Facts* bound_ = nullptr;
  Inferred free_;
  std::unordered_map<std::string_view, const DeclaredType*> declared_;
};

std::string names_text(const std::vector<std::string_view>& names) {
  constexpr std::size_t most = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, names.size()); ++i)
    text += fmt::format("{}'{}'", i == 0 ? "" : ", ", names[i]);
  return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

class Export {
 public:
  Export(ModelFile& file, const ExportOptions& options)
      : file_{file}, options_{options}, types_{file}, files_{file.contents()}, placement_{options.force} {}

  Result<ExportReport> run(const std::vector<bool>& on_device);

 private:
  Result<void> find_crossing_types(const Halves& halves);
  [[nodiscard]] fs::path path_of(bool is_head) const;
  Result<void> check(const Halves& halves) const;
  Result<void> check(const fs::path& path) const;
  Result<ExportedHalf> write(const Whole& whole, const Half& half, const fs::path& path);
  Result<void> write_manifests();
  void note(const Halves& halves, const FileParts& parts);
  ExportedHalf describe(const Half& half, const fs::path& path) const;

  ModelFile& file_;
  const ExportOptions& options_;
  Types types_;
  ExternalFiles files_;
  Placement placement_;
  std::vector<fs::path> stale_;  // halves of an earlier export that this one has not
  std::map<std::string_view, DeclaredType> crossing_types_;
  ExportReport report_;
};

Result<void> Export::find_crossing_types(const Halves& halves) {
  for (const auto name : halves.crossing) {
    auto type = types_.of(name);
    if (!is_writable(type))
      return bad_input(
          fmt::format("tensor '{}' crosses, but what type it has is not known; declare it in the file's "
                      "value_info, or cut "
                      "elsewhere",
                      name));
    report_.crossing.push_back({std::string{name}, type});
    crossing_types_.emplace(name, std::move(type));
  }
  return {};
}

fs::path Export::path_of(bool is_head) const {
  if (is_head) return options_.folder / "head.onnx";
  if (options_.format == ExportFormat::onnx) return options_.folder / "tail.onnx";
  return options_.folder / served_name(file_.path) / "1" / "model.onnx";
}

fs::path data_path(const fs::path& model) { return model.string() + ".data"; }

Result<void> Export::check(const fs::path& path) const {
  std::error_code ignored;
  const auto is_source = [&](const fs::path& source) { return fs::equivalent(path, source, ignored); };
  const auto& tensors = file_.model.graph.initializers;
  const bool reads = is_source(file_.path) || std::ranges::any_of(tensors, [&](const TensorData& tensor) {
                       return tensor.storage.place == Storage::Place::external &&
                              path.filename() == fs::path{tensor.storage.location}.filename() &&
                              is_source(file_.folder / tensor.storage.location);
                     });
  if (reads)
    return failure(Errc::usage,
                   fmt::format("{}: is what is exported; name another folder for --export", path.string()));
  return placement_.check(path);
}

Result<void> Export::check(const Halves& halves) const {
  std::error_code status;
  const auto kind = fs::status(options_.folder, status).type();
  if (kind != fs::file_type::directory && kind != fs::file_type::not_found)
    return failure(Errc::io,
                   fmt::format("{}: is no folder; name one for --export", options_.folder.string()));
  for (const bool is_head : {true, false}) {
    if (!(is_head ? halves.head : halves.tail)) continue;
    const auto path = path_of(is_head);
    for (const auto& each : {path, data_path(path)})
      if (auto done = check(each); !done) return done;
  }
  return {};
}

ExportedHalf Export::describe(const Half& half, const fs::path& path) const {
  ExportedHalf exported;
  exported.path = path;
  exported.nodes = static_cast<std::size_t>(
      std::ranges::count_if(half.forms, [](Form form) { return form != Form::none && form != Form::inner; }));
  const auto port = [&](std::string_view name) { return Port{std::string{name}, types_.of(name)}; };
  const auto& graph = file_.model.graph;
  for (const auto i : half.inputs) exported.inputs.push_back(port(graph.inputs[i].name));
  for (const auto name : half.received) exported.inputs.push_back(port(name));
  for (const auto i : half.outputs) exported.outputs.push_back(port(graph.outputs[i].name));
  for (const auto name : half.sent) exported.outputs.push_back(port(name));
  return exported;
}

Result<ExportedHalf> Export::write(const Whole& whole, const Half& half, const fs::path& path) {
  const auto weights = weight_bytes(file_.model, half);
  const bool outside =
      weights.inside + weights.outside > options_.weights_above || weights.outside > options_.external_above;
  const auto beside = data_path(path);
  auto content =
      half_content(whole, half, files_, outside ? std::optional{beside.filename().string()} : std::nullopt);
  if (!content) return tl::unexpected{std::move(content.error())};
  if (content->data.size() > 0)
    if (auto done = placement_.add(beside, content->data, files_); !done)
      return tl::unexpected{std::move(done.error())};
  if (auto done = placement_.add(path, content->model, files_); !done)
    return tl::unexpected{std::move(done.error())};
  auto exported = describe(half, path);
  exported.bytes = content->model.size();
  exported.data_bytes = content->data.size();
  return exported;
}

Result<void> Export::write_manifests() {
  if (options_.format == ExportFormat::onnx || !report_.tail) return {};
  const auto name = served_name(file_.path);
  const auto add = [&](const fs::path& path, const std::string& text) -> Result<void> {
    if (auto done = placement_.check(path); !done) return done;
    report_.manifests.push_back(path);
    return placement_.add(path, text);
  };
  const auto config = triton_config(name, *report_.tail);
  if (!config) return tl::unexpected{config.error()};
  if (auto done = add(options_.folder / name / "config.pbtxt", *config); !done) return done;
  if (options_.format != ExportFormat::kserve) return {};
  const auto& uri = options_.storage_uri;
  return add(options_.folder / (name + ".yaml"), kserve_manifest(name, uri.empty() ? "pvc://models" : uri));
}

void Export::note(const Halves& halves, const FileParts& parts) {
  auto& notes = report_.notes;
  if (!halves.shapes.empty())
    notes.push_back(fmt::format(
        "sizes of inputs are free in the file, so the tail is sent what tells it shapes of the head: {}",
        names_text(halves.shapes)));
  if (parts.has_training) notes.emplace_back("training information of the model is left out");
  for (const auto& path : {path_of(true), options_.folder / "tail.onnx", path_of(false)}) {
    const bool is_written =
        path == path_of(true) ? halves.head.has_value() : path == path_of(false) && halves.tail;
    std::error_code ignored;
    if (is_written || !fs::exists(path, ignored) || fs::equivalent(path, file_.path, ignored)) continue;
    if (std::ranges::find(stale_, path) != stale_.end()) continue;
    notes.push_back(fmt::format("{} {} of an earlier export: this one has no such half", path.string(),
                                options_.force ? "is removed, being" : "is"));
    stale_.push_back(path);
  }
}

Result<ExportReport> Export::run(const std::vector<bool>& on_device) {
  const auto parts = find_parts(file_.source);
  if (!parts) return tl::unexpected{parts.error()};
  const auto calls = find_calls(file_.model, *parts, file_.source);
  if (!calls) return tl::unexpected{calls.error()};
  const GraphIndex index{file_.model.graph};
  const auto halves = part(file_.model, file_.inferred, index, *calls, on_device);
  if (!halves) return tl::unexpected{halves.error()};
  if (auto done = find_crossing_types(*halves); !done) return tl::unexpected{std::move(done.error())};
  if (auto done = check(*halves); !done) return tl::unexpected{std::move(done.error())};
  note(*halves, *parts);

  const Whole whole{file_.model, file_.inferred, *parts, *calls, crossing_types_, file_.source};
  for (const bool is_head : {true, false}) {
    const auto& half = is_head ? halves->head : halves->tail;
    if (!half) continue;
    auto written = write(whole, *half, path_of(is_head));
    if (!written) return tl::unexpected{std::move(written.error())};
    (is_head ? report_.head : report_.tail) = std::move(*written);
  }
  if (auto done = write_manifests(); !done) return tl::unexpected{std::move(done.error())};
  if (auto done = placement_.commit(); !done) return tl::unexpected{std::move(done.error())};
  for (const auto& path : stale_)
    if (options_.force)
      for (const auto& each : {path, data_path(path)})
        if (std::error_code ignored; fs::is_regular_file(each, ignored)) fs::remove(each, ignored);
  return std::move(report_);
}

}  // namespace

Result<ExportReport> export_halves(ModelFile& file, const std::vector<bool>& on_device,
                                   const ExportOptions& options) {
  auto report = Export{file, options}.run(on_device);
  if (!report && report.error().code == Errc::bad_input) return failure_within(std::move(report), file.path);
  return report;
}

}  // namespace ns::onnx
