/// How each of Caffe's layer types becomes a room of ours: one row a type.
#pragma once

#include "net/prototxt/writer.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace ns::prototxt {

/// What a maker sees: the layer's parameters, the types of its bottoms (at least one) and its number of tops.
/// Mistakes go into `params`.
struct Context {
  Params& params;
  const std::vector<TensorType>& inputs;
  std::size_t outputs = 1;
};

using Maker = LayerParams (*)(const Context& context);
using Special = Result<void> (*)(NetWriter& net, const LayerSource& layer);

struct Rule {
  std::string_view parameters{};  // the message that holds them: "convolution_param"
  Maker make = nullptr;           // one layer in, one layer out
  Special special = nullptr;      // everything else
};

/// Adds `layer` to `net` by its type's rule; an unknown type becomes opaque with a warning.
Result<void> add_layer(NetWriter& net, const LayerSource& layer);

// windows.cpp
LayerParams make_convolution(const Context& context);
LayerParams make_depthwise_convolution(const Context& context);
LayerParams make_local(const Context& context);
LayerParams make_deconvolution(const Context& context);
Result<void> add_pooling(NetWriter& net, const LayerSource& layer);

// elementwise.cpp
LayerParams make_relu(const Context& context);
LayerParams make_prelu(const Context& context);
LayerParams make_elu(const Context& context);
LayerParams make_clip(const Context& context);
LayerParams make_power(const Context& context);
LayerParams make_lrn(const Context& context);
LayerParams make_batch_norm(const Context& context);
LayerParams make_affine_batch_norm(const Context& context);
LayerParams make_eltwise(const Context& context);
Result<void> add_scale(NetWriter& net, const LayerSource& layer);
Result<void> add_exponential(NetWriter& net, const LayerSource& layer);
Result<void> add_logarithm(NetWriter& net, const LayerSource& layer);
Result<void> add_swish(NetWriter& net, const LayerSource& layer);
template <Act::Kind kind>
LayerParams make_act(const Context&) {
  return Act{.kind = kind};
}

// shapes.cpp
LayerParams make_softmax(const Context& context);
LayerParams make_concat(const Context& context);
LayerParams make_slice(const Context& context);
LayerParams make_flatten(const Context& context);
LayerParams make_reshape(const Context& context);
Result<void> add_inner_product(NetWriter& net, const LayerSource& layer);
Result<void> add_argmax(NetWriter& net, const LayerSource& layer);

// opaque.cpp: types whose output is known although their cost is not
LayerParams make_opaque(std::string_view op, std::vector<TensorType> outputs);
LayerParams make_permute(const Context& context);
LayerParams make_crop(const Context& context);
LayerParams make_tile(const Context& context);
LayerParams make_reduction(const Context& context);
LayerParams make_recurrent(const Context& context);
LayerParams make_padding(const Context& context);
template <const char* op>
LayerParams make_same_shape(const Context& context) {
  return make_opaque(op, {context.inputs[0]});
}
Result<void> add_unknown(NetWriter& net, const LayerSource& layer);

// sources.cpp: where tensors come from and where they go
Result<void> add_input_layer(NetWriter& net, const LayerSource& layer);
Result<void> add_memory_data(NetWriter& net, const LayerSource& layer);
Result<void> add_dummy_data(NetWriter& net, const LayerSource& layer);
Result<void> add_stored_data(NetWriter& net, const LayerSource& layer);
Result<void> drop_training(NetWriter& net, const LayerSource& layer);
Result<void> drop_softmax_loss(NetWriter& net, const LayerSource& layer);
Result<void> drop_silence(NetWriter& net, const LayerSource& layer);

/// `axis` of a tensor of rank `rank`, counted from the end where negative; a mistake in `params` if there is
/// none.
std::size_t axis_of(Params& params, std::string_view key, std::int64_t axis, std::size_t rank);

}  // namespace ns::prototxt
