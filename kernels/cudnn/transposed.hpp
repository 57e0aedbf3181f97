/// A transposed convolution as cuDNN runs it: as the gradient of a convolution by its input.
#pragma once

#include "kernels/cudnn/builder.hpp"
#include "kernels/cudnn/descriptors.hpp"

#include <string>

namespace ns::cudnn {

/// Of the convolution that leads from y to x; see Deconv.
struct TransposedRequest {
  std::vector<std::int64_t> x;
  std::vector<std::int64_t> filters;  // channels of x, channels of y per group, spatial
  std::vector<std::int64_t> y;
  std::vector<std::int64_t> pad;  // on both ends
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  Element element = Element::float32;
};

class TransposedConvolution {
 public:
  /// As Convolution::choose(): the first that always computes the same, is small enough and runs.
  static Result<std::shared_ptr<const TransposedConvolution>> choose(const Device& device,
                                                                     const TransposedRequest& request);

  [[nodiscard]] std::string implementation() const;
  [[nodiscard]] std::size_t workspace_bytes() const { return workspace_bytes_; }
  [[nodiscard]] Result<void> run(const Device& device, const void* x, const void* filters, void* workspace,
                                 void* y) const;

 private:
  Result<void> describe(const TransposedRequest& request, Math math);
  [[nodiscard]] Result<bool> try_out(const Device& device, const TransposedRequest& request) const;
  [[nodiscard]] cudnnStatus_t enqueue(const Device& device, const void* x, const void* filters,
                                      void* workspace, void* y) const;

  TensorDescriptor x_;
  TensorDescriptor y_;
  FilterDescriptor filters_;
  ConvolutionDescriptor convolution_;
  cudnnConvolutionBwdDataAlgo_t algorithm_{};
  std::size_t workspace_bytes_ = 0;
};

}  // namespace ns::cudnn
