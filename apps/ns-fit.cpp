// ns-fit: profiles in, predictor out, with a report of how well each family of models does.
#include "apps/command.hpp"
#include "apps/fit_report.hpp"
#include "apps/net_options.hpp"
#include "core/file.hpp"
#include "core/text.hpp"
#include "net/group.hpp"
#include "net/reader.hpp"
#include "regression/fit.hpp"
#include "regression/predictor_print.hpp"
#include "regression/propose.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace {

using namespace ns;

struct Options {
  std::vector<std::string> profiles;
  std::vector<std::string> nets;
  onnx::Bindings bindings;
  std::size_t propose = 0;
  FitOptions fit;
};

struct Profiles {
  std::vector<Profile> profiles;
  std::vector<ProfileSource> sources;
};

Result<Profiles> read_profiles(const std::vector<std::string>& paths) {
  Profiles read;
  for (const auto& path : paths) {
    auto profile = read_profile(path);
    if (!profile) return tl::unexpected{std::move(profile.error())};
    read.sources.push_back(
        ProfileSource{std::filesystem::path{path}.filename().string(), profile->hash, profile->rows.size()});
    read.profiles.push_back(std::move(*profile));
  }
  return read;
}

Result<std::vector<LayerConfig>> groups_of(const Options& options, const FusionRules& rules) {
  std::vector<LayerConfig> configs;
  for (const auto& name : options.nets) {
    const auto path = find_net(name);
    if (!path) return tl::unexpected{path.error()};
    const auto net = read_net(*path, options.bindings);
    if (!net) return tl::unexpected{net.error()};
    for (auto& one : group(fold(*net), rules)) configs.push_back(std::move(one.config));
  }
  return configs;
}

void warn_of(const CommonOptions& common, const Fit& fit) {
  for (const auto& warning : fit.warnings) warn(common, warning);
  if (fit.unusable > 0)
    warn(common, fmt::format("rows without a usable time, which are not fitted: {}", fit.unusable));
  if (fit.unsettled > 0)
    warn(common, fmt::format("rows fitted although their noise never settled: {}; measure on a quieter "
                             "machine for better models",
                             fit.unsettled));
}

std::string report(const Fit& fit, Format format) {
  if (format == Format::json) return fit_json(fit);
  return format == Format::csv ? fit_csv(fit) : fit_table(fit);
}

/// The predictor goes to --output; the report, or with --propose the sweep, to standard output.
Result<int> run(const Options& options, const CommonOptions& common) {
  auto read = read_profiles(options.profiles);
  if (!read) return tl::unexpected{std::move(read.error())};
  const bool shows = !common.quiet && ::isatty(STDERR_FILENO) != 0;
  const auto fitted = fit(read->profiles, options.fit, [&](std::string_view type) {
    if (shows) std::fprintf(stderr, "fitting %s\n", std::string{type}.c_str());
  });
  if (!fitted) return tl::unexpected{fitted.error()};
  warn_of(common, *fitted);
  if (common.output != "-") {
    const auto text = print_predictor(*fitted, read->sources, options.fit);
    if (auto written = write_file(common.output, text); !written) return tl::unexpected{written.error()};
  }
  CommonOptions to_terminal = common;
  to_terminal.output = "-";
  if (options.propose == 0)
    return write_output(to_terminal, report(*fitted, common.format)).map([] { return status_done; });
  const auto wanted = groups_of(options, fitted->data.rules);
  if (!wanted) return tl::unexpected{wanted.error()};
  std::string sweep;
  for (const auto& line : propose(*fitted, *wanted, options.propose, options.fit.seed)) sweep += line + "\n";
  return write_output(to_terminal, sweep).map([] { return status_done; });
}

std::string check_family(const std::string& text) {
  std::vector<std::string> names;
  for (const auto& variant : fit_variants())
    if (std::ranges::find(names, variant.family) == names.end()) names.emplace_back(variant.family);
  if (std::ranges::find(names, text) != names.end()) return {};
  const auto hint = suggestion(text, names);
  return fmt::format("unknown family '{}'{}", text,
                     hint.empty() ? fmt::format("; families are {}", list_of(names)) : hint);
}

std::string check_seed(const std::string& text) {
  if (parse_integer(text).value_or(-1) >= 0) return {};
  return fmt::format("'{}' is no seed; it must be a whole number of at least 0", text);
}

void define(CLI::App& app, Options& options) {
  app.add_option("PROFILE", options.profiles,
                 "profiles of one device, plain or gzipped (ns-profile writes them)")
      ->required();
  app.add_option("--family", options.fit.family,
                 "use this family alone (paper, paper-linear, roofline, boosted; energy, of power alone); by "
                 "default the one that "
                 "validates best")
      ->check(CLI::Validator{[](const std::string& text) { return check_family(text); }, ""})
      ->type_name("NAME")
      ->group("Fit");
  app.add_option("--folds", options.fit.folds, "parts of the cross-validation")
      ->check(CLI::Range(2, 100))
      ->type_name("N")
      ->capture_default_str()
      ->group("Fit");
  app.add_option("--seed", options.fit.seed, "of the folds and of the trees")
      ->check(CLI::Validator{[](const std::string& text) { return check_seed(text); }, ""})
      ->type_name("N")
      ->capture_default_str()
      ->group("Fit");
  app.add_option("--propose", options.propose,
                 "print at most N layers to measure next, as a sweep, instead of the report")
      ->check(CLI::Range(1, 100000))
      ->type_name("N")
      ->group("Next sweep");
  app.add_option("--net", options.nets, "propose first what this net needs and no profile holds; repeatable")
      ->type_name("NET")
      ->group("Next sweep");
  add_net_options(app, options.bindings);
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  Options options;
  return run_command(
      argc, argv, "fits a predictor to profiles of one device and says how well it predicts",
      "ns-fit board.jsonl -o board.predictor.json\n"
      "ns-fit board.jsonl --propose 200 --net alexnet > next.sweep",
      common, [&](CLI::App& app) { define(app, options); }, [&] { return run(options, common); });
}
