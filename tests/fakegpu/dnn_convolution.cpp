// Convolutions of the fake cuDNN. Its proposals hold what a caller must not take: one that differs from run
// to run, one that wants much memory, and one that is refused when it is called.
#include "dnn.hpp"
#include "net/layers/conv.hpp"
#include "net/layers/deconv.hpp"

#include <algorithm>

namespace {

using Algorithm = cudnnConvolutionFwdAlgo_t;

constexpr std::size_t small_workspace = 1000;
constexpr std::size_t large_workspace = std::size_t{1} << 33U;

/// What the descriptors come to, or nothing where they do not fit each other.
struct Problem {
  ns::Conv layer;
  std::vector<std::int64_t> out;
  double flops = 0.0;
};

bool describe(const cudnnTensorStruct& x, const cudnnFilterStruct& filters,
              const cudnnConvolutionStruct& convolution, const cudnnTensorStruct& y, Problem& problem) {
  const std::size_t axes = convolution.pad.size();
  if (x.type != filters.type || x.type != y.type) return false;
  if (!fakegpu::are_alike(x, y) || (filters.channels_last && !x.channels_last && !y.channels_last))
    return false;
  const bool is_narrow = x.type != CUDA_R_32F;
  if (is_narrow != (convolution.math == CUDNN_TENSOR_OP_MATH))
    return false;  // what keeps cuDNN from tensor cores
  if (x.extents.size() != axes + 2 || filters.extents.size() != axes + 2 || y.extents.size() != axes + 2)
    return false;
  problem.layer.filters = filters.extents[0];
  problem.layer.groups = convolution.groups;
  problem.layer.bias = false;
  problem.layer.kernel = {filters.extents.begin() + 2, filters.extents.end()};
  problem.layer.stride = convolution.stride;
  problem.layer.dilation = convolution.dilation;
  problem.layer.pad = convolution.pad;
  problem.layer.pad.insert(problem.layer.pad.end(), convolution.pad.begin(), convolution.pad.end());
  const std::vector<ns::TensorType> inputs{{ns::Shape{x.extents}}};
  const auto out = ns::output_types(problem.layer, inputs);
  if (!out || out->front().shape != ns::Shape{y.extents}) return false;
  if (ns::filter_shape(problem.layer, ns::Shape{x.extents}) != ns::Shape{filters.extents}) return false;
  problem.out = y.extents;
  problem.flops = 2.0 * ns::macs(problem.layer, {inputs, *out}).value();
  return true;
}

/// Refused by way of trial, though it was proposed.
bool is_refused(Algorithm algorithm) { return algorithm == CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD_NONFUSED; }

struct Call {
  const void* x;
  const void* filters;
  const void* added = nullptr;
  const void* bias = nullptr;
  void* y;
  bool is_relu = false;
  double added_by = 0.0;
};

void compute(const Problem& problem, const cudnnTensorStruct& x, const cudnnFilterStruct& filters,
             const Call& call) {
  ns::Array made = fakegpu::computed(problem.layer, fakegpu::read_as(call.x, x),
                                     {fakegpu::read_as(call.filters, filters)}, ns::Shape{problem.out});
  const auto plane = ns::Shape{problem.out}.elements(2, problem.out.size());
  for (std::size_t i = 0; i < made.values.size(); ++i) {
    const auto channel = static_cast<std::int64_t>(i) / plane % problem.layer.filters;
    double& value = made.values[i];
    if (call.added_by != 0.0)
      value += fakegpu::number_at(
          call.added, fakegpu::place_of(static_cast<std::int64_t>(i), made.shape, x.channels_last), x.type);
    if (call.bias != nullptr) value += fakegpu::number_at(call.bias, channel, x.type);
    if (call.is_relu) value = std::max(value, 0.0);
  }
  fakegpu::write_as(call.y, made, x);
}

cudnnStatus_t enqueue(cudnnHandle_t handle, const Problem& problem, const cudnnTensorStruct& x,
                      const cudnnFilterStruct& filters, const Call& call, const void* workspace,
                      std::size_t bytes) {
  std::vector<fakegpu::Operand> operands{{call.x, fakegpu::elements_of(x.extents), x.type},
                                         {call.filters, fakegpu::elements_of(filters.extents), x.type},
                                         {call.y, fakegpu::elements_of(problem.out), x.type},
                                         {workspace, static_cast<std::int64_t>(bytes / sizeof(float))}};
  if (call.bias != nullptr) operands.push_back({call.bias, problem.layer.filters, x.type});
  if (call.added_by != 0.0) operands.push_back({call.added, fakegpu::elements_of(problem.out), x.type});
  return fakegpu::enqueue_dnn(handle, operands, problem.flops, [=] { compute(problem, x, filters, call); });
}

}  // namespace

cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t, const cudnnTensorDescriptor_t x,
                                                     const cudnnFilterDescriptor_t filters,
                                                     const cudnnConvolutionDescriptor_t convolution,
                                                     const cudnnTensorDescriptor_t y, const int asked,
                                                     int* count, cudnnConvolutionFwdAlgoPerf_t* found) {
  const auto begun = fakegpu::begin_dnn("cudnnGetConvolutionForwardAlgorithm_v7");
  if (begun != CUDNN_STATUS_SUCCESS) return begun;
  Problem problem;
  if (!describe(*x, *filters, *convolution, *y, problem)) return CUDNN_STATUS_BAD_PARAM;
  std::vector<cudnnConvolutionFwdAlgoPerf_t> proposals;
  const auto propose = [&](Algorithm algorithm, std::size_t memory, cudnnDeterminism_t determinism) {
    cudnnConvolutionFwdAlgoPerf_t proposal{};
    proposal.algo = algorithm;
    proposal.status = CUDNN_STATUS_SUCCESS;
    proposal.memory = memory;
    proposal.determinism = determinism;
    proposals.push_back(proposal);
  };
  propose(CUDNN_CONVOLUTION_FWD_ALGO_FFT, large_workspace, CUDNN_DETERMINISTIC);
  propose(CUDNN_CONVOLUTION_FWD_ALGO_GEMM, small_workspace, CUDNN_NON_DETERMINISTIC);
  propose(CUDNN_CONVOLUTION_FWD_ALGO_WINOGRAD_NONFUSED, small_workspace, CUDNN_DETERMINISTIC);
  // Which of these comes first is a matter of shapes.
  const bool precomputes = problem.out[1] % 2 == 0;
  if (precomputes)
    propose(CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, small_workspace, CUDNN_DETERMINISTIC);
  propose(CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM, 0, CUDNN_DETERMINISTIC);
  if (x->channels_last && convolution->groups > 1) proposals.clear();  // no rule of cuDNN, but it has such
  *count = std::min(asked, static_cast<int>(proposals.size()));
  std::copy_n(proposals.begin(), *count, found);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t handle, const void* alpha,
                                      const cudnnTensorDescriptor_t x, const void* x_memory,
                                      const cudnnFilterDescriptor_t filters, const void* filter_memory,
                                      const cudnnConvolutionDescriptor_t convolution, Algorithm algorithm,
                                      void* workspace, std::size_t bytes, const void* beta,
                                      const cudnnTensorDescriptor_t y, void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnConvolutionForward"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  Problem problem;
  if (!describe(*x, *filters, *convolution, *y, problem) || !fakegpu::is_plain(alpha, beta))
    return CUDNN_STATUS_BAD_PARAM;
  if (is_refused(algorithm)) return CUDNN_STATUS_NOT_SUPPORTED;
  return enqueue(handle, problem, *x, *filters, {x_memory, filter_memory, nullptr, nullptr, y_memory},
                 workspace, bytes);
}

cudnnStatus_t cudnnConvolutionBiasActivationForward(
    cudnnHandle_t handle, const void* alpha, const cudnnTensorDescriptor_t x, const void* x_memory,
    const cudnnFilterDescriptor_t filters, const void* filter_memory,
    const cudnnConvolutionDescriptor_t convolution, Algorithm algorithm, void* workspace, std::size_t bytes,
    const void* added_by, const cudnnTensorDescriptor_t added, const void* added_memory,
    const cudnnTensorDescriptor_t bias, const void* bias_memory, const cudnnActivationDescriptor_t activation,
    const cudnnTensorDescriptor_t y, void* y_memory) {
  const auto begun = fakegpu::begin_dnn("cudnnConvolutionBiasActivationForward");
  if (begun != CUDNN_STATUS_SUCCESS) return begun;
  const float zero = 0.0F;
  Problem problem;
  if (!describe(*x, *filters, *convolution, *y, problem) || !fakegpu::is_plain(alpha, &zero))
    return CUDNN_STATUS_BAD_PARAM;
  const bool is_relu = activation->mode == CUDNN_ACTIVATION_RELU;
  const bool is_identity = activation->mode == CUDNN_ACTIVATION_IDENTITY;
  if ((!is_relu && !is_identity) || activation->nan != CUDNN_NOT_PROPAGATE_NAN || is_refused(algorithm))
    return CUDNN_STATUS_NOT_SUPPORTED;
  if (is_identity && algorithm != CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM)
    return CUDNN_STATUS_NOT_SUPPORTED;
  if (problem.layer.filters % 3 == 0) return CUDNN_STATUS_NOT_SUPPORTED;  // no rule of cuDNN, but it has such
  if (added->type != y->type || bias->type != y->type) return CUDNN_STATUS_NOT_SUPPORTED;
  if (added->extents != y->extents || bias->extents[1] != y->extents[1] || bias_memory == nullptr)
    return CUDNN_STATUS_BAD_PARAM;
  if (fakegpu::elements_of(bias->extents) != bias->extents[1]) return CUDNN_STATUS_BAD_PARAM;
  return enqueue(handle, problem, *x, *filters,
                 {x_memory, filter_memory, added_memory, bias_memory, y_memory, is_relu,
                  static_cast<double>(*static_cast<const float*>(added_by))},
                 workspace, bytes);
}

