// ns-inspect: a net's layers, what they cost, and what every cut ships.
#include "apps/command.hpp"
#include "apps/inspect_report.hpp"
#include "net/reader.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace {

using namespace ns;

Result<int> inspect(const std::string& name, const CommonOptions& common) {
  const auto path = find_net(name);
  if (!path) return tl::unexpected{path.error()};
  const auto net = read_net(*path);
  if (!net) return tl::unexpected{net.error()};
  for (const auto& warning : net->warnings) warn(common, warning);
  const auto text = common.format == Format::json  ? inspect_json(*net)
                    : common.format == Format::csv ? inspect_csv(*net)
                                                   : inspect_table(*net);
  return write_output(common, text).map([] { return status_done; });
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  std::string net;
  return run_command(
      argc, argv, "shows a net's layers, what they cost, and what every cut ships",
      "ns-inspect alexnet\n"
      "ns-inspect deploy.prototxt --format json --output net.json",
      common,
      [&](CLI::App& app) {
        app.add_option("NET", net, "a net's file (- is standard input), or the name of one that comes along")
            ->required();
      },
      [&] { return inspect(net, common); });
}
