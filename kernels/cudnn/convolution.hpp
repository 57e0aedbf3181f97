/// One convolution as cuDNN runs it: its descriptors, the algorithm that was chosen, and what is fused.
#pragma once

#include "kernels/cudnn/builder.hpp"
#include "kernels/cudnn/descriptors.hpp"

#include <optional>
#include <string>

namespace ns::cudnn {

/// What a convolution is told.
struct ConvolutionRequest {
  std::vector<std::int64_t> x;        // batch, channels, spatial
  std::vector<std::int64_t> filters;  // filters, channels per group, spatial
  std::vector<std::int64_t> y;
  std::vector<std::int64_t> pad;  // on both ends
  std::vector<std::int64_t> stride;
  std::vector<std::int64_t> dilation;
  std::int64_t groups = 1;
  Form form;              // of all of them
  bool adds = false;      // a tensor of y's shape
  bool is_relu = false;   // and nothing else follows
  bool may_fuse = false;  // the bias, of one value per filter, what is added, and relu
};

class Convolution {
 public:
  /// The first of cuDNN's proposals that always computes the same, keeps to the workspace limit and runs; it
  /// is tried out. Which one follows from the shapes, the device and the library alone. unsupported if there
  /// is none.
  static Result<std::shared_ptr<const Convolution>> choose(const Device& device,
                                                           const ConvolutionRequest& request);

  /// "cudnn:implicit_gemm", "cudnn:winograd:fused:nhwc".
  [[nodiscard]] std::string implementation() const;
  /// Whether it computes bias, addition and relu as well.
  [[nodiscard]] bool is_fused() const { return fused_; }
  [[nodiscard]] std::size_t workspace_bytes() const { return workspace_bytes_; }

  struct Memory {
    const void* x = nullptr;
    const void* filters = nullptr;
    const void* bias = nullptr;   // where it is fused
    const void* added = nullptr;  // likewise; null for nothing
    void* workspace = nullptr;
    void* y = nullptr;
  };
  [[nodiscard]] Result<void> run(const Device& device, const Memory& memory) const;

 private:
  Result<void> describe(const ConvolutionRequest& request, Math math);
  [[nodiscard]] Result<std::vector<cudnnConvolutionFwdAlgoPerf_t>> proposals(const Device& device) const;
  [[nodiscard]] Result<bool> try_out(const Device& device, const ConvolutionRequest& request) const;
  [[nodiscard]] std::string_view call_name() const;
  [[nodiscard]] cudnnStatus_t enqueue(const Device& device, const Memory& memory) const;

  TensorDescriptor x_;
  TensorDescriptor y_;
  TensorDescriptor bias_;
  FilterDescriptor filters_;
  ConvolutionDescriptor convolution_;
  ActivationDescriptor activation_;
  cudnnConvolutionFwdAlgo_t algorithm_{};
  std::size_t workspace_bytes_ = 0;
  bool fused_ = false;
  Layout layout_ = Layout::nchw;
};

}  // namespace ns::cudnn
