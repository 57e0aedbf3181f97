/// The room of moving blocks of pixels into channels and back.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// depth_to_space: [N, C, H, W] -> [N, C / block^2, H * block, W * block]; space_to_depth is its inverse.
/// Order: `dcr`, the channels of one block position side by side (the outer axis), or `crd`, each channel's
/// block positions side by side.
struct DepthSpace {
  static constexpr std::string_view type = "depth_space";

  enum class Kind { depth_to_space, space_to_depth };
  enum class Order { dcr, crd };

  Kind kind = Kind::depth_to_space;
  std::int64_t block = 2;
  Order order = Order::dcr;

  friend bool operator==(const DepthSpace&, const DepthSpace&) = default;
};

inline constexpr std::array depth_space_kinds{
    Choice<DepthSpace::Kind>{DepthSpace::Kind::depth_to_space, "depth_to_space"},
    Choice<DepthSpace::Kind>{DepthSpace::Kind::space_to_depth, "space_to_depth"},
};
inline constexpr std::array depth_space_orders{
    Choice<DepthSpace::Order>{DepthSpace::Order::dcr, "dcr"},
    Choice<DepthSpace::Order>{DepthSpace::Order::crd, "crd"},
};

void fields(auto& io, Room<DepthSpace> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<DepthSpace::Kind>>{depth_space_kinds});
  io.number("block", layer.block, 2);
  io.choice("order", layer.order, std::span<const Choice<DepthSpace::Order>>{depth_space_orders},
            DepthSpace::Order::dcr);
}

/// bad_input unless the input is [N, C, H, W] and the block divides what it must.
Result<std::vector<TensorType>> output_types(const DepthSpace& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const DepthSpace& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const DepthSpace& layer, const Signature& tensors);

std::vector<Weight> weights(const DepthSpace& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const DepthSpace& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const DepthSpace& layer, const Signature& tensors);

/// The kind and the block.
std::string category(const DepthSpace& layer, const Signature& tensors);

}  // namespace ns
