/// What ns-profile was asked for, resolved: the device opened, everything to be measured listed.
#pragma once

#include "kernels/backend.hpp"
#include "net/onnx/infer.hpp"
#include "partition/device.hpp"
#include "profiler/session.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// The command line as it was typed.
struct ProfileOptions {
  std::string device;
  std::vector<std::string> sweeps;
  std::vector<std::string> nets;
  onnx::Bindings bindings;  // of free dimensions of ONNX models among them
  std::string profile;
  std::string time_limit;
  std::string row_limit = "250ms";
  std::int64_t seed = 1;
  std::optional<std::int64_t> count;
  std::string quantity = "latency";
  std::vector<std::string> meters;
  std::optional<std::int64_t> configs;
  std::string sysfs_root = "/";
  bool dry_run = false;
  bool no_verify = false;
  bool whole_nets_only = false;
};

struct ProfileRequest {
  Device device;
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Backend> reference;  // none if nothing is verified
  MeasurePolicy policy;
  std::shared_ptr<PowerPass> power;  // none where latency is measured
  std::optional<Seconds> time_limit;
  std::vector<Job> jobs;  // nets (with their groups), then the device's border, then the sweep
};

/// Checks every option, reads every file, opens the backends; measures nothing.
Result<ProfileRequest> resolve(const ProfileOptions& options);

}  // namespace ns
