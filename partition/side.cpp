#include "partition/side.hpp"

#include "core/file.hpp"
#include "core/json.hpp"
#include "regression/facts.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

namespace ns {
namespace {

/// The schema that the file says it has, without its version. Files say it first, so that a large predictor
/// need not be parsed to be told apart; any other file is parsed.
Result<std::string> schema_of(const std::string& path) {
  auto text = read_file(path);
  if (!text) return tl::unexpected{std::move(text.error())};
  for (const auto* schema : {"ns.predictor", "ns.costs", "ns.device"})
    if (text->substr(0, 200).find(fmt::format("\"schema\": \"{}/", schema)) != std::string::npos)
      return schema;
  constexpr std::string_view gzip = "\x1f\x8b";
  if (text->substr(0, 200).find("\"ns.profile/") != std::string::npos || text->substr(0, 2) == gzip)
    return bad_input(fmt::format("{}: is a profile; make a predictor of it with ns-fit first", path));
  const auto document = JsonDocument::parse(*text, path);
  if (!document) return tl::unexpected{document.error()};
  const auto schema = document->root().text("schema");
  if (!schema)
    return bad_input(
        fmt::format("{}: no 'schema'; expected ns.device/1, ns.predictor/1 or ns.costs/1", path));
  return schema->substr(0, schema->find('/'));
}

Result<Costs> from_predictor(const std::string& path, const Net& net, Device device,
                             const PredictOptions& options) {
  std::vector<std::string_view> types;
  const auto folded = fold(net);  // idioms have types that the file's layers need not have
  for (const auto& layer : folded.layers)
    if (const auto type = model_type(layer.params); std::ranges::find(types, type) == types.end())
      types.push_back(type);
  const auto predictor = Predictor::load(path, types);
  if (!predictor) return tl::unexpected{predictor.error()};
  if (device.name.empty()) device.name = predictor->device();
  return predict_costs(folded, *predictor, device, options);
}

Result<Costs> from_costs(const std::string& path, const Device& device) {
  auto costs = read_costs(path);
  if (!costs) return costs;
  if (!device.name.empty()) costs->device = device.name;
  if (costs->device.empty()) costs->device = path;
  if (device.busy) costs->busy = device.busy;
  if (device.idle) costs->idle = device.idle;
  if (!device.power_source.empty()) costs->power_source = device.power_source;
  costs->modelled_device = costs->modelled_device || device.modelled;
  scale_times(*costs, device.time_scale);
  return costs;
}

Result<Costs> from_device(const Device& device, const Net& net, const PredictOptions& options) {
  if (!device.costs.empty()) return from_costs(device.costs, device);
  if (!device.predictor.empty()) return from_predictor(device.predictor, net, device, options);
  return failure(Errc::no_model,
                 fmt::format("device {} has no predictor; profile it with ns-profile, fit it with "
                             "ns-fit, and name the result in its device file",
                             device.name));
}

Result<Costs> from_file(const std::string& path, const Net& net, const PredictOptions& options) {
  const auto schema = schema_of(path);
  if (!schema) return tl::unexpected{schema.error()};
  if (*schema == "ns.costs") return from_costs(path, Device{});
  if (*schema == "ns.predictor") return from_predictor(path, net, Device{}, options);
  if (*schema != "ns.device")
    return bad_input(
        fmt::format("{}: schema is '{}'; expected ns.device, ns.predictor or ns.costs", path, *schema));
  const auto device = read_device(path);
  if (!device) return tl::unexpected{device.error()};
  return from_device(*device, net, options);
}

/// An interval holds at its own level only.
void drop_other_level(Costs& costs, double level) {
  if ((!costs.interval_factor && !costs.energy_factor) || costs.interval_level == level) return;
  costs.warnings.push_back(fmt::format("the costs of {} have an interval at level {}, not {}; it is left out",
                                       costs.device, costs.interval_level, level));
  costs.interval_factor.reset();
  costs.energy_factor.reset();
}

}  // namespace

Result<Costs> find_side(const std::string& name, const Net& net, std::span<const std::string> folders,
                        const PredictOptions& options) {
  const auto path = locate_device(name, folders);
  auto costs = Result<Costs>{failure(Errc::no_model, "")};
  if (path) {
    costs = from_file(*path, net, options);
  } else {
    const auto device = find_device(name, folders);
    if (!device) return tl::unexpected{device.error()};
    costs = from_device(*device, net, options);
  }
  if (costs) drop_other_level(*costs, options.interval_level);
  return costs;
}

}  // namespace ns
