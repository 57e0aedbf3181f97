/// A named device: backend and settings, predictor, idle power (ns.device/1, data/devices/NAME.json).
#pragma once

#include "core/error.hpp"
#include "core/units.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ns {

struct Device {
  std::string name;
  std::string path;         // of its file; empty if there is none
  std::string backend;      // "onednn:threads=1,isa=sse41"; empty if it only has costs
  double time_scale = 1.0;  // on all its times; other than 1 makes it a modelled device
  bool modelled = false;
  std::optional<Watts> busy;
  std::optional<Watts> idle;
  std::string power_source;  // "assumed", or where the watts come from
  std::string predictor;     // path, resolved against the device file's folder
  std::string costs;         // path likewise: a costs file of one net instead of a predictor
  std::string source;        // what it is and where its numbers come from
};

/// Reads one device file.
Result<Device> read_device(const std::string& path);

/// The file that `name` means: name.json in each folder in order, else the file of that name; or nothing.
std::optional<std::string> locate_device(const std::string& name, std::span<const std::string> folders);

/// The usage error for a name that means nothing: it lists what there is, with a suggestion.
Error unknown_device(const std::string& name, std::span<const std::string> folders);

/// What `--device X` names: X.json in each folder of `folders` in order, else the file X, else, if X looks
/// like "backend:settings" or is "reference", a device without predictor. usage error listing what there is,
/// with a suggestion.
Result<Device> find_device(const std::string& name, std::span<const std::string> folders);

}  // namespace ns
