// ns-inspect: a net's layers, what they cost, and what every cut ships.
#include "apps/command.hpp"
#include "apps/inspect_report.hpp"
#include "apps/large_pages.hpp"
#include "apps/net_options.hpp"
#include "apps/result_stream.hpp"
#include "net/reader.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <string>

namespace {

using namespace ns;

struct Options {
  std::string net;
  onnx::Bindings bindings;
  bool all = false;
  bool summary = false;
};

Result<int> inspect(const Options& options, const CommonOptions& common) {
  prefer_large_pages();
  const auto path = find_net(options.net);
  if (!path) return tl::unexpected{path.error()};
  // Never freed, for the process ends with it: taking a large one apart would be a twentieth of all the time.
  static const auto& net = *new Result<Listing>{read_listing(*path, options.bindings)};
  if (!net) return tl::unexpected{net.error()};
  warn_all(common, net->warnings);
  ResultStream result{common};
  if (options.summary && common.format != Format::json) {
    const auto table = summary_table(*net, common.format == Format::table);
    result.text() +=
        (common.format == Format::csv ? table.csv() : inspect_heading(*net) + "\n" + table.text());
  } else if (common.format == Format::json)
    inspect_json(*net, result);
  else if (common.format == Format::csv)
    inspect_csv(*net, result);
  else
    inspect_table(*net, options.all, result);
  return result.finish().map([] { return status_done; });
}

void define(CLI::App& app, Options& options) {
  app.add_option("NET", options.net,
                 "a net's file (- is standard input), or the name of one that comes along")
      ->required();
  add_net_options(app, options.bindings);
  app.add_flag("--all", options.all,
               "in the table every layer and every cut, layers that compute constants too")
      ->group("Net");
  app.add_flag("--summary", options.summary, "totals of each layer type instead of all layers")->group("Net");
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  Options options;
  return run_command(
      argc, argv, "shows a net's layers, what they cost, and what every cut ships",
      "ns-inspect alexnet\n"
      "ns-inspect model.onnx --dim batch=1 --format json --output net.json",
      common, [&](CLI::App& app) { define(app, options); }, [&] { return inspect(options, common); });
}
