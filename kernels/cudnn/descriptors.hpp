/// What cuDNN is told about tensors and operations, made in one call each.
#pragma once

#include "kernels/cudnn/library.hpp"
#include "kernels/geometry.hpp"

#include <cstdint>
#include <memory>
#include <span>

namespace ns::cudnn {

using TensorDescriptor = Owned<cudnnTensorDescriptor_t, &cudnnDestroyTensorDescriptor>;
using FilterDescriptor = Owned<cudnnFilterDescriptor_t, &cudnnDestroyFilterDescriptor>;
using ConvolutionDescriptor = Owned<cudnnConvolutionDescriptor_t, &cudnnDestroyConvolutionDescriptor>;
using PoolingDescriptor = Owned<cudnnPoolingDescriptor_t, &cudnnDestroyPoolingDescriptor>;
using ActivationDescriptor = Owned<cudnnActivationDescriptor_t, &cudnnDestroyActivationDescriptor>;
using LrnDescriptor = Owned<cudnnLRNDescriptor_t, &cudnnDestroyLRNDescriptor>;
using ReduceDescriptor = Owned<cudnnReduceTensorDescriptor_t, &cudnnDestroyReduceTensorDescriptor>;

/// How products are made of operands that are kept as `element`.
cudnnMathType_t math_type(Math math, Element element);

/// A list of at most as many extents as a tensor has axes.
using Extents = std::span<const std::int64_t>;

/// Dense, in nhwc of four extents at most; filled up with ones behind: cuDNN's tensors have at least four
/// axes, and five where there are three spatial ones.
Result<TensorDescriptor> tensor_of(Extents extents, Form form);
/// Filters first, dense; in nhwc with the channels of a place side by side. Precondition: four or five
/// extents.
Result<FilterDescriptor> filter_of(Extents extents, Form form);
/// Cross-correlation summed in float32, one entry per spatial axis.
Result<ConvolutionDescriptor> convolution_of(Extents pad, Extents stride, Extents dilation,
                                             std::int64_t groups, cudnnMathType_t math);
Result<PoolingDescriptor> pooling_of(cudnnPoolingMode_t mode, Extents kernel, Extents pad, Extents stride);
/// What is no number stays so, except for identity, where it must not be asked for.
Result<ActivationDescriptor> activation_of(cudnnActivationMode_t mode, double coefficient,
                                           cudnnNanPropagation_t nan = CUDNN_PROPAGATE_NAN);
Result<LrnDescriptor> lrn_of(unsigned size, double alpha, double beta, double k);
Result<ReduceDescriptor> reduction_of(cudnnReduceTensorOp_t operation);

/// The spatial axes that cuDNN is told of: two, or three where the layer has three.
struct SpatialAxes {
  std::size_t first = 1;  // of the three of WindowGeometry

  [[nodiscard]] Extents of(const WindowGeometry::Extents& extents) const {
    return Extents{extents}.subspan(first);
  }
  [[nodiscard]] std::vector<std::int64_t> list_of(const WindowGeometry::Extents& extents) const {
    return {of(extents).begin(), of(extents).end()};
  }
};
inline SpatialAxes spatial_axes(const Shape& maps) { return {maps.rank() > 4 ? std::size_t{0} : 1}; }

/// [batch, channels, spatial...] as cuDNN sees it.
std::vector<std::int64_t> maps_of(std::int64_t batch, std::int64_t channels, Extents spatial);

}  // namespace ns::cudnn
