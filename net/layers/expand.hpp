/// The room of broadcasting to other extents.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// The input repeated along axes of extent 1 until it fits `extents`, aligned at the right; broadcasting goes
/// both ways, as in ONNX.
struct Expand {
  static constexpr std::string_view type = "expand";

  std::vector<std::int64_t> extents{};

  friend bool operator==(const Expand&, const Expand&) = default;
};

void fields(auto& io, Room<Expand> auto& layer) { io.list("extents", layer.extents); }

/// bad_input if the shapes do not broadcast.
Result<std::vector<TensorType>> output_types(const Expand& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Expand& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Expand& layer, const Signature& tensors);

std::vector<Weight> weights(const Expand& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Expand& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Expand& layer, const Signature& tensors);

/// Whether rows are copied whole or each element repeated.
std::string category(const Expand& layer, const Signature& tensors);

}  // namespace ns
