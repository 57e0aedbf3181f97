#include "partition/device.hpp"

#include "core/json.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>

namespace ns {
namespace {

namespace fs = std::filesystem;

/// A path in a device file, seen from where the program runs.
std::string beside(const std::string& device_path, const std::string& path) {
  if (path.empty() || fs::path{path}.is_absolute()) return path;
  return (fs::path{device_path}.parent_path() / path).string();
}

Result<void> read_texts(const JsonValue& root, Device& device) {
  auto name = root.text("name");
  if (!name) return tl::unexpected{name.error()};
  device.name = std::move(*name);
  const std::array texts{std::pair{"backend", &device.backend},
                         std::pair{"power_source", &device.power_source},
                         std::pair{"predictor", &device.predictor}, std::pair{"costs", &device.costs},
                         std::pair{"source", &device.source}};
  for (const auto& [key, target] : texts) {
    auto text = root.text_or(key, "");
    if (!text) return tl::unexpected{text.error()};
    *target = std::move(*text);
  }
  return {};
}

Result<void> read_watts(const JsonValue& root, std::string_view key, std::optional<Watts>& watts) {
  if (!root.find(key)) return {};
  const auto value = root.number(key);
  if (!value) return tl::unexpected{value.error()};
  if (*value < 0.0) return bad_input(fmt::format("'{}' is {}; it must be at least 0", key, *value));
  watts = Watts{*value};
  return {};
}

Result<Device> parse_device(const JsonValue& root) {
  Device device;
  auto status = read_texts(root, device);
  if (status) status = read_watts(root, "busy_w", device.busy);
  if (status) status = read_watts(root, "idle_w", device.idle);
  if (!status) return tl::unexpected{status.error()};
  const auto scale = root.number_or("time_scale", 1.0);
  if (!scale) return tl::unexpected{scale.error()};
  if (*scale <= 0.0) return bad_input(fmt::format("'time_scale' is {}; it must be above 0", *scale));
  const auto modelled = root.boolean_or("modelled", *scale != 1.0);
  if (!modelled) return tl::unexpected{modelled.error()};
  device.time_scale = *scale;
  device.modelled = *modelled || *scale != 1.0;
  if (device.busy && device.idle && *device.busy < *device.idle)
    return bad_input("'busy_w' is below 'idle_w'; a busy device draws no less than an idle one");
  if ((device.busy || device.idle) && device.power_source.empty())
    return bad_input("'power_source' is missing; say where the watts come from, or \"assumed\"");
  return device;
}

/// The backend that has no settings.
constexpr std::string_view plain_loops = "reference";

/// Names of the device files in `folders`, sorted, each once.
std::vector<std::string> names_in(std::span<const std::string> folders) {
  std::vector<std::string> names;
  for (const auto& folder : folders) {
    std::error_code none;
    for (const auto& entry : fs::directory_iterator{folder, none}) {
      const auto& path = entry.path();
      const auto document =
          path.extension() == ".json" && entry.is_regular_file(none) && entry.file_size(none) < 65536
              ? JsonDocument::load(path.string())
              : Result<JsonDocument>{failure(Errc::io, "")};
      if (document && document->expect_schema("ns.device")) names.push_back(path.stem().string());
    }
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

}  // namespace

Result<Device> read_device(const std::string& path) {
  const auto document = JsonDocument::load(path);
  if (!document) return tl::unexpected{document.error()};
  if (const auto schema = document->expect_schema("ns.device"); !schema)
    return tl::unexpected{schema.error()};
  auto device = parse_device(document->root());
  if (!device) return failure_within(std::move(device), path);
  device->path = path;
  device->predictor = beside(path, device->predictor);
  device->costs = beside(path, device->costs);
  return device;
}

std::optional<std::string> locate_device(const std::string& name, std::span<const std::string> folders) {
  std::error_code none;
  for (const auto& folder : folders) {
    const auto path = fs::path{folder} / (name + ".json");
    if (fs::is_regular_file(path, none)) return path.string();
  }
  if (name == "-" || fs::exists(name, none)) return name;
  return std::nullopt;
}

Error unknown_device(const std::string& name, std::span<const std::string> folders) {
  const auto names = names_in(folders);
  auto hint = suggestion(name, names);
  if (hint.empty())
    hint = names.empty() ? "; no device file was found" : fmt::format("; there is {}", list_of(names));
  return {Errc::usage, fmt::format("no device '{}'{}", name, hint)};
}

Result<Device> find_device(const std::string& name, std::span<const std::string> folders) {
  if (const auto path = locate_device(name, folders)) return read_device(*path);
  const auto colon = name.find(':');
  if (name == plain_loops || (colon != std::string::npos && colon > 0)) {
    Device device;
    device.name = name;
    device.backend = name;
    return device;
  }
  return tl::unexpected{unknown_device(name, folders)};
}

}  // namespace ns
