/// What the fake cuDNN keeps behind its handles, and how its calls compute.
#pragma once

#include "device.hpp"
#include "kernels/reference/layers.hpp"
#include "numbers.hpp"

#include <cudnn.h>
#include <functional>
#include <optional>
#include <vector>

struct cudnnContext {
  CUstream stream = nullptr;
};
struct cudnnTensorStruct {
  std::vector<std::int64_t> extents;
  cudaDataType_t type = CUDA_R_32F;
  bool channels_last = false;  // of four extents, the second is the innermost in memory
};
struct cudnnFilterStruct {
  std::vector<std::int64_t> extents;
  cudaDataType_t type = CUDA_R_32F;
  bool channels_last = false;
};
struct cudnnConvolutionStruct {
  std::vector<std::int64_t> pad;
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  cudnnMathType_t math = CUDNN_DEFAULT_MATH;
};
struct cudnnPoolingStruct {
  cudnnPoolingMode_t mode{};
  std::vector<std::int64_t> kernel;
  std::vector<std::int64_t> pad;
  std::vector<std::int64_t> stride;
};
struct cudnnActivationStruct {
  cudnnActivationMode_t mode{};
  cudnnNanPropagation_t nan{};
  double coefficient = 0.0;
};
struct cudnnLRNStruct {
  unsigned size = 0;
  double alpha = 0.0;
  double beta = 0.0;
  double k = 0.0;
};
struct cudnnReduceTensorStruct {
  cudnnReduceTensorOp_t operation{};
};

namespace fakegpu {

/// Begins a call: CUDNN_STATUS_SUCCESS, or what it fails with.
cudnnStatus_t begin_dnn(const char* name);

/// Makes what stands behind a handle; it must be given back.
template <class Object>
cudnnStatus_t create(const char* call, const char* kind, Object** made) {
  if (const auto begun = begin_dnn(call); begun != CUDNN_STATUS_SUCCESS) return begun;
  *made = new Object;
  hand_out(kind, *made);
  return CUDNN_STATUS_SUCCESS;
}

template <class Object>
cudnnStatus_t destroy(const char* call, const char* kind, Object* object) {
  const auto begun = begin_dnn(call);
  if (!take_back(kind, object)) return CUDNN_STATUS_BAD_PARAM;
  delete object;
  return begun;
}

/// What cuDNN's type is; nothing for those that this library does not know.
std::optional<cudaDataType_t> type_of(cudnnDataType_t type);

/// A dense tensor of the device with values of the host's reference.
ns::Array read(const void* memory, const std::vector<std::int64_t>& extents, cudaDataType_t type,
               bool channels_last = false);
void write(void* memory, const ns::Array& array, cudaDataType_t type, bool channels_last = false);
template <class Descriptor>
ns::Array read_as(const void* memory, const Descriptor& told) {
  return read(memory, told.extents, told.type, told.channels_last);
}
inline void write_as(void* memory, const ns::Array& array, const cudnnTensorStruct& told) {
  write(memory, array, told.type, told.channels_last);
}
/// Whether both are in the same order. That of a single element is the first that is found.
bool are_alike(const cudnnTensorStruct& x, const cudnnTensorStruct& y);
/// Where element `index` of dense maps stands.
std::int64_t place_of(std::int64_t index, const ns::Shape& shape, bool channels_last);

/// Enqueues `compute`, which takes so long. BAD_PARAM unless the operands are memory of the device, with as
/// many numbers as their extents say.
struct Operand {
  const void* memory;
  std::int64_t elements;
  cudaDataType_t type = CUDA_R_32F;
};
std::int64_t elements_of(const std::vector<std::int64_t>& extents);
cudnnStatus_t enqueue_dnn(cudnnHandle_t handle, const std::vector<Operand>& operands, double flops,
                          std::function<void()> compute);

/// What a layer of the reference makes of one input and stored operands.
template <class Layer>
ns::Array computed(const Layer& layer, const ns::Array& input, std::vector<ns::Array> weights,
                   ns::Shape out) {
  const ns::Array* const inputs[] = {&input};
  ns::Array output = ns::zeros(ns::DType::float32, std::move(out));
  ns::Array* const outputs[] = {&output};
  ns::reference::run(ns::LayerParams{layer}, {inputs, weights, outputs});
  return output;
}

/// Whether the scaling factors are 1 and 0, the only ones that this library knows.
bool is_plain(const void* alpha, const void* beta);

}  // namespace fakegpu
