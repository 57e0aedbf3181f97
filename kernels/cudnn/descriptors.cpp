#include "kernels/cudnn/descriptors.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <vector>

namespace ns::cudnn {
namespace {

constexpr std::size_t fewest_axes = 4;

std::vector<int> ints_of(Extents extents) {
  std::vector<int> ints;
  for (const auto extent : extents) ints.push_back(static_cast<int>(extent));
  return ints;
}

/// Makes a descriptor with `create`, which then takes what `set` tells it.
template <class Descriptor, class Create, class Set>
Result<Descriptor> made(Create create, const char* creator, Set set, const char* setter) {
  decltype(Descriptor{}.get()) handle = nullptr;
  if (auto created = check(create(&handle), creator); !created)
    return tl::unexpected{std::move(created.error())};
  Descriptor descriptor{handle};
  if (auto told = check(set(handle), setter); !told) return tl::unexpected{std::move(told.error())};
  return descriptor;
}

}  // namespace

cudnnMathType_t math_type(Math math, Element element) {
  if (element != Element::float32) return CUDNN_TENSOR_OP_MATH;
  return math == Math::tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH;
}

Result<TensorDescriptor> tensor_of(Extents extents, Form form) {
  auto dims = ints_of(extents);
  dims.resize(std::max(dims.size(), fewest_axes), 1);
  std::vector<int> strides(dims.size(), 1);
  std::vector<std::size_t> order(dims.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (form.layout == Layout::nhwc) std::rotate(order.begin() + 1, order.begin() + 2, order.end());
  for (std::size_t i = order.size() - 1; i-- > 0;)
    strides[order[i]] = strides[order[i + 1]] * dims[order[i + 1]];
  return made<TensorDescriptor>(
      &cudnnCreateTensorDescriptor, "cudnnCreateTensorDescriptor",
      [&](cudnnTensorDescriptor_t tensor) {
        return cudnnSetTensorNdDescriptor(tensor, dnn_type(form.element), static_cast<int>(dims.size()),
                                          dims.data(), strides.data());
      },
      "cudnnSetTensorNdDescriptor");
}

Result<FilterDescriptor> filter_of(Extents extents, Form form) {
  const auto dims = ints_of(extents);
  return made<FilterDescriptor>(
      &cudnnCreateFilterDescriptor, "cudnnCreateFilterDescriptor",
      [&](cudnnFilterDescriptor_t filter) {
        return cudnnSetFilterNdDescriptor(filter, dnn_type(form.element),
                                          form.layout == Layout::nhwc ? CUDNN_TENSOR_NHWC : CUDNN_TENSOR_NCHW,
                                          static_cast<int>(dims.size()), dims.data());
      },
      "cudnnSetFilterNdDescriptor");
}

Result<ConvolutionDescriptor> convolution_of(Extents pad, Extents stride, Extents dilation,
                                             std::int64_t groups, cudnnMathType_t math) {
  const auto pads = ints_of(pad);
  const auto strides = ints_of(stride);
  const auto dilations = ints_of(dilation);
  auto descriptor = made<ConvolutionDescriptor>(
      &cudnnCreateConvolutionDescriptor, "cudnnCreateConvolutionDescriptor",
      [&](cudnnConvolutionDescriptor_t convolution) {
        return cudnnSetConvolutionNdDescriptor(convolution, static_cast<int>(pads.size()), pads.data(),
                                               strides.data(), dilations.data(), CUDNN_CROSS_CORRELATION,
                                               CUDNN_DATA_FLOAT);
      },
      "cudnnSetConvolutionNdDescriptor");
  if (!descriptor) return descriptor;
  auto told = check(cudnnSetConvolutionGroupCount(descriptor->get(), static_cast<int>(groups)),
                    "cudnnSetConvolutionGroupCount");
  if (told) told = check(cudnnSetConvolutionMathType(descriptor->get(), math), "cudnnSetConvolutionMathType");
  if (!told) return tl::unexpected{std::move(told.error())};
  return descriptor;
}

Result<PoolingDescriptor> pooling_of(cudnnPoolingMode_t mode, Extents kernel, Extents pad, Extents stride) {
  const auto kernels = ints_of(kernel);
  const auto pads = ints_of(pad);
  const auto strides = ints_of(stride);
  return made<PoolingDescriptor>(
      &cudnnCreatePoolingDescriptor, "cudnnCreatePoolingDescriptor",
      [&](cudnnPoolingDescriptor_t pooling) {
        return cudnnSetPoolingNdDescriptor(pooling, mode, CUDNN_PROPAGATE_NAN,
                                           static_cast<int>(kernels.size()), kernels.data(), pads.data(),
                                           strides.data());
      },
      "cudnnSetPoolingNdDescriptor");
}

Result<ActivationDescriptor> activation_of(cudnnActivationMode_t mode, double coefficient,
                                           cudnnNanPropagation_t nan) {
  return made<ActivationDescriptor>(
      &cudnnCreateActivationDescriptor, "cudnnCreateActivationDescriptor",
      [&](cudnnActivationDescriptor_t activation) {
        return cudnnSetActivationDescriptor(activation, mode, nan, coefficient);
      },
      "cudnnSetActivationDescriptor");
}

Result<LrnDescriptor> lrn_of(unsigned size, double alpha, double beta, double k) {
  return made<LrnDescriptor>(
      &cudnnCreateLRNDescriptor, "cudnnCreateLRNDescriptor",
      [&](cudnnLRNDescriptor_t lrn) { return cudnnSetLRNDescriptor(lrn, size, alpha, beta, k); },
      "cudnnSetLRNDescriptor");
}

Result<ReduceDescriptor> reduction_of(cudnnReduceTensorOp_t operation) {
  return made<ReduceDescriptor>(
      &cudnnCreateReduceTensorDescriptor, "cudnnCreateReduceTensorDescriptor",
      [&](cudnnReduceTensorDescriptor_t reduction) {
        return cudnnSetReduceTensorDescriptor(reduction, operation, CUDNN_DATA_FLOAT, CUDNN_PROPAGATE_NAN,
                                              CUDNN_REDUCE_TENSOR_NO_INDICES, CUDNN_32BIT_INDICES);
      },
      "cudnnSetReduceTensorDescriptor");
}

std::vector<std::int64_t> maps_of(std::int64_t batch, std::int64_t channels, Extents spatial) {
  std::vector<std::int64_t> extents{batch, channels};
  extents.insert(extents.end(), spatial.begin(), spatial.end());
  return extents;
}

}  // namespace ns::cudnn
