// ns-partition: where to cut a net between a device and a server on a link.
#include "apps/command.hpp"
#include "apps/export.hpp"
#include "apps/large_pages.hpp"
#include "apps/net_options.hpp"
#include "apps/partition_answer.hpp"
#include "apps/partition_request.hpp"
#include "net/reader.hpp"
#include "partition/side.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <string>

namespace {

using namespace ns;

Result<int> print_answer(const Answer& answer, const PartitionRequest& request, const CommonOptions& common) {
  constexpr std::size_t rows = 10;
  warn_all(common, answer.warnings);
  std::string text;
  if (common.format == Format::json) text = partition_json(answer, request.top);
  if (common.format == Format::csv) text = partition_csv(answer, request.top);
  if (common.format == Format::table) text = partition_text(answer, request.top.value_or(rows));
  return write_output(common, text).map([] { return status_done; });
}

/// Where nothing is sent.
Link no_link() {
  Link link;
  link.uplink = BytesPerSecond{1.0};
  link.downlink = BytesPerSecond{1.0};
  link.radio = Radio{};
  return link;
}

/// The user says where to cut: nothing is weighed.
Result<int> run_given_cut(const PartitionOptions& options, const CommonOptions& common) {
  for (const auto& [option, value] :
       {std::pair{"--device", &options.device}, {"--server", &options.server}, {"--link", &options.link}})
    if (!value->empty())
      return failure(
          Errc::usage,
          fmt::format("{}: is not asked for where --cut-after says the cut; leave it out", option));
  const auto path = find_net(options.net);
  if (!path) return tl::unexpected{path.error()};
  return export_given_cut(*path, options.bindings, options.exported, common);
}

Result<int> run(const PartitionOptions& options, const CommonOptions& common) {
  prefer_large_pages();
  if (auto sound = check_export(options.exported); !sound) return tl::unexpected{std::move(sound.error())};
  if (options.exported.cut_is_given()) return run_given_cut(options, common);
  const auto request = parse_request(options);
  if (!request) return tl::unexpected{request.error()};
  const auto link_folders = data_folders("links");
  const auto link = request->alone ? Result<Link>{no_link()} : find_link(options.link, link_folders);
  if (!link) return tl::unexpected{link.error()};
  const auto path = find_net(options.net);
  if (!path) return tl::unexpected{path.error()};
  const auto net = read_net(*path, options.bindings);
  if (!net) return tl::unexpected{net.error()};
  const auto folders = data_folders("devices");
  const auto device = find_side(options.device, *net, folders, request->predict);
  if (!device) return tl::unexpected{device.error()};
  const auto server = request->alone ? device : find_side(options.server, *net, folders, request->predict);
  if (!server) return tl::unexpected{server.error()};
  const auto scenario = make_scenario(*net, *device, *server, *link, request->question);
  if (!scenario) return tl::unexpected{scenario.error()};
  auto made = answer(*net, *device, *server, *scenario, request->sweep, request->predict.interval_level);
  made.alone = request->alone;
  if (options.exported.wanted())
    if (auto done = export_answer(made, *path, options.bindings, options.exported, common); !done)
      return tl::unexpected{std::move(done.error())};
  return print_answer(made, *request, common);
}

void define_sides(CLI::App& app, PartitionOptions& options) {
  app.add_option("NET", options.net,
                 "a net's file (- is standard input), or the name of one that comes along")
      ->required();
  add_net_options(app, options.bindings);
  app.add_option("--device", options.device, "device's name, or a device, predictor or costs file")
      ->type_name("X")
      ->group("Sides");
  app.add_option("--server", options.server, "likewise; left out with --critical")
      ->type_name("X")
      ->group("Sides");
  app.add_option("--link", options.link,
                 "name, file, 20Mbit/s,rtt=35ms or up=RATE,down=RATE,rtt=TIME,message=TIME")
      ->type_name("X")
      ->group("Sides");
  app.add_option("--load", options.load, "factor on the server's times, at least 1")
      ->type_name("F")
      ->group("Sides");
  app.add_option("--queue-wait", options.queue_wait, "wait of one request at the server, such as 5ms")
      ->type_name("TIME")
      ->group("Sides");
  app.add_option("--radio", options.radio, "steady, or cold: promotion and tail are paid")
      ->type_name("MODE")
      ->capture_default_str()
      ->group("Sides");
}

void define_question(CLI::App& app, PartitionOptions& options) {
  app.add_option("--objective", options.objective, "latency, energy or a sum such as 0.7*latency+0.3*energy")
      ->type_name("WHAT")
      ->capture_default_str()
      ->group("Question");
  app.add_option("--energy", options.energy,
                 "full: with idling and download; paper: the formula of its Algorithm 1")
      ->type_name("MODEL")
      ->capture_default_str()
      ->group("Question");
  app.add_option("--result", options.result,
                 "device: outputs are sent back; server: they stay where they are made")
      ->type_name("PLACE")
      ->capture_default_str()
      ->group("Question");
  app.add_option("--input-bytes", options.input_bytes,
                 "what an input costs to send; default its tensor's size")
      ->type_name("NAME=BYTES")
      ->group("Question");
  app.add_option("--pin", options.pins, "fix a layer: LAYER=device or LAYER=server")
      ->type_name("LAYER=SIDE")
      ->group("Question");
  app.add_flag("--critical", options.critical, "all on the device")->group("Question");
  app.add_flag("--keep-input", options.keep_input, "no input of the net leaves the device")
      ->group("Question");
}

void define_answer(CLI::App& app, PartitionOptions& options) {
  app.add_option("--sweep-link", options.sweep,
                 "bandwidths at which the decision changes, default 0.05Mbit/s..10Gbit/s")
      ->expected(0, 1)
      ->type_name("[LOW..HIGH]")
      ->group("Answer");
  app.add_option("--top", options.top,
                 "rows of the table of cuts, best first [table 10, json and csv all in order]")
      ->type_name("N")
      ->group("Answer");
  app.add_option("--interval", options.interval, "probability that an interval holds")
      ->type_name("LEVEL")
      ->capture_default_str()
      ->group("Answer");
  app.add_flag("--allow-missing", options.allow_missing, allow_missing_help)->group("Answer");
  app.add_flag("--no-fuse", options.no_fuse, "one group per layer, as if the backends fused nothing")
      ->group("Answer");
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  PartitionOptions options;
  CLI::App* parser = nullptr;
  const auto define = [&](CLI::App& app) {
    parser = &app;
    define_sides(app, options);
    define_question(app, options);
    define_answer(app, options);
    add_export_options(app, options.exported);
  };
  const auto run_parsed = [&] {
    options.sweep_asked = parser->count("--sweep-link") > 0;
    return run(options, common);
  };
  return run_command(
      argc, argv, "tells where to cut a net between a device and a server",
      "ns-partition alexnet --device phone --server server --link wifi --input-bytes data=154587\n"
      "ns-partition net.txt --device a.json --server b.json --link wifi,rtt=35ms --objective energy\n"
      "ns-partition model.onnx --cut-after conv5 --export halves",
      common, define, run_parsed);
}
