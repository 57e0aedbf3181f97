// Handles and descriptors of the fake cuDNN. It refuses what the real one is documented to refuse.
#include "dnn.hpp"

#include <cstring>
#include <numeric>

namespace {

constexpr int fewest_axes = 4;
constexpr int fewest_of_states = 3;  // those of recurrent layers
constexpr int most_axes = 8;

std::vector<std::int64_t> list_of(int count, const int* values) { return {values, values + count}; }

bool all_at_least(const std::vector<std::int64_t>& values, std::int64_t least) {
  for (const auto value : values)
    if (value < least) return false;
  return true;
}

}  // namespace

using fakegpu::create;
using fakegpu::destroy;

namespace fakegpu {

cudnnStatus_t begin_dnn(const char* name) {
  return begin_call(name) ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_EXECUTION_FAILED;
}

std::int64_t elements_of(const std::vector<std::int64_t>& extents) {
  return std::accumulate(extents.begin(), extents.end(), std::int64_t{1}, std::multiplies<>{});
}

std::optional<cudaDataType_t> type_of(cudnnDataType_t type) {
  if (type == CUDNN_DATA_FLOAT) return CUDA_R_32F;
  if (type == CUDNN_DATA_HALF) return CUDA_R_16F;
  if (type == CUDNN_DATA_BFLOAT16) return CUDA_R_16BF;
  return {};
}

bool are_alike(const cudnnTensorStruct& x, const cudnnTensorStruct& y) {
  return x.channels_last == y.channels_last || elements_of(x.extents) == 1 || elements_of(y.extents) == 1;
}

std::int64_t place_of(std::int64_t index, const ns::Shape& shape, bool channels_last) {
  if (!channels_last) return index;
  const std::int64_t channels = shape[1];
  const std::int64_t plane = shape.elements(2, shape.rank());
  const std::int64_t channel = index / plane % channels;
  return (index / plane / channels * plane + index % plane) * channels + channel;
}

ns::Array read(const void* memory, const std::vector<std::int64_t>& extents, cudaDataType_t type,
               bool channels_last) {
  ns::Array array = ns::zeros(ns::DType::float32, ns::Shape{extents});
  std::int64_t index = 0;
  for (double& value : array.values)
    value = number_at(memory, place_of(index++, array.shape, channels_last), type);
  return array;
}

void write(void* memory, const ns::Array& array, cudaDataType_t type, bool channels_last) {
  std::int64_t index = 0;
  for (const double value : array.values)
    put_number(memory, place_of(index++, array.shape, channels_last), type, value);
}

cudnnStatus_t enqueue_dnn(cudnnHandle_t handle, const std::vector<Operand>& operands, double flops,
                          std::function<void()> compute) {
  double bytes = 0.0;
  for (const auto& [memory, elements, type] : operands) {
    const auto taken = static_cast<std::size_t>(elements) * size_of(type);
    if (!is_device_memory(memory, taken)) return CUDNN_STATUS_BAD_PARAM;
    bytes += static_cast<double>(taken);
  }
  enqueue(handle->stream, {launch_seconds + time_of_bytes(bytes) + time_of_flops(flops), std::move(compute)});
  return CUDNN_STATUS_SUCCESS;
}

bool is_plain(const void* alpha, const void* beta) {
  return *static_cast<const float*>(alpha) == 1.0F && *static_cast<const float*>(beta) == 0.0F;
}

}  // namespace fakegpu

std::size_t cudnnGetVersion() { return CUDNN_VERSION; }
std::size_t cudnnGetCudartVersion() { return CUDA_VERSION; }

const char* cudnnGetErrorString(cudnnStatus_t status) {
  switch (status) {
    case CUDNN_STATUS_SUCCESS:
      return "CUDNN_STATUS_SUCCESS";
    case CUDNN_STATUS_NOT_SUPPORTED:
      return "CUDNN_STATUS_NOT_SUPPORTED";
    case CUDNN_STATUS_BAD_PARAM:
      return "CUDNN_STATUS_BAD_PARAM";
    case CUDNN_STATUS_EXECUTION_FAILED:
      return "CUDNN_STATUS_EXECUTION_FAILED";
    default:
      return "CUDNN_STATUS_INTERNAL_ERROR";
  }
}

cudnnStatus_t cudnnCreate(cudnnHandle_t* handle) { return create("cudnnCreate", "cuDNN handle", handle); }
cudnnStatus_t cudnnDestroy(cudnnHandle_t handle) { return destroy("cudnnDestroy", "cuDNN handle", handle); }
cudnnStatus_t cudnnSetStream(cudnnHandle_t handle, cudaStream_t stream) {
  handle->stream = reinterpret_cast<CUstream>(stream);
  return fakegpu::begin_dnn("cudnnSetStream");
}

#define NS_OBJECT(Name, Type)                                                                              \
  cudnnStatus_t cudnnCreate##Name(Type* made) { return create("cudnnCreate" #Name, "cudnn" #Name, made); } \
  cudnnStatus_t cudnnDestroy##Name(Type made) { return destroy("cudnnDestroy" #Name, "cudnn" #Name, made); }
NS_OBJECT(TensorDescriptor, cudnnTensorDescriptor_t)
NS_OBJECT(FilterDescriptor, cudnnFilterDescriptor_t)
NS_OBJECT(ConvolutionDescriptor, cudnnConvolutionDescriptor_t)
NS_OBJECT(PoolingDescriptor, cudnnPoolingDescriptor_t)
NS_OBJECT(ActivationDescriptor, cudnnActivationDescriptor_t)
NS_OBJECT(LRNDescriptor, cudnnLRNDescriptor_t)
NS_OBJECT(ReduceTensorDescriptor, cudnnReduceTensorDescriptor_t)
#undef NS_OBJECT

