// ns-doctor: what is good and what is bad about measuring on this machine, each with its remedy.
#include "apps/command.hpp"
#include "core/json.hpp"
#include "core/table.hpp"
#include "kernels/backend.hpp"
#include "partition/device.hpp"
#include "profiler/doctor.hpp"
#include "profiler/machine.hpp"
#include "profiler/verify.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace {

using namespace ns;

constexpr std::string_view default_backend = "onednn:threads=1";
constexpr std::string_view noise_kernel = "conv:filters=32,kernel=3,pad=1@1x32x28x28";

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(findings));
}

/// Fifty runs of one small convolution on the device.
Result<Finding> noise(Backend& backend) {
  const auto layer = parse_layer(noise_kernel);
  if (!layer) return tl::unexpected{layer.error()};
  const auto net = net_of(*layer);
  if (!net) return tl::unexpected{net.error()};
  const std::vector<Group> groups{whole_group(*net, *layer)};
  const auto plan = backend.prepare(*net, groups, RandomWeights{1}, true);
  if (!plan) return tl::unexpected{plan.error()};
  write_random_inputs(**plan, *net, 1);
  return examine_noise(**plan);
}

std::vector<Finding> examine_backend(const std::string& settings) {
  const auto backend = open_backend(settings);
  if (!backend) return {Finding{"library", settings, false, backend.error().message}};
  std::vector<Finding> findings{Finding{"library", (*backend)->description(), true, {}}};
  for (const auto& sentence : (*backend)->warnings())
    findings.push_back(Finding{"library", (*backend)->settings(), false, sentence});
  if (auto spread = noise(**backend))
    findings.push_back(std::move(*spread));
  else
    findings.push_back(Finding{"noise", "not measured", false, spread.error().message});
  return findings;
}

std::string findings_json(const std::string& device, const Fingerprint& machine,
                          const std::vector<Finding>& findings) {
  Json json{{"schema", "ns.doctor/1"},
            {"device", device},
            {"machine",
             {{"cpu", machine.cpu},
              {"cores", machine.cores},
              {"instructions", machine.instructions},
              {"caches", machine.caches},
              {"memory", machine.memory},
              {"kernel", machine.kernel}}}};
  auto listed = Json::array();
  for (const auto& finding : findings)
    listed.push_back(Json{{"subject", finding.subject},
                          {"status", finding.good ? "ok" : "warn"},
                          {"fact", finding.fact},
                          {"remedy", finding.good ? Json() : Json(finding.remedy)}});
  json["findings"] = std::move(listed);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string findings_table(const std::vector<Finding>& findings, Format format) {
  Table table;
  table.column("", Align::left).column("subject", Align::left).column("fact", Align::left);
  if (format == Format::csv) table.column("remedy", Align::left);
  for (const auto& finding : findings) {
    std::vector<std::string> cells{finding.good ? "ok" : "WARN", finding.subject, finding.fact};
    if (format == Format::csv)
      cells.push_back(finding.remedy);
    else if (!finding.good)
      cells.back() += "; " + finding.remedy;
    table.row(std::move(cells));
  }
  return format == Format::csv ? table.csv() : table.text();
}

struct DoctorOptions {
  std::string device;
  std::string sysfs_root = "/";
};

/// What the files of another machine tell; nothing of it can be run here.
std::vector<Finding> examine_files(const SystemFiles& system) {
  auto findings = examine_system(system);
  append(findings, examine_moving_clocks(system));
  append(findings, examine_power(system));
  return findings;
}

std::vector<Finding> examine_here(const SystemFiles& system, const std::string& settings) {
  auto findings = examine_clocks();
  append(findings, examine_system(system));
  append(findings, examine_moving_clocks(system));
  findings.push_back(examine_core());
  append(findings, examine_power(system));
  append(findings, examine_backend(settings));
  return findings;
}

Result<int> examine(const DoctorOptions& options, const CommonOptions& common) {
  std::string settings{default_backend};
  if (!options.device.empty()) {
    const auto device = find_device(options.device, data_folders("devices"));
    if (!device) return tl::unexpected{device.error()};
    settings = device->backend;
  }
  const auto system = SystemFiles::below(options.sysfs_root);
  if (!system) return tl::unexpected{system.error()};
  if (system->is_elsewhere() && !options.device.empty())
    return failure(Errc::usage,
                   "--device is of this machine, --sysfs-root of another's files; name one of them");
  const auto findings = system->is_elsewhere() ? examine_files(*system) : examine_here(*system, settings);
  const auto name = system->is_elsewhere()   ? options.sysfs_root
                    : options.device.empty() ? settings
                                             : options.device;
  const auto text = common.format == Format::json ? findings_json(name, fingerprint(*system, ""), findings)
                                                  : findings_table(findings, common.format);
  return write_output(common, text).map([] { return status_done; });
}

}  // namespace

int main(int argc, char** argv) {
  CommonOptions common;
  DoctorOptions options;
  return run_command(
      argc, argv, "says what is good and what is bad about measuring on this machine",
      "ns-doctor\n"
      "ns-doctor --device core-sse41 --format json",
      common,
      [&](CLI::App& app) {
        app.add_option("--device", options.device, "a device's name or file, or BACKEND:SETTINGS")
            ->type_name("X")
            ->default_str(std::string{default_backend})
            ->group("What");
        app.add_option("--sysfs-root", options.sysfs_root,
                       "where the files of the system are; elsewhere, they alone are examined")
            ->type_name("DIR")
            ->capture_default_str()
            ->group("What");
      },
      [&] { return examine(options, common); });
}
