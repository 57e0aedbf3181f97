// ns-profile: measures layers, nets, the device's border and pauses, row by row, into a profile.
#include "apps/board_run.hpp"
#include "apps/command.hpp"
#include "apps/net_options.hpp"
#include "apps/profile_report.hpp"
#include "apps/profile_request.hpp"
#include "core/text.hpp"
#include "profiler/machine.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <csignal>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <string>

namespace {

using namespace ns;

// The one thing that a signal handler can reach.
volatile std::sig_atomic_t stop_asked = 0;

/// Ctrl-C ends the session after the row being measured; a second one ends it at once.
void stop_on_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { stop_asked = 1; };
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

/// "nvml:INDEX, ina3221:RAIL, ..."
std::string meter_names() {
  std::vector<std::string> names;
  for (const auto& meter : meters()) names.push_back(fmt::format("{}:{}", meter.name, meter.argument));
  return list_of(names);
}

void add_options(CLI::App& app, ProfileOptions& options) {
  app.add_option("NETS", options.nets,
                 "nets to measure whole and in groups: files, or names that come along");
  add_net_options(app, options.bindings);
  app.add_option("--device", options.device, "a device's name or file, or BACKEND:SETTINGS")
      ->type_name("X")
      ->required()
      ->group("What");
  app.add_option("--sweep", options.sweeps,
                 "layers to draw: all, a type, or a file of ranges or layers; may be repeated")
      ->type_name("all|TYPE|FILE")
      ->group("What")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);  // what follows is a net
  app.add_option("--count", options.count, "how many layers to draw (default: the sweeps' own rows)")
      ->type_name("N")
      ->group("What");
  app.add_option("--seed", options.seed, "of draws, order, weights and inputs")
      ->type_name("N")
      ->capture_default_str()
      ->group("What");
  app.add_flag("--whole-nets-only", options.whole_nets_only, "do not measure the groups of the nets alone")
      ->group("What");
  app.add_option("--quantity", options.quantity, "latency, or what running draws")
      ->type_name("latency|power")
      ->capture_default_str()
      ->group("What");
  app.add_option("--configs", options.configs, "of power: how many layers of each sweep (default: 25)")
      ->type_name("N")
      ->group("What");
  app.add_option("--meter", options.meters,
                 "of power: " + meter_names() +
                     "; several at once, the first is what fits learn from (default: "
                     "the first that can be read; ns-doctor lists them)")
      ->type_name("NAME[:ARGUMENT][,...]")
      ->group("How")
      ->expected(1)
      ->take_all()
      ->allow_extra_args(false);  // what follows is a net
  app.add_option("--sysfs-root", options.sysfs_root, "of power: where the files of sensors are")
      ->type_name("DIR")
      ->capture_default_str()
      ->group("How");
  app.add_option("--time-limit", options.time_limit,
                 "begin no row after it; nets come first, then the border, then the sweep in shares")
      ->type_name("TIME")
      ->group("How");
  app.add_option("--row-limit", options.row_limit, "for the samples of one row; at least three are taken")
      ->type_name("TIME")
      ->capture_default_str()
      ->group("How");
  app.add_flag("--no-verify", options.no_verify,
               "time layers without holding them against the reference first")
      ->group("How");
  app.add_flag("--dry-run", options.dry_run, "print what would be measured, and end")->group("How");
}

ProfileHeader header_of(const ProfileRequest& request, const ProfileOptions& options,
                        const SystemFiles& system) {
  return ProfileHeader{request.device.name,
                       request.backend->settings(),
                       fingerprint(system, request.backend->description(), request.backend->gpu()),
                       request.backend->rules(),
                       utc_now(),
                       std::string{NS_VERSION},
                       static_cast<std::uint64_t>(options.seed)};
}

void warn_at_once(const ProfileRequest& request, const SystemFiles& system, const CommonOptions& common) {
  for (const auto& sentence : request.backend->warnings()) warn(common, sentence);
  for (const auto& sentence : measuring_warnings(system, request.backend->settings())) warn(common, sentence);
  if (request.power)
    for (const auto& meter : request.power->meters())
      inform(common, fmt::format("power by {}: {} ({})", meter->facts().name, meter->facts().total,
                                 meter->facts().note));
  if (request.device.time_scale != 1.0)
    warn(common,
         fmt::format("{} is scaled: the profile holds the times of {} as they are, without its factor {}",
                     request.device.name, request.device.backend, request.device.time_scale));
}

/// A fit learns from one meter alone.
void warn_of_other_meters(const ProfileRequest& request, std::span<const ProfileRow> earlier,
                          const CommonOptions& common) {
  if (!request.power) return;
  const std::string& mine = request.power->meters().front()->facts().name;
  const auto others = std::ranges::count_if(earlier, [&](const ProfileRow& row) {
    const auto* const power = std::get_if<PowerRow>(&row);
    return power != nullptr && !power->meters.empty() && power->meters.front().meter != mine;
  });
  if (others > 0)
    warn(common,
         fmt::format("the profile holds {} of another meter than {}, and ns-fit learns from one meter; "
                     "name another file with -o",
                     counted(static_cast<std::size_t>(others), "power row"), mine));
}

