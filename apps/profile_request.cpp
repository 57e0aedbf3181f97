#include "apps/profile_request.hpp"

#include "apps/command.hpp"
#include "apps/power_request.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "net/reader.hpp"
#include "profiler/deal.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace ns {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view every_sweep = "all";
constexpr std::int64_t most_rows = 1'000'000;

tl::unexpected<Error> usage(std::string message) { return failure(Errc::usage, std::move(message)); }

bool is_file(const fs::path& path) {
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

/// The sweeps that come with the toolkit, in the order of their names.
std::vector<fs::path> shipped_sweeps() {
  std::vector<fs::path> paths;
  std::error_code status;
  for (fs::directory_iterator at{data_folders("sweeps").back(), status}, end; !status && at != end;
       at.increment(status))
    if (at->path().extension() == ".sweep") paths.push_back(at->path());
  std::ranges::sort(paths);
  return paths;
}

/// The files that `--sweep NAME` stands for: all, a type's, or the file itself.
Result<std::vector<std::string>> sweep_files(const std::string& name) {
  std::vector<std::string> files;
  if (name == every_sweep) {
    for (const auto& path : shipped_sweeps()) files.push_back(path.string());
    return files;
  }
  if (name == "-" || is_file(name)) return std::vector{name};
  for (const auto& folder : data_folders("sweeps"))
    if (const auto path = fs::path{folder} / (name + ".sweep"); is_file(path))
      return std::vector{path.lexically_normal().string()};
  std::vector<std::string> names{std::string{every_sweep}};
  for (const auto& path : shipped_sweeps()) names.push_back(path.stem().string());
  return failure(Errc::io, fmt::format("--sweep {}: no such file and no sweep of that name; there are {}{}",
                                       name, list_of(names), suggestion(name, names)));
}

Result<std::vector<Sweep>> read_sweeps(const std::vector<std::string>& names) {
  std::vector<Sweep> sweeps;
  for (const auto& name : names) {
    const auto files = sweep_files(name);
    if (!files) return tl::unexpected{files.error()};
    for (const auto& file : *files) {
      auto sweep = read_sweep(file);
      if (!sweep) return tl::unexpected{std::move(sweep.error())};
      sweeps.push_back(std::move(*sweep));
    }
  }
  return sweeps;
}

Result<std::vector<std::shared_ptr<const Net>>> read_nets(const std::vector<std::string>& names,
                                                          const onnx::Bindings& bindings) {
  std::vector<std::shared_ptr<const Net>> nets;
  for (const auto& name : names) {
    const auto path = find_net(name);
    if (!path) return tl::unexpected{path.error()};
    const auto net = read_net(*path, bindings);
    if (!net) return tl::unexpected{net.error()};
    nets.push_back(std::make_shared<const Net>(fold(*net)));
  }
  return nets;
}

Result<void> resolve_limits(const ProfileOptions& options, ProfileRequest& request) {
  if (!options.time_limit.empty()) {
    const auto limit = parse_duration(options.time_limit);
    if (!limit) return usage("--time-limit: " + limit.error().message);
    request.time_limit = *limit;
  }
  const auto row_limit = parse_duration(options.row_limit);
  if (!row_limit) return usage("--row-limit: " + row_limit.error().message);
  request.policy.limit = *row_limit;
  return {};
}

bool is_power(const ProfileOptions& options) { return options.quantity == "power"; }

Result<void> open_power(const ProfileOptions& options, ProfileRequest& request) {
  auto files = SystemFiles::below(options.sysfs_root);
  if (!files) return tl::unexpected{std::move(files.error())};
  auto meters = open_meters(options.meters, request.backend->settings(), *files);
  if (!meters) return tl::unexpected{std::move(meters.error())};
  request.power = std::make_shared<PowerPass>(*request.backend, std::move(*meters), ThrottleCounters{*files},
                                              static_cast<std::uint64_t>(options.seed), PowerPolicy{});
  return {};
}

/// Options that belong to one quantity alone.
Result<void> check_quantity(const ProfileOptions& options) {
  constexpr std::int64_t most_configs = 10'000;
  if (options.quantity != "latency" && !is_power(options))
    return usage(fmt::format("--quantity: '{}' is neither latency nor power", options.quantity));
  if (is_power(options) && options.count)
    return usage("--count is of --quantity latency; of power it is --configs");
  if (is_power(options) && options.whole_nets_only)
    return usage("--whole-nets-only is of --quantity latency; of power nets are measured whole anyhow");
  if (!is_power(options) && !options.meters.empty()) return usage("--meter needs --quantity power");
  if (!is_power(options) && options.sysfs_root != "/") return usage("--sysfs-root needs --quantity power");
  if (!is_power(options) && options.configs)
    return usage("--configs is of --quantity power; of latency it is --count");
  if (options.configs && (*options.configs < 1 || *options.configs > most_configs))
    return usage(fmt::format("--configs must be between 1 and {}", most_configs));
  return {};
}

Result<void> open_backends(const ProfileOptions& options, ProfileRequest& request) {
  if (request.device.backend.empty())
    return usage(
        fmt::format("device {} has costs but no backend, so nothing can be measured on it; name another",
                    request.device.name));
  auto backend = open_backend(request.device.backend);
  if (!backend) return tl::unexpected{std::move(backend.error())};
  request.backend = std::move(*backend);
  if (is_power(options)) return open_power(options, request);
  if (options.no_verify) return {};
  auto reference = open_backend("reference");
  if (!reference) return tl::unexpected{std::move(reference.error())};
  request.reference = std::move(*reference);
  return {};
}

/// A layer with an epilogue is worth measuring where the backend fuses all of it.
Admission admission(const FusionRules& rules) {
  return [&rules](const LayerConfig& layer) {
    std::vector<const LayerParams*> followers;
    for (const auto& step : layer.epilogue) followers.push_back(&step);
    return rules.longest(layer.params, followers) == followers.size();
  };
}

void append(std::vector<Job>& jobs, std::vector<Job> more) {
  std::ranges::move(more, std::back_inserter(jobs));
}

void list_jobs(const ProfileOptions& options, const std::vector<std::shared_ptr<const Net>>& nets,
               const std::vector<Sweep>& sweeps, ProfileRequest& request) {
  const auto& rules = request.backend->rules();
  const bool verified = !options.no_verify;
  for (const auto& net : nets) {
    auto jobs = net_jobs(net, rules, request.policy, verified);
    if (options.whole_nets_only) jobs.erase(jobs.begin() + 1, jobs.end());
    // One net's pauses tell what sleeping costs the device; its plan is still there.
    if (net == nets.front()) {
      auto pauses = idle_jobs(net, request.policy);
      jobs.insert(jobs.begin() + 1, std::make_move_iterator(pauses.begin()),
                  std::make_move_iterator(pauses.end()));
    }
    append(request.jobs, std::move(jobs));
  }
  if (!nets.empty() || std::ranges::find(options.sweeps, every_sweep) != options.sweeps.end())
    append(request.jobs, boundary_jobs(request.policy));
  if (request.backend->gpu()) append(request.jobs, launch_jobs(request.policy));
  std::size_t rows = 0;
  for (const auto& sweep : sweeps) rows += sweep.rows;
  if (options.count) rows = static_cast<std::size_t>(*options.count);
  for (const auto& layer : deal(sweeps, rows, static_cast<std::uint64_t>(options.seed), admission(rules)))
    request.jobs.push_back(layer_job(layer, "sweep", request.policy, verified));
  drop_repeated(request.jobs);
}

/// So many layers of each sweep, dealt in turns; nets whole, the first after pauses as well.
void list_power_jobs(const ProfileOptions& options, const std::vector<std::shared_ptr<const Net>>& nets,
                     std::vector<Sweep> sweeps, ProfileRequest& request) {
  constexpr std::int64_t usual_configs = 25;
  for (const auto& net : nets) append(request.jobs, power_jobs(net, net == nets.front(), request.power));
  const auto configs = static_cast<std::size_t>(options.configs.value_or(usual_configs));
  for (auto& sweep : sweeps) sweep.rows = configs;
  for (const auto& layer : deal(sweeps, configs * sweeps.size(), static_cast<std::uint64_t>(options.seed),
                                admission(request.backend->rules())))
    request.jobs.push_back(power_job(layer, "sweep", request.power));
  drop_repeated(request.jobs);
}

}  // namespace

