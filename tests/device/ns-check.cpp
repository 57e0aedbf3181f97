// ns-check: whether a device computes what the reference computes, on random layers of every type.
#include "apps/command.hpp"
#include "check_report.hpp"
#include "core/file.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "partition/device.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <unistd.h>

namespace {

using namespace ns;

struct CheckOptions {
  std::string device;
  std::vector<std::string> types;
  std::int64_t seed = 1;
  std::int64_t per_type = 100;
  std::string time_limit = "2min";
  std::string json;
};

constexpr std::int64_t most_per_type = 1'000'000;

Result<CheckRequest> resolve(const CheckOptions& options) {
  if (options.seed < 0) return failure(Errc::usage, "--seed must be at least 0");
  if (options.per_type < 1 || options.per_type > most_per_type)
    return failure(Errc::usage, fmt::format("--per-type must be between 1 and {}", most_per_type));
  const auto limit = parse_duration(options.time_limit);
  if (!limit) return failure(Errc::usage, "--time-limit: " + limit.error().message);
  const auto known = checked_types();
  for (const auto& type : options.types)
    if (std::ranges::find(known, type) == known.end())
      return failure(Errc::usage, fmt::format("--type {}: no such type; there are {}{}", type, list_of(known),
                                              suggestion(type, known)));
  return CheckRequest{options.types.empty() ? known : options.types, static_cast<std::uint64_t>(options.seed),
                      static_cast<std::uint64_t>(options.per_type), *limit};
}

Result<int> run(const CheckOptions& options, const CommonOptions& common) {
  const auto request = resolve(options);
  if (!request) return tl::unexpected{request.error()};
  const auto named = find_device(options.device, data_folders("devices"));
  if (!named) return tl::unexpected{named.error()};
  const auto device = open_backend(named->backend);
  if (!device) return tl::unexpected{device.error()};
  for (const auto& sentence : (*device)->warnings()) warn(common, sentence);
  const bool shows = !common.quiet && ::isatty(STDERR_FILENO) != 0;
  const auto checks = check(**device, *request, [&](std::string_view type) {
    if (shows) inform(common, type);
  });
  const CheckedDevice checked{(*device)->settings(), (*device)->description()};
  const auto text = common.format == Format::json  ? check_json(checked, *request, checks)
                    : common.format == Format::csv ? check_csv(checks)
                                                   : check_text(checked, checks);
  if (!options.json.empty())
    if (auto written = write_file(options.json, check_json(checked, *request, checks)); !written)
      return tl::unexpected{std::move(written.error())};
  const bool good = std::all_of(checks.begin(), checks.end(), [](const TypeCheck& each) {
    return each.verdict() == Verdict::agrees || each.verdict() == Verdict::unsupported;
  });
  return write_output(common, text).map([&] { return good ? status_done : status_partial; });
}

void add_options(CLI::App& app, CheckOptions& options) {
  app.add_option("--device", options.device, "a device's name or file, or BACKEND:SETTINGS")
      ->type_name("X")
      ->required()
      ->group("What");
  app.add_option("--type", options.types, "only this type of layer; repeatable (default: all)")
      ->type_name("TYPE")
      ->group("What");
  app.add_option("--per-type", options.per_type, "how many layers of each type")
      ->type_name("N")
      ->capture_default_str()
      ->group("How");
  app.add_option("--seed", options.seed, "of the first layer of a type; the next has the next number")
      ->type_name("N")
      ->capture_default_str()
      ->group("How");
  app.add_option("--time-limit", options.time_limit, "for everything; each type has its share")
      ->type_name("TIME")
      ->capture_default_str()
      ->group("How");
  app.add_option("--json", options.json, "a file that holds the result as JSON, whatever the format is")
      ->type_name("FILE")
      ->group("Output");
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  CheckOptions options;
  return run_command(
      argc, argv, "holds random layers of every type on a device against the reference; 1 if any differs",
      "ns-check --device cudnn:0\n"
      "ns-check --device cudnn:0,math=tf32 --type conv --per-type 1000 --format json",
      common, [&](CLI::App& app) { add_options(app, options); }, [&] { return run(options, common); });
}
