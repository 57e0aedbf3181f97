// Pools, activations, softmax, lrn and reductions of the fake cuDNN.
#include "dnn.hpp"
#include "net/layers/act.hpp"
#include "net/layers/norm.hpp"
#include "net/layers/pool.hpp"
#include "net/layers/reduce.hpp"
#include "net/layers/softmax.hpp"

#include <array>
#include <optional>

namespace {

/// Only half of the types of 16 bits is documented for these calls.
bool is_known(cudaDataType_t type) { return type == CUDA_R_32F || type == CUDA_R_16F; }

/// y is what `layer` makes of x, of the same or of other extents.
template <class Layer>
cudnnStatus_t compute(cudnnHandle_t handle, const Layer& layer, const cudnnTensorStruct& in, const void* x,
                      const cudnnTensorStruct& out, void* y) {
  if (in.type != out.type || !is_known(in.type) || !fakegpu::are_alike(in, out))
    return CUDNN_STATUS_NOT_SUPPORTED;
  const double flops = static_cast<double>(fakegpu::elements_of(in.extents));
  return fakegpu::enqueue_dnn(
      handle,
      {{x, fakegpu::elements_of(in.extents), in.type}, {y, fakegpu::elements_of(out.extents), out.type}},
      flops, [=] {
        const auto input = fakegpu::read_as(x, in);
        fakegpu::write_as(y, fakegpu::computed(layer, input, {}, ns::Shape{out.extents}), out);
      });
}

std::optional<ns::Act> act_of(const cudnnActivationStruct& activation) {
  switch (activation.mode) {
    case CUDNN_ACTIVATION_RELU:
      return ns::Act{ns::Act::Kind::relu};
    case CUDNN_ACTIVATION_CLIPPED_RELU:
      return ns::Act{ns::Act::Kind::clip, 0.0, activation.coefficient};
    case CUDNN_ACTIVATION_SIGMOID:
      return ns::Act{ns::Act::Kind::sigmoid};
    case CUDNN_ACTIVATION_TANH:
      return ns::Act{ns::Act::Kind::tanh};
    case CUDNN_ACTIVATION_ELU:
      return ns::Act{ns::Act::Kind::elu, activation.coefficient};
    default:
      return {};
  }
}

struct Operation {
  cudnnReduceTensorOp_t operation;
  ns::Reduce::Kind kind;
};

constexpr std::array operations{
    Operation{CUDNN_REDUCE_TENSOR_ADD, ns::Reduce::Kind::sum},
    Operation{CUDNN_REDUCE_TENSOR_AVG, ns::Reduce::Kind::mean},
    Operation{CUDNN_REDUCE_TENSOR_MAX, ns::Reduce::Kind::max},
    Operation{CUDNN_REDUCE_TENSOR_MIN, ns::Reduce::Kind::min},
    Operation{CUDNN_REDUCE_TENSOR_MUL, ns::Reduce::Kind::prod},
    Operation{CUDNN_REDUCE_TENSOR_NORM1, ns::Reduce::Kind::l1},
    Operation{CUDNN_REDUCE_TENSOR_NORM2, ns::Reduce::Kind::l2},
};

constexpr std::size_t reduction_workspace = 512;

}  // namespace

cudnnStatus_t cudnnPoolingForward(cudnnHandle_t handle, const cudnnPoolingDescriptor_t pooling,
                                  const void* alpha, const cudnnTensorDescriptor_t x, const void* x_memory,
                                  const void* beta, const cudnnTensorDescriptor_t y, void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnPoolingForward"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  ns::Pool layer;
  layer.kind = pooling->mode == CUDNN_POOLING_MAX ? ns::Pool::Kind::max : ns::Pool::Kind::average;
  layer.count_pad = pooling->mode == CUDNN_POOLING_AVERAGE_COUNT_INCLUDE_PADDING;
  layer.kernel = pooling->kernel;
  layer.stride = pooling->stride;
  layer.pad = pooling->pad;
  layer.pad.insert(layer.pad.end(), pooling->pad.begin(), pooling->pad.end());
  const auto out = ns::output_types(layer, {{ns::Shape{x->extents}}});
  if (!out || out->front().shape != ns::Shape{y->extents} || !fakegpu::is_plain(alpha, beta))
    return CUDNN_STATUS_BAD_PARAM;
  return compute(handle, layer, *x, x_memory, *y, y_memory);
}