namespace {

/// The transposed layer that `convolution` is the way back of.
bool describe_back(const cudnnTensorStruct& x, const cudnnFilterStruct& filters,
                   const cudnnConvolutionStruct& convolution, const cudnnTensorStruct& y, ns::Deconv& layer,
                   double& flops) {
  Problem forward;
  if (!describe(y, filters, convolution, x, forward)) return false;
  layer.filters = y.extents[1];
  layer.kernel = forward.layer.kernel;
  layer.stride = forward.layer.stride;
  layer.pad = forward.layer.pad;
  layer.dilation = forward.layer.dilation;
  layer.groups = forward.layer.groups;
  layer.bias = false;
  for (std::size_t axis = 0; axis < layer.kernel.size(); ++axis) {
    const auto least = layer.stride[axis] * (x.extents[axis + 2] - 1) +
                       (layer.kernel[axis] - 1) * layer.dilation[axis] + 1 - 2 * layer.pad[axis];
    layer.output_pad.push_back(y.extents[axis + 2] - least);
  }
  flops = forward.flops;
  return true;
}

}  // namespace

cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithm_v7(
    cudnnHandle_t, const cudnnFilterDescriptor_t filters, const cudnnTensorDescriptor_t x,
    const cudnnConvolutionDescriptor_t convolution, const cudnnTensorDescriptor_t y, const int asked,
    int* count, cudnnConvolutionBwdDataAlgoPerf_t* found) {
  const auto begun = fakegpu::begin_dnn("cudnnGetConvolutionBackwardDataAlgorithm_v7");
  if (begun != CUDNN_STATUS_SUCCESS) return begun;
  ns::Deconv layer;
  double flops = 0.0;
  if (!describe_back(*x, *filters, *convolution, *y, layer, flops)) return CUDNN_STATUS_BAD_PARAM;
  cudnnConvolutionBwdDataAlgoPerf_t proposals[2]{};
  proposals[0].algo = CUDNN_CONVOLUTION_BWD_DATA_ALGO_0;
  proposals[0].determinism = CUDNN_NON_DETERMINISTIC;
  proposals[1].algo = CUDNN_CONVOLUTION_BWD_DATA_ALGO_1;
  proposals[1].determinism = CUDNN_DETERMINISTIC;
  proposals[1].memory = small_workspace;
  *count = std::min(asked, 2);
  std::copy_n(proposals, *count, found);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t handle, const void* alpha,
                                           const cudnnFilterDescriptor_t filters, const void* filter_memory,
                                           const cudnnTensorDescriptor_t x, const void* x_memory,
                                           const cudnnConvolutionDescriptor_t convolution,
                                           cudnnConvolutionBwdDataAlgo_t, void* workspace, std::size_t bytes,
                                           const void* beta, const cudnnTensorDescriptor_t y,
                                           void* y_memory) {
  if (const auto begun = fakegpu::begin_dnn("cudnnConvolutionBackwardData"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  ns::Deconv layer;
  double flops = 0.0;
  if (!describe_back(*x, *filters, *convolution, *y, layer, flops) || !fakegpu::is_plain(alpha, beta))
    return CUDNN_STATUS_BAD_PARAM;
  return fakegpu::enqueue_dnn(
      handle,
      {{x_memory, fakegpu::elements_of(x->extents), x->type},
       {filter_memory, fakegpu::elements_of(filters->extents), filters->type},
       {workspace, static_cast<std::int64_t>(bytes / sizeof(float))},
       {y_memory, fakegpu::elements_of(y->extents), y->type}},
      flops, [=, in = *x, by = *filters, out = *y] {
        const auto input = fakegpu::read(x_memory, in.extents, in.type);
        const auto weights = fakegpu::read(filter_memory, by.extents, by.type);
        fakegpu::write(y_memory, fakegpu::computed(layer, input, {weights}, ns::Shape{out.extents}),
                       out.type);
      });
}