cudnnStatus_t cudnnSetTensorNdDescriptor(cudnnTensorDescriptor_t tensor, cudnnDataType_t type, int count,
                                         const int* extents, const int* strides) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSetTensorNdDescriptor"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  const auto known = fakegpu::type_of(type);
  if (count < fewest_of_states || count > most_axes || !known) return CUDNN_STATUS_NOT_SUPPORTED;
  tensor->type = *known;
  tensor->extents = list_of(count, extents);
  if (!all_at_least(tensor->extents, 1)) return CUDNN_STATUS_BAD_PARAM;
  // Dense ones alone, of either order: this library's own limit.
  const auto is_dense = [&](std::vector<int> order) {
    std::int64_t step = 1;
    for (auto axis = order.rbegin(); axis != order.rend(); ++axis) {
      if (strides[*axis] != step) return false;
      step *= extents[*axis];
    }
    return true;
  };
  std::vector<int> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  if (is_dense(order)) return CUDNN_STATUS_SUCCESS;
  tensor->channels_last = true;
  return count == fewest_axes && is_dense({0, 2, 3, 1}) ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnSetFilterNdDescriptor(cudnnFilterDescriptor_t filter, cudnnDataType_t type,
                                         cudnnTensorFormat_t format, int count, const int* extents) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSetFilterNdDescriptor"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  const auto known = fakegpu::type_of(type);
  if (count < fewest_axes || count > most_axes || !known) return CUDNN_STATUS_NOT_SUPPORTED;
  filter->channels_last = format == CUDNN_TENSOR_NHWC;
  if (filter->channels_last && count != fewest_axes) return CUDNN_STATUS_NOT_SUPPORTED;
  filter->type = *known;
  filter->extents = list_of(count, extents);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetConvolutionNdDescriptor(cudnnConvolutionDescriptor_t convolution, int count,
                                              const int* pad, const int* stride, const int* dilation,
                                              cudnnConvolutionMode_t mode, cudnnDataType_t type) {
  const auto begun = fakegpu::begin_dnn("cudnnSetConvolutionNdDescriptor");
  if (begun != CUDNN_STATUS_SUCCESS) return begun;
  if (count < 2 || count > 3 || mode != CUDNN_CROSS_CORRELATION || type != CUDNN_DATA_FLOAT)
    return CUDNN_STATUS_NOT_SUPPORTED;
  convolution->pad = list_of(count, pad);
  convolution->stride = list_of(count, stride);
  convolution->dilation = list_of(count, dilation);
  const bool is_sane = all_at_least(convolution->pad, 0) && all_at_least(convolution->stride, 1) &&
                       all_at_least(convolution->dilation, 1);
  return is_sane ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnSetConvolutionGroupCount(cudnnConvolutionDescriptor_t convolution, int groups) {
  convolution->groups = groups;
  return fakegpu::begin_dnn("cudnnSetConvolutionGroupCount");
}

cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t convolution, cudnnMathType_t math) {
  convolution->math = math;
  return fakegpu::begin_dnn("cudnnSetConvolutionMathType");
}

cudnnStatus_t cudnnSetPoolingNdDescriptor(cudnnPoolingDescriptor_t pooling, const cudnnPoolingMode_t mode,
                                          const cudnnNanPropagation_t, int count, const int* kernel,
                                          const int* pad, const int* stride) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSetPoolingNdDescriptor"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  if (count < 2 || count > 3) return CUDNN_STATUS_NOT_SUPPORTED;
  *pooling = {mode, list_of(count, kernel), list_of(count, pad), list_of(count, stride)};
  for (int axis = 0; axis < count; ++axis)
    if (pad[axis] < 0 || pad[axis] >= kernel[axis] || stride[axis] < 1) return CUDNN_STATUS_BAD_PARAM;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t activation, cudnnActivationMode_t mode,
                                           cudnnNanPropagation_t nan, double coefficient) {
  *activation = {mode, nan, coefficient};
  return fakegpu::begin_dnn("cudnnSetActivationDescriptor");
}

cudnnStatus_t cudnnSetLRNDescriptor(cudnnLRNDescriptor_t lrn, unsigned size, double alpha, double beta,
                                    double k) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSetLRNDescriptor"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  *lrn = {size, alpha, beta, k};
  const bool is_sane = size >= CUDNN_LRN_MIN_N && size <= CUDNN_LRN_MAX_N && k >= CUDNN_LRN_MIN_K &&
                       beta >= CUDNN_LRN_MIN_BETA;
  return is_sane ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_BAD_PARAM;
}

cudnnStatus_t cudnnSetReduceTensorDescriptor(cudnnReduceTensorDescriptor_t reduction,
                                             cudnnReduceTensorOp_t operation, cudnnDataType_t type,
                                             cudnnNanPropagation_t, cudnnReduceTensorIndices_t indices,
                                             cudnnIndicesType_t) {
  const auto begun = fakegpu::begin_dnn("cudnnSetReduceTensorDescriptor");
  if (begun != CUDNN_STATUS_SUCCESS) return begun;
  reduction->operation = operation;
  return type == CUDNN_DATA_FLOAT && indices == CUDNN_REDUCE_TENSOR_NO_INDICES ? CUDNN_STATUS_SUCCESS
                                                                               : CUDNN_STATUS_NOT_SUPPORTED;
}
