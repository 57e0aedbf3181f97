/// The room of writing elements to indexed places.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// The first input with some elements replaced by, or combined with, those of `updates`. elements: one index
/// per update, along `axis`. nd: the last axis of the indices names one place. Inputs: data, indices,
/// updates. The first two may be stored: `indices` and `data` hold their extents then, `dtype` the element
/// type of such data (sums that begin with zeros).
struct Scatter {
  static constexpr std::string_view type = "scatter";

  enum class Kind { elements, nd };
  enum class Combine { replace, add, mul, max, min };

  Kind kind = Kind::elements;
  std::int64_t axis = 0;
  Combine combine = Combine::replace;
  std::vector<std::int64_t> indices{};
  std::vector<std::int64_t> data{};
  DType dtype = DType::float32;

  friend bool operator==(const Scatter&, const Scatter&) = default;
};

inline constexpr std::array scatter_kinds{
    Choice<Scatter::Kind>{Scatter::Kind::elements, "elements"},
    Choice<Scatter::Kind>{Scatter::Kind::nd, "nd"},
};
inline constexpr std::array scatter_combines{
    Choice<Scatter::Combine>{Scatter::Combine::replace, "replace"},
    Choice<Scatter::Combine>{Scatter::Combine::add, "add"},
    Choice<Scatter::Combine>{Scatter::Combine::mul, "mul"},
    Choice<Scatter::Combine>{Scatter::Combine::max, "max"},
    Choice<Scatter::Combine>{Scatter::Combine::min, "min"},
};

void fields(auto& io, Room<Scatter> auto& layer) {
  io.choice(layer.kind, std::span<const Choice<Scatter::Kind>>{scatter_kinds});
  io.number("axis", layer.axis, 0);
  io.choice("combine", layer.combine, std::span<const Choice<Scatter::Combine>>{scatter_combines},
            Scatter::Combine::replace);
  io.list("indices", layer.indices);
  io.list("data", layer.data);
  io.element("dtype", layer.dtype, DType::float32);
}

/// The data's own type; bad_input if indices or updates do not fit it.
Result<std::vector<TensorType>> output_types(const Scatter& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Scatter& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Scatter& layer, const Signature& tensors);

std::vector<Weight> weights(const Scatter& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Scatter& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Scatter& layer, const Signature& tensors);

/// The kind, how values are combined, and whether the data is stored.
std::string category(const Scatter& layer, const Signature& tensors);

/// The data's type and the indices' shape, stored or not. Precondition: as many inputs as are not stored.
TensorType data_of(const Scatter& layer, const std::vector<TensorType>& inputs);
Shape indices_of(const Scatter& layer, const std::vector<TensorType>& inputs);

}  // namespace ns
