#include "kernels/cudnn/convolution.hpp"

#include "core/quantity.hpp"
#include "kernels/cudnn/trial.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns::cudnn {
namespace {

struct Name {
  cudnnConvolutionFwdAlgo_t algorithm;
  std::string_view text;
};

constexpr std::array names{
    Name{CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM, "implicit_gemm"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, "implicit_precomp_gemm"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_GEMM, "gemm"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_DIRECT, "direct"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_FFT, "fft"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_FFT_TILING, "fft_tiling"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD, "winograd"},
    Name{CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD_NONFUSED, "winograd_nonfused"},
};

}  // namespace

Result<void> Convolution::describe(const ConvolutionRequest& request, Math math) {
  std::vector<std::int64_t> bias(request.y.size(), 1);
  bias[1] = request.y[1];
  const Form form = request.form;
  layout_ = form.layout;
  auto made = keep(tensor_of(request.x, form), x_);
  if (made) made = keep(tensor_of(request.y, form), y_);
  if (made) made = keep(tensor_of(bias, form), bias_);
  if (made) made = keep(filter_of(request.filters, form), filters_);
  if (made)
    made = keep(convolution_of(request.pad, request.stride, request.dilation, request.groups,
                               math_type(math, form.element)),
                convolution_);
  // cudnnConvolutionBiasActivationForward takes relu and identity only, and no other treatment of NaN.
  const auto mode = request.is_relu ? CUDNN_ACTIVATION_RELU : CUDNN_ACTIVATION_IDENTITY;
  if (made) made = keep(activation_of(mode, 0.0, CUDNN_NOT_PROPAGATE_NAN), activation_);
  return made;
}

Result<std::vector<cudnnConvolutionFwdAlgoPerf_t>> Convolution::proposals(const Device& device) const {
  std::vector<cudnnConvolutionFwdAlgoPerf_t> found(CUDNN_CONVOLUTION_FWD_ALGO_COUNT);
  int count = 0;
  auto asked = check(
      cudnnGetConvolutionForwardAlgorithm_v7(device.dnn(), x_.get(), filters_.get(), convolution_.get(),
                                             y_.get(), static_cast<int>(found.size()), &count, found.data()),
      "cudnnGetConvolutionForwardAlgorithm_v7");
  if (!asked) return tl::unexpected{std::move(asked.error())};
  found.resize(static_cast<std::size_t>(count));
  return found;
}

Result<std::shared_ptr<const Convolution>> Convolution::choose(const Device& device,
                                                               const ConvolutionRequest& request) {
  auto chosen = std::make_shared<Convolution>();
  if (auto told = chosen->describe(request, device.selection().math); !told)
    return tl::unexpected{std::move(told.error())};
  const auto proposals = chosen->proposals(device);
  if (!proposals) return tl::unexpected{proposals.error()};
  for (const auto& proposal : *proposals) {
    const bool is_small = static_cast<double>(proposal.memory) <= device.selection().workspace.value();
    if (proposal.status != CUDNN_STATUS_SUCCESS || proposal.determinism != CUDNN_DETERMINISTIC || !is_small)
      continue;
    chosen->algorithm_ = proposal.algo;
    chosen->workspace_bytes_ = proposal.memory;
    // Without relu only this one takes a bias (documentation of cudnnConvolutionBiasActivationForward).
    const bool may_fuse =
        request.may_fuse &&
        (request.is_relu || proposal.algo == CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM);
    for (const bool fused : {true, false}) {
      if (fused && !may_fuse) continue;
      chosen->fused_ = fused;
      const auto runs = chosen->try_out(device, request);
      if (!runs) return tl::unexpected{runs.error()};
      if (*runs) return chosen;
    }
  }
  return failure(Errc::unsupported,
                 fmt::format("cuDNN has no convolution that always computes the same within {} of workspace; "
                             "allow more by workspace=...",
                             print(device.selection().workspace)));
}

Result<bool> Convolution::try_out(const Device& device, const ConvolutionRequest& request) const {
  Trial trial;
  const auto x = trial.reserve(elements_of(request.x));
  const auto filters = trial.reserve(elements_of(request.filters));
  const auto y = trial.reserve(elements_of(request.y));
  const auto added = trial.reserve(request.adds ? elements_of(request.y) : 0);
  const auto bias = trial.reserve(static_cast<std::size_t>(request.y[1]));
  const auto workspace = trial.reserve(workspace_bytes_ / sizeof(float) + 1);
  if (auto allocated = trial.allocate(device); !allocated)
    return tl::unexpected{std::move(allocated.error())};
  const void* const summand = request.adds ? trial.at(added) : nullptr;
  return is_taken(device,
                  enqueue(device, {trial.at(x), trial.at(filters), trial.at(bias), summand,
                                   trial.at(workspace), trial.at(y)}),
                  call_name());
}

std::string Convolution::implementation() const {
  const auto* const name = std::ranges::find(names, algorithm_, &Name::algorithm);
  return fmt::format("cudnn:{}{}{}", name == names.end() ? "unknown" : name->text, fused_ ? ":fused" : "",
                     layout_ == Layout::nhwc ? ":nhwc" : "");
}

cudnnStatus_t Convolution::enqueue(const Device& device, const Memory& memory) const {
  const float one = 1.0F;
  const float zero = 0.0F;
  if (!fused_)
    return cudnnConvolutionForward(device.dnn(), &one, x_.get(), memory.x, filters_.get(), memory.filters,
                                   convolution_.get(), algorithm_, memory.workspace, workspace_bytes_, &zero,
                                   y_.get(), memory.y);
  const bool adds = memory.added != nullptr;
  return cudnnConvolutionBiasActivationForward(
      device.dnn(), &one, x_.get(), memory.x, filters_.get(), memory.filters, convolution_.get(), algorithm_,
      memory.workspace, workspace_bytes_, adds ? &one : &zero, y_.get(), adds ? memory.added : memory.y,
      bias_.get(), memory.bias, activation_.get(), y_.get(), memory.y);
}

std::string_view Convolution::call_name() const {
  return fused_ ? "cudnnConvolutionBiasActivationForward" : "cudnnConvolutionForward";
}

Result<void> Convolution::run(const Device& device, const Memory& memory) const {
  return check(enqueue(device, memory), call_name());
}

}  // namespace ns::cudnn
