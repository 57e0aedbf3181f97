/// What the options of ns-partition ask for, checked.
#pragma once

#include "apps/export_options.hpp"
#include "apps/partition_answer.hpp"
#include "core/error.hpp"
#include "net/onnx/infer.hpp"
#include "partition/objective.hpp"
#include "partition/predicted_costs.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace ns {

/// As typed.
struct PartitionOptions {
  std::string net;
  onnx::Bindings bindings;
  std::string device;
  std::string server;
  std::string link;
  std::string load;
  std::string queue_wait;
  std::string radio = "steady";
  std::string objective = "latency";
  std::string energy = "full";
  std::string result = "device";
  std::vector<std::string> input_bytes;
  std::vector<std::string> pins;
  bool critical = false;
  bool keep_input = false;
  bool sweep_asked = false;
  std::string sweep;
  std::string top;
  std::string interval = "0.9";
  bool allow_missing = false;
  bool no_fuse = false;
  ExportRequest exported;
};

struct PartitionRequest {
  Question question;
  PredictOptions predict;
  std::optional<Sweep> sweep;
  std::optional<std::size_t> top;
  bool alone = false;  // no server was named, and none is needed
};

/// usage error naming the option for anything that makes no sense.
Result<PartitionRequest> parse_request(const PartitionOptions& options);

}  // namespace ns
