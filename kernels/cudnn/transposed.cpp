#include "kernels/cudnn/transposed.hpp"

#include "core/quantity.hpp"
#include "kernels/cudnn/trial.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace ns::cudnn {
namespace {

struct Name {
  cudnnConvolutionBwdDataAlgo_t algorithm;
  std::string_view text;
};

constexpr std::array names{
    Name{CUDNN_CONVOLUTION_BWD_DATA_ALGO_0, "backward_0"},
    Name{CUDNN_CONVOLUTION_BWD_DATA_ALGO_1, "backward_1"},
    Name{CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT, "backward_fft"},
    Name{CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT_TILING, "backward_fft_tiling"},
    Name{CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD, "backward_winograd"},
    Name{CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD_NONFUSED, "backward_winograd_nonfused"},
};

constexpr std::string_view call_name = "cudnnConvolutionBackwardData";

}  // namespace

Result<void> TransposedConvolution::describe(const TransposedRequest& request, Math math) {
  auto x = tensor_of(request.x, {request.element});
  if (!x) return tl::unexpected{std::move(x.error())};
  x_ = std::move(*x);
  auto y = tensor_of(request.y, {request.element});
  if (!y) return tl::unexpected{std::move(y.error())};
  y_ = std::move(*y);
  auto filters = filter_of(request.filters, {request.element});
  if (!filters) return tl::unexpected{std::move(filters.error())};
  filters_ = std::move(*filters);
  auto convolution = convolution_of(request.pad, request.stride, request.dilation, request.groups,
                                    math_type(math, request.element));
  if (!convolution) return tl::unexpected{std::move(convolution.error())};
  convolution_ = std::move(*convolution);
  return {};
}

Result<std::shared_ptr<const TransposedConvolution>> TransposedConvolution::choose(
    const Device& device, const TransposedRequest& request) {
  auto chosen = std::make_shared<TransposedConvolution>();
  if (auto told = chosen->describe(request, device.selection().math); !told)
    return tl::unexpected{std::move(told.error())};
  std::array<cudnnConvolutionBwdDataAlgoPerf_t, CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT> found{};
  int count = 0;
  auto asked = check(cudnnGetConvolutionBackwardDataAlgorithm_v7(
                         device.dnn(), chosen->filters_.get(), chosen->x_.get(), chosen->convolution_.get(),
                         chosen->y_.get(), static_cast<int>(found.size()), &count, found.data()),
                     "cudnnGetConvolutionBackwardDataAlgorithm_v7");
  if (!asked) return tl::unexpected{std::move(asked.error())};
  for (const auto& proposal : std::span{found}.first(static_cast<std::size_t>(count))) {
    const bool is_small = static_cast<double>(proposal.memory) <= device.selection().workspace.value();
    if (proposal.status != CUDNN_STATUS_SUCCESS || proposal.determinism != CUDNN_DETERMINISTIC || !is_small)
      continue;
    chosen->algorithm_ = proposal.algo;
    chosen->workspace_bytes_ = proposal.memory;
    const auto runs = chosen->try_out(device, request);
    if (!runs) return tl::unexpected{runs.error()};
    if (*runs) return chosen;
  }
  return failure(Errc::unsupported,
                 fmt::format("cuDNN has no transposed convolution that always computes the same within {} of "
                             "workspace; allow more by workspace=...",
                             print(device.selection().workspace)));
}

Result<bool> TransposedConvolution::try_out(const Device& device, const TransposedRequest& request) const {
  Trial trial;
  const auto x = trial.reserve(elements_of(request.x));
  const auto filters = trial.reserve(elements_of(request.filters));
  const auto y = trial.reserve(elements_of(request.y));
  const auto workspace = trial.reserve(workspace_bytes_ / sizeof(float) + 1);
  if (auto allocated = trial.allocate(device); !allocated)
    return tl::unexpected{std::move(allocated.error())};
  return is_taken(device, enqueue(device, trial.at(x), trial.at(filters), trial.at(workspace), trial.at(y)),
                  call_name);
}

std::string TransposedConvolution::implementation() const {
  const auto* const name = std::ranges::find(names, algorithm_, &Name::algorithm);
  return fmt::format("cudnn:{}", name == names.end() ? "backward_unknown" : name->text);
}

cudnnStatus_t TransposedConvolution::enqueue(const Device& device, const void* x, const void* filters,
                                             void* workspace, void* y) const {
  const float one = 1.0F;
  const float zero = 0.0F;
  return cudnnConvolutionBackwardData(device.dnn(), &one, filters_.get(), filters, x_.get(), x,
                                      convolution_.get(), algorithm_, workspace, workspace_bytes_, &zero,
                                      y_.get(), y);
}

Result<void> TransposedConvolution::run(const Device& device, const void* x, const void* filters,
                                        void* workspace, void* y) const {
  return check(enqueue(device, x, filters, workspace, y), call_name);
}

}  // namespace ns::cudnn