cudnnStatus_t cudnnActivationForward(cudnnHandle_t handle, cudnnActivationDescriptor_t activation,
                                     const void* alpha, const cudnnTensorDescriptor_t x, const void* x_memory,
                                     const void* beta, const cudnnTensorDescriptor_t y, void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnActivationForward"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  const auto layer = act_of(*activation);
  if (!layer || x->extents != y->extents || !fakegpu::is_plain(alpha, beta)) return CUDNN_STATUS_BAD_PARAM;
  return compute(handle, *layer, *x, x_memory, *y, y_memory);
}

cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t handle, cudnnSoftmaxAlgorithm_t algorithm,
                                  cudnnSoftmaxMode_t mode, const void* alpha, const cudnnTensorDescriptor_t x,
                                  const void* x_memory, const void* beta, const cudnnTensorDescriptor_t y,
                                  void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSoftmaxForward"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  if (mode != CUDNN_SOFTMAX_MODE_CHANNEL || x->extents != y->extents || !fakegpu::is_plain(alpha, beta))
    return CUDNN_STATUS_BAD_PARAM;
  const ns::Softmax layer{1,
                          algorithm == CUDNN_SOFTMAX_LOG ? ns::Softmax::Kind::log : ns::Softmax::Kind::soft};
  return compute(handle, layer, *x, x_memory, *y, y_memory);
}

cudnnStatus_t cudnnLRNCrossChannelForward(cudnnHandle_t handle, cudnnLRNDescriptor_t lrn, cudnnLRNMode_t,
                                          const void* alpha, const cudnnTensorDescriptor_t x,
                                          const void* x_memory, const void* beta,
                                          const cudnnTensorDescriptor_t y, void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnLRNCrossChannelForward"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  if (x->extents != y->extents || !fakegpu::is_plain(alpha, beta)) return CUDNN_STATUS_BAD_PARAM;
  ns::Norm layer;
  layer.size = lrn->size;
  layer.alpha = lrn->alpha;
  layer.beta = lrn->beta;
  layer.k = lrn->k;
  return compute(handle, layer, *x, x_memory, *y, y_memory);
}

cudnnStatus_t cudnnGetReductionWorkspaceSize(cudnnHandle_t, const cudnnReduceTensorDescriptor_t,
                                             const cudnnTensorDescriptor_t, const cudnnTensorDescriptor_t,
                                             std::size_t* bytes) {
  *bytes = reduction_workspace;
  return fakegpu::begin_dnn("cudnnGetReductionWorkspaceSize");
}

cudnnStatus_t cudnnReduceTensor(cudnnHandle_t handle, const cudnnReduceTensorDescriptor_t reduction, void*,
                                std::size_t, void* workspace, std::size_t bytes, const void* alpha,
                                const cudnnTensorDescriptor_t x, const void* x_memory, const void* beta,
                                const cudnnTensorDescriptor_t y, void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnReduceTensor"); begun != CUDNN_STATUS_SUCCESS) return begun;
  ns::Reduce layer;
  for (const Operation& operation : operations)
    if (operation.operation == reduction->operation) layer.kind = operation.kind;
  if (x->extents.size() != y->extents.size() || x->extents == y->extents || !fakegpu::is_plain(alpha, beta))
    return CUDNN_STATUS_BAD_PARAM;
  for (std::size_t axis = 0; axis < x->extents.size(); ++axis) {
    if (x->extents[axis] == y->extents[axis]) continue;
    if (y->extents[axis] != 1) return CUDNN_STATUS_BAD_PARAM;
    layer.axes.push_back(static_cast<std::int64_t>(axis));
  }
  if (bytes < reduction_workspace || !fakegpu::is_device_memory(workspace, bytes))
    return CUDNN_STATUS_BAD_PARAM;
  return compute(handle, layer, *x, x_memory, *y, y_memory);
}
