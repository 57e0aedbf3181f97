#include "apps/export_options.hpp"

#include "core/text.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>

namespace ns {
namespace {

const std::vector<std::string>& formats() {
  static const std::vector<std::string> names{"onnx", "triton", "kserve"};
  return names;
}

std::string check_format(const std::string& text) {
  if (std::ranges::find(formats(), text) != formats().end()) return {};
  const auto hint = suggestion(text, formats());
  return fmt::format("unknown format '{}'{}", text,
                     hint.empty() ? "; formats are " + list_of(formats()) : hint);
}

tl::unexpected<Error> needs(const char* option, const char* other) {
  return failure(Errc::usage, fmt::format("{}: says something about {} only; add that", option, other));
}

}  // namespace

void add_export_options(CLI::App& app, ExportRequest& request) {
  app.add_option("--export", request.folder,
                 "write head.onnx and tail.onnx, the two halves of the cut as ONNX models, into this folder")
      ->check(CLI::Validator{[](const std::string& text) {
                               return text.empty() ? std::string{"needs the name of a folder"}
                                                   : std::string{};
                             },
                             ""})
      ->type_name("DIR")
      ->group("Export");
  app.add_option(
         "--cut-after", request.cut_after,
         "this layer, or the one that makes this tensor, and all that it needs on the device, instead of "
         "the best cut; may be repeated")
      ->allow_extra_args(false)
      ->type_name("LAYER")
      ->group("Export");
  app.add_option("--weights", request.weights.caffemodel,
                 "the .caffemodel of a Caffe or native net that is exported")
      ->type_name("FILE")
      ->group("Export");
  app.add_option("--random-weights", request.weights.seed, "or random weights, the same for the same number")
      ->check(CLI::Validator{check_seed, ""})
      ->type_name("SEED")
      ->group("Export");
  app.add_option("--export-format", request.format,
                 "onnx, triton (the tail as a model repository) or kserve (with an InferenceService)")
      ->check(CLI::Validator{check_format, ""})
      ->type_name("onnx|triton|kserve")
      ->capture_default_str()
      ->group("Export");
  app.add_option("--storage-uri", request.storage_uri,
                 "where an InferenceService finds the repository, default pvc://models")
      ->type_name("URI")
      ->group("Export");
  app.add_option_function<std::string>(
         "--verify",
         [&request](const std::string& text) {
           request.verify =
               text.empty() ? std::vector<std::string>{"reference", "onednn:threads=1"} : std::vector{text};
         },
         "run the whole and its halves on this device, default the reference and oneDNN, and end with an "
         "error "
         "if they differ")
      ->expected(0, 1)
      ->type_name("[DEVICE]")
      ->group("Export");
  app.add_flag("--force", request.force,
               "replace files that are there, and remove halves of an earlier export that this one has not")
      ->group("Export");
}

Result<void> check_export(const ExportRequest& request) {
  if (!request.wanted()) {
    if (request.cut_is_given()) return needs("--cut-after", "--export");
    if (request.force) return needs("--force", "--export");
    if (!request.verify.empty()) return needs("--verify", "--export");
    if (!request.weights.caffemodel.empty()) return needs("--weights", "--export");
    if (request.weights.seed) return needs("--random-weights", "--export");
    if (request.format != "onnx") return needs("--export-format", "--export");
  }
  if (request.weights.seed && !request.weights.caffemodel.empty())
    return failure(Errc::usage,
                   "--random-weights: weights are given by --weights already; leave one of them out");
  if (!request.verify.empty() && request.format != "onnx")
    return failure(Errc::usage, "--verify: runs head.onnx and tail.onnx, which --export-format onnx writes");
  if (!request.storage_uri.empty() && request.format != "kserve")
    return needs("--storage-uri", "--export-format kserve");
  return {};
}

}  // namespace ns
