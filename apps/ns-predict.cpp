// ns-predict: what each group of a net costs on a device, predicted from the device's profile.
#include "apps/command.hpp"
#include "apps/large_pages.hpp"
#include "apps/net_options.hpp"
#include "apps/predict_report.hpp"
#include "core/text.hpp"
#include "net/reader.hpp"
#include "partition/block.hpp"
#include "partition/side.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace {

using namespace ns;

struct Options {
  std::string net;
  onnx::Bindings bindings;
  std::string device;
  PredictOptions predict;
  bool no_fuse = false;
};

std::string report(const Costs& costs, Format format) {
  if (format == Format::json) return print_json(costs);
  return format == Format::csv ? predict_csv(costs) : predict_table(costs);
}

Result<int> run(const Options& options, const CommonOptions& common) {
  prefer_large_pages();
  const auto path = find_net(options.net);
  if (!path) return tl::unexpected{path.error()};
  const auto net = read_net(*path, options.bindings);
  if (!net) return tl::unexpected{net.error()};
  const auto folders = data_folders("devices");
  auto predict = options.predict;
  predict.fuse = !options.no_fuse;
  const auto costs = find_side(options.device, *net, folders, predict);
  if (!costs) return tl::unexpected{costs.error()};
  if (auto fits = check_groups(*net, *costs); !fits) return tl::unexpected{std::move(fits.error())};
  warn_all(common, net->warnings);
  for (const auto& warning : costs->warnings) warn(common, warning);
  return write_output(common, report(*costs, common.format)).map([] { return status_done; });
}

std::string check_level(const std::string& text) {
  const auto level = parse_number(text);
  if (level && *level > 0.0 && *level < 1.0) return {};
  return "'" + text + "' is no level; it must lie between 0 and 1, such as 0.9";
}

void define(CLI::App& app, Options& options) {
  app.add_option("NET", options.net,
                 "a net's file (- is standard input), or the name of one that comes along")
      ->required();
  add_net_options(app, options.bindings);
  app.add_option("--device", options.device, "device's name, or a device, predictor or costs file")
      ->required()
      ->type_name("NAME")
      ->group("Prediction");
  app.add_option("--interval", options.predict.interval_level, "probability that an interval holds")
      ->check(CLI::Validator{[](const std::string& text) { return check_level(text); }, ""})
      ->type_name("LEVEL")
      ->capture_default_str()
      ->group("Prediction");
  app.add_flag("--allow-missing", options.predict.allow_missing, allow_missing_help)->group("Prediction");
  app.add_flag("--no-fuse", options.no_fuse, "one group per layer, as if the backend fused nothing")
      ->group("Prediction");
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  Options options;
  return run_command(
      argc, argv, "predicts what each group of a net costs on a device that may never have run it",
      "ns-predict alexnet --device phone\n"
      "ns-predict deploy.prototxt --device board.predictor.json --format json -o costs.json",
      common, [&](CLI::App& app) { define(app, options); }, [&] { return run(options, common); });
}
