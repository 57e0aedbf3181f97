/// Tensors on their way from a model into a half of it: copied, or moved into a file beside it.
#pragma once

#include "net/onnx/export/external_files.hpp"
#include "net/onnx/export/rope.hpp"
#include "net/onnx/model.hpp"
#include "net/onnx/parse_parts.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

namespace ns::onnx {

/// Whether a node, or a graph inside it, holds a tensor whose elements are in another file.
bool has_external(const Node& node);

class Weights {
 public:
  /// Elements of large tensors go to the file `beside` (its name; none: all stand in the model). Errors stand
  /// in the wire of `parsing`. Both outlive it.
  Weights(ExternalFiles& files, Parsing& parsing, std::optional<std::string> beside)
      : files_{files}, parsing_{parsing}, beside_{std::move(beside)} {}

  /// A TensorProto; `name` replaces its own where it is not null.
  Rope tensor(const TensorData& tensor, const std::string* name = nullptr);
  /// A SparseTensorProto.
  Rope sparse_tensor(Range message, const std::string* name = nullptr);

  /// What belongs into the file beside the model, so far.
  [[nodiscard]] const Rope& data() const { return data_; }

  /// Smaller tensors stay in the model.
  static constexpr std::uint64_t smallest_outside = 1024;
  /// Of tensors in the file beside the model, so that it can be mapped.
  static constexpr std::uint64_t alignment = 4096;

 private:
  std::uint64_t place_outside(const ExternalFiles::Place& place);

  ExternalFiles& files_;
  Parsing& parsing_;
  std::optional<std::string> beside_;
  Rope data_;
  std::map<std::tuple<FileId, std::uint64_t, std::uint64_t>, std::uint64_t>
      placed_;  // tensors that share bytes
};

}  // namespace ns::onnx
