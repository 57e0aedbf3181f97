/// The room of picking elements by index.
#pragma once

#include "net/layers/fields.hpp"
#include "net/layers/signature.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ns {

/// rows: the slices along `axis` that the indices name take the axis' place. elements: one element per index,
/// in the indices' place off `axis`. nd: the last axis of the indices names one place in the data, behind
/// `batch` leading axes that both share. Negative indices count from the end. Inputs: data and indices.
/// Either may be stored: `table` holds the extents of stored data (an embedding; then `dtype` is its element
/// type), `indices` those of stored indices; `single`: one stored index, whose axis vanishes (rows).
struct Gather {
  static constexpr std::string_view type = "gather";

  enum class Kind { rows, elements, nd };

  Kind kind = Kind::rows;
  std::int64_t axis = 0;
  std::vector<std::int64_t> table{};
  DType dtype = DType::float32;
  std::vector<std::int64_t> indices{};
  bool single = false;
  std::int64_t batch = 0;

  friend bool operator==(const Gather&, const Gather&) = default;
};

inline constexpr std::array gather_kinds{
    Choice<Gather::Kind>{Gather::Kind::rows, "rows"},
    Choice<Gather::Kind>{Gather::Kind::elements, "elements"},
    Choice<Gather::Kind>{Gather::Kind::nd, "nd"},
};

void fields(auto& io, Room<Gather> auto& layer) {
  io.choice("kind", layer.kind, std::span<const Choice<Gather::Kind>>{gather_kinds}, Gather::Kind::rows);
  io.number("axis", layer.axis, 0);
  io.list("table", layer.table);
  io.element("dtype", layer.dtype, DType::float32);
  io.list("indices", layer.indices);
  io.flag("single", layer.single, false);
  io.number("batch", layer.batch, 0);
}

/// bad_input for an axis that the data lacks, ranks that do not fit, or a wrong number of inputs.
Result<std::vector<TensorType>> output_types(const Gather& layer, const std::vector<TensorType>& inputs);

/// 0.
Macs macs(const Gather& layer, const Signature& tensors);

/// 0: it moves data.
Flops flops(const Gather& layer, const Signature& tensors);

std::vector<Weight> weights(const Gather& layer, const std::vector<TensorType>& inputs);
std::vector<Feature> features(const Gather& layer, const Signature& tensors);

/// Sizes of input and output.
std::vector<Feature> paper_variables(const Gather& layer, const Signature& tensors);

/// The kind, and whether the data is a stored table.
std::string category(const Gather& layer, const Signature& tensors);

/// The data's type and the indices' shape, stored or not. Precondition: output_types() accepts the inputs.
TensorType data_of(const Gather& layer, const std::vector<TensorType>& inputs);
Shape indices_of(const Gather& layer, const std::vector<TensorType>& inputs);

}  // namespace ns