/// On standard output: --output names the profile here, which only ever grows.
Result<void> print_result(CommonOptions common, const std::string& text) {
  common.output = "-";
  return write_output(common, text);
}

void warn_of_clock(std::optional<double> before, std::optional<double> after, const CommonOptions& common) {
  constexpr double unsteady = 0.05;
  if (before && after && std::abs(*after - *before) > unsteady * *before)
    warn(common, fmt::format("the processor's clock was {:.0f} MHz before and {:.0f} MHz after; fix it with: "
                             "cpupower frequency-set -g performance",
                             *before, *after));
}

/// What to look at after the session, and the status.
Result<int> conclude(const Tally& tally, const ProfileOptions& options, const CommonOptions& common) {
  const auto profile = read_profile(options.profile);
  if (!profile) return tl::unexpected{profile.error()};
  for (const auto& sentence : findings(tally, profile->rows)) warn(common, sentence);
  if (tally.interrupted)
    return failure(
        Errc::interrupted,
        fmt::format("stopped; {} holds {}, and the same command measures what is left, {}", options.profile,
                    counted(profile->rows.size(), "row"), counted(tally.left, "row")));
  if (tally.left > 0)
    warn(common,
         fmt::format("the time limit left out {}; the same command goes on", counted(tally.left, "row")));
  if (auto printed = print_result(common, summary_text(profile->rows, common.format)); !printed)
    return tl::unexpected{std::move(printed.error())};
  const bool lacks = std::ranges::any_of(profile->rows, [](const ProfileRow& row) {
    const auto status = status_of(row);
    return status == RowStatus::failed || status == RowStatus::wrong ||
           (status == RowStatus::ok && !is_settled(row));
  });
  return lacks ? status_partial : status_done;  // whichever session left them
}

Result<int> profile_there(const std::string& board, std::span<char*> arguments, const ProfileOptions& options,
                          const CommonOptions& common) {
  stop_on_signals();
  auto status = run_on_board(board, arguments, options, common, [] { return stop_asked != 0; });
  if (!status || *status > status_partial) return status;
  const auto profile = read_profile(options.profile);
  if (!profile) return tl::unexpected{profile.error()};
  return print_result(common, summary_text(profile->rows, common.format)).map([&] { return *status; });
}

Result<int> profile(const ProfileOptions& options, const CommonOptions& common) {
  auto request = resolve(options);
  if (!request) return tl::unexpected{std::move(request.error())};
  const SystemFiles system;
  if (options.dry_run)
    return print_result(common, plan_text(request->jobs, common.format)).map([] { return status_done; });

  auto writer = ProfileWriter::open(options.profile, header_of(*request, options, system));
  if (!writer) return tl::unexpected{std::move(writer.error())};
  warn_at_once(*request, system, common);
  warn_of_other_meters(*request, writer->earlier(), common);
  stop_on_signals();
  Bench bench{*request->backend, request->reference.get(), static_cast<std::uint64_t>(options.seed),
              request->policy, request->power ? request->power->clock() : steady_clock()};
  const SessionLimits limits{request->time_limit, [] { return stop_asked != 0; }};
  const auto clock_before = clock_megahertz(system);
  Result<Tally> tally;
  {
    ProgressLine line{common.quiet};
    tally = run_session(bench, request->jobs, *writer, limits,
                        [&](const Job& job, std::size_t number, std::size_t count, Seconds left) {
                          line.show(job, number, count, left);
                        });
  }
  if (!tally) return tl::unexpected{std::move(tally.error())};
  warn_of_clock(clock_before, clock_megahertz(system), common);
  return conclude(*tally, options, common);
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  ProfileOptions options;
  std::string board;
  const std::span arguments{argv + 1, static_cast<std::size_t>(argc - 1)};
  return run_command(
      argc, argv,
      "measures what layers and nets cost on a device; rows are appended to the profile that -o names",
      "ns-profile --device core-sse41 --sweep all alexnet resnet50 -o profile.jsonl --time-limit 3min\n"
      "ns-profile --device core-sse41 --quantity power --sweep conv alexnet -o profile.jsonl --meter ina3221",
      common,
      [&](CLI::App& app) {
        add_options(app, options);
        app.add_option(
               "--on", board,
               "measure on another machine, by ssh; its rows come here, and lost connections are made anew")
            ->type_name("HOST[:DIR]")
            ->group("What")
            ->excludes("--dry-run");
      },
      [&]() -> Result<int> {
        if (common.output != "-") options.profile = common.output;
        return board.empty() ? profile(options, common) : profile_there(board, arguments, options, common);
      });
}