Result<ProfileRequest> resolve(const ProfileOptions& options) {
  if (options.nets.empty() && options.sweeps.empty())
    return usage("nothing to measure; name nets, or a sweep such as --sweep all");
  if (options.profile.empty() && !options.dry_run)
    return usage("nowhere to write to; name the profile with -o profile.jsonl");
  if (options.count && (*options.count < 1 || *options.count > most_rows))
    return usage(fmt::format("--count must be between 1 and {}", most_rows));
  if (options.seed < 0) return usage("--seed must be at least 0");
  if (auto checked = check_quantity(options); !checked) return tl::unexpected{std::move(checked.error())};
  ProfileRequest request;
  if (auto limits = resolve_limits(options, request); !limits)
    return tl::unexpected{std::move(limits.error())};
  auto device = find_device(options.device, data_folders("devices"));
  if (!device) return tl::unexpected{std::move(device.error())};
  request.device = std::move(*device);
  const auto sweeps = read_sweeps(options.sweeps);
  if (!sweeps) return tl::unexpected{sweeps.error()};
  const auto nets = read_nets(options.nets, options.bindings);
  if (!nets) return tl::unexpected{nets.error()};
  if (auto opened = open_backends(options, request); !opened)
    return tl::unexpected{std::move(opened.error())};
  if (is_power(options))
    list_power_jobs(options, *nets, *sweeps, request);
  else
    list_jobs(options, *nets, *sweeps, request);
  return request;
}

}  // namespace ns
