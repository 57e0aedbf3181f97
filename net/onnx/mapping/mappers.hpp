/// Which room of net/layers a node belongs to, with the room's parameters filled in.
#pragma once

#include "net/layer.hpp"
#include "net/onnx/mapping/mapped_node.hpp"

#include <optional>

namespace ns::onnx {

/// The room that reads `node.inputs` and makes `node.outputs`; nothing where no room describes what this node
/// does. Whether types agree is for the caller to see.
std::optional<LayerParams> room_of(const MappedNode& node);

// One per family of operators, each nothing for attributes that its room does not know.
namespace mappers {
std::optional<LayerParams> conv(const MappedNode& node);
std::optional<LayerParams> quantised_conv(const MappedNode& node);
std::optional<LayerParams> dynamic_conv(const MappedNode& node);  // of ConvInteger, see DynamicProduct
std::optional<LayerParams> deconv(const MappedNode& node);
std::optional<LayerParams> max_pool(const MappedNode& node);
std::optional<LayerParams> average_pool(const MappedNode& node);
std::optional<LayerParams> global_max_pool(const MappedNode& node);
std::optional<LayerParams> global_average_pool(const MappedNode& node);
std::optional<LayerParams> resize(const MappedNode& node);
std::optional<LayerParams> matmul(const MappedNode& node);
std::optional<LayerParams> gemm(const MappedNode& node);
std::optional<LayerParams> quantised_product(const MappedNode& node);
std::optional<LayerParams> dynamic_fc(const MappedNode& node);  // of MatMulInteger, likewise
std::optional<LayerParams> einsum(const MappedNode& node);
std::optional<LayerParams> attention(const MappedNode& node);
std::optional<LayerParams> multi_head_attention(const MappedNode& node);
std::optional<LayerParams> recurrent(const MappedNode& node);
std::optional<LayerParams> dynamic_lstm(const MappedNode& node);
std::optional<LayerParams> activation(const MappedNode& node);
std::optional<LayerParams> clip(const MappedNode& node);
std::optional<LayerParams> prelu(const MappedNode& node);
std::optional<LayerParams> arithmetic(const MappedNode& node);
std::optional<LayerParams> cast(const MappedNode& node);
std::optional<LayerParams> scaled_cast(const MappedNode& node);
std::optional<LayerParams> batch_norm(const MappedNode& node);
std::optional<LayerParams> lrn(const MappedNode& node);
std::optional<LayerParams> layer_norm(const MappedNode& node);
std::optional<LayerParams> instance_norm(const MappedNode& node);
std::optional<LayerParams> group_norm(const MappedNode& node);
std::optional<LayerParams> softmax(const MappedNode& node);
std::optional<LayerParams> reduce(const MappedNode& node);
std::optional<LayerParams> argmax(const MappedNode& node);
std::optional<LayerParams> topk(const MappedNode& node);
std::optional<LayerParams> cumsum(const MappedNode& node);
std::optional<LayerParams> concat(const MappedNode& node);
std::optional<LayerParams> split(const MappedNode& node);
std::optional<LayerParams> crop(const MappedNode& node);
std::optional<LayerParams> pad(const MappedNode& node);
std::optional<LayerParams> expand(const MappedNode& node);
std::optional<LayerParams> tile(const MappedNode& node);
std::optional<LayerParams> transpose(const MappedNode& node);
std::optional<LayerParams> depth_space(const MappedNode& node);
std::optional<LayerParams> reshape(const MappedNode& node);
std::optional<LayerParams> identity(const MappedNode& node);
std::optional<LayerParams> dropout(const MappedNode& node);
std::optional<LayerParams> gather(const MappedNode& node);
std::optional<LayerParams> scatter(const MappedNode& node);
}  // namespace mappers

}  // namespace ns::onnx
