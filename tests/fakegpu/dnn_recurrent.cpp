// Recurrent layers of the fake cuDNN: its weight space has the matrices and biases of a direction one after
// the other, in cuDNN's order of gates, which the reference is told in ONNX's.
#include "dnn.hpp"
#include "net/layers/rnn.hpp"

#include <algorithm>
#include <array>
#include <optional>

struct cudnnDropoutStruct {};
struct cudnnRNNDataStruct {
  std::int64_t steps = 0;
  std::int64_t batch = 0;
  std::int64_t size = 0;
};
struct cudnnRNNStruct {
  ns::Rnn layer;
  std::int64_t inputs = 0;
};

namespace {

constexpr std::size_t workspace_bytes = 1024;

using fakegpu::create;
using fakegpu::destroy;

/// Where the parts of one direction stand, in floats.
struct WeightSpace {
  std::int64_t gates;
  std::int64_t hidden;
  std::int64_t inputs;
  bool has_bias;

  explicit WeightSpace(const cudnnRNNStruct& rnn)
      : gates{ns::gates_of(rnn.layer.kind)},
        hidden{rnn.layer.hidden},
        inputs{rnn.inputs},
        has_bias{rnn.layer.bias} {}

  [[nodiscard]] std::int64_t columns(std::int64_t number) const { return number < gates ? inputs : hidden; }
  [[nodiscard]] std::int64_t matrix(std::int64_t number) const {
    return hidden * (std::min(number, gates) * inputs + std::max<std::int64_t>(number - gates, 0) * hidden);
  }
  [[nodiscard]] std::int64_t bias(std::int64_t number) const { return matrix(2 * gates) + number * hidden; }
  [[nodiscard]] std::int64_t size() const { return has_bias ? bias(2 * gates) : matrix(2 * gates); }
};

/// Of ONNX (iofc, zrh), the number in cuDNN (ifco, rzh).
std::int64_t number_of(ns::Rnn::Kind kind, std::int64_t gate) {
  constexpr std::array<std::int64_t, 4> of_lstm{0, 3, 1, 2};
  constexpr std::array<std::int64_t, 3> of_gru{1, 0, 2};
  if (kind == ns::Rnn::Kind::lstm) return of_lstm.at(static_cast<std::size_t>(gate));
  return kind == ns::Rnn::Kind::gru ? of_gru.at(static_cast<std::size_t>(gate)) : gate;
}

std::vector<ns::Array> weights_of(const cudnnRNNStruct& rnn, const float* space) {
  const WeightSpace places{rnn};
  const auto directions = ns::directions_of(rnn.layer);
  const auto rows = places.gates * places.hidden;
  std::vector<ns::Array> weights{ns::zeros(ns::DType::float32, ns::Shape{directions, rows, places.inputs}),
                                 ns::zeros(ns::DType::float32, ns::Shape{directions, rows, places.hidden}),
                                 ns::zeros(ns::DType::float32, ns::Shape{directions, 2 * rows})};
  for (auto& array : weights) array.values.clear();
  for (std::int64_t direction = 0; direction < directions; ++direction) {
    const float* const own = space + direction * places.size();
    for (std::int64_t i = 0; i < 2 * places.gates; ++i) {
      const auto of_state = i / places.gates;
      const auto number = of_state * places.gates + number_of(rnn.layer.kind, i % places.gates);
      const float* const matrix = own + places.matrix(number);
      auto& values = weights[static_cast<std::size_t>(of_state)].values;
      values.insert(values.end(), matrix, matrix + places.hidden * places.columns(number));
      const float* const bias = own + places.bias(number);
      if (places.has_bias) weights[2].values.insert(weights[2].values.end(), bias, bias + places.hidden);
    }
  }
  if (!places.has_bias) weights.pop_back();
  return weights;
}

/// What one call reads and writes.
struct Call {
  cudnnRNNStruct rnn;
  cudnnRNNDataStruct x;
  const void* x_memory;
  void* y;
  std::array<const void*, 2> first;  // h and c; null: zeros
  std::array<void*, 2> last;         // null: not wanted
  const void* weights;

  [[nodiscard]] std::vector<std::int64_t> state() const {
    return {ns::directions_of(rnn.layer), x.batch, rnn.layer.hidden};
  }
};

void compute(const Call& call) {
  ns::Rnn layer = call.rnn.layer;
  const bool is_lstm = layer.kind == ns::Rnn::Kind::lstm;
  layer.states = is_lstm ? "hc" : "h";
  layer.outputs = is_lstm ? "yhc" : "yh";
  const auto state = call.state();
  std::vector<ns::Array> inputs{
      fakegpu::read(call.x_memory, {call.x.steps, call.x.batch, call.x.size}, CUDA_R_32F)};
  std::vector<ns::Array> outputs{
      ns::zeros(ns::DType::float32, ns::Shape{call.x.steps, state[0], state[1], state[2]})};
  for (std::size_t i = 0; i < layer.states.size(); ++i) {
    inputs.push_back(call.first.at(i) == nullptr ? ns::zeros(ns::DType::float32, ns::Shape{state})
                                                 : fakegpu::read(call.first.at(i), state, CUDA_R_32F));
    outputs.push_back(ns::zeros(ns::DType::float32, ns::Shape{state}));
  }
  std::vector<const ns::Array*> from;
  std::vector<ns::Array*> to;
  for (const auto& array : inputs) from.push_back(&array);
  for (auto& array : outputs) to.push_back(&array);
  const auto weights = weights_of(call.rnn, static_cast<const float*>(call.weights));
  ns::reference::run(ns::LayerParams{layer}, {from, weights, to});
  auto* y = static_cast<float*>(call.y);  // [steps, N, directions * hidden]
  for (std::int64_t step = 0; step < call.x.steps; ++step)
    for (std::int64_t n = 0; n < state[1]; ++n)
      for (std::int64_t direction = 0; direction < state[0]; ++direction)
        for (std::int64_t unit = 0; unit < state[2]; ++unit)
          *y++ = static_cast<float>(outputs[0].values[static_cast<std::size_t>(
              ((step * state[0] + direction) * state[1] + n) * state[2] + unit)]);
  for (std::size_t i = 0; i < layer.states.size(); ++i)
    if (call.last.at(i) != nullptr) fakegpu::write(call.last.at(i), outputs[1 + i], CUDA_R_32F);
}

std::optional<ns::Rnn::Kind> kind_of(cudnnRNNMode_t mode) {
  if (mode == CUDNN_LSTM) return ns::Rnn::Kind::lstm;
  if (mode == CUDNN_GRU) return ns::Rnn::Kind::gru;
  if (mode == CUDNN_RNN_TANH) return ns::Rnn::Kind::rnn;
  return {};
}

cudnnStatus_t set_dense(cudnnTensorDescriptor_t tensor, std::int64_t rows, std::int64_t columns) {
  tensor->extents = {1, rows, columns};
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

#define NS_OBJECT(Name, Type)                                                                              \
  cudnnStatus_t cudnnCreate##Name(Type* made) { return create("cudnnCreate" #Name, "cudnn" #Name, made); } \
  cudnnStatus_t cudnnDestroy##Name(Type made) { return destroy("cudnnDestroy" #Name, "cudnn" #Name, made); }
NS_OBJECT(DropoutDescriptor, cudnnDropoutDescriptor_t)
NS_OBJECT(RNNDescriptor, cudnnRNNDescriptor_t)
NS_OBJECT(RNNDataDescriptor, cudnnRNNDataDescriptor_t)
#undef NS_OBJECT

cudnnStatus_t cudnnSetDropoutDescriptor(cudnnDropoutDescriptor_t, cudnnHandle_t, float dropout, void*,
                                        std::size_t, unsigned long long) {
  if (dropout != 0.0F) return CUDNN_STATUS_NOT_SUPPORTED;
  return fakegpu::begin_dnn("cudnnSetDropoutDescriptor");
}

cudnnStatus_t cudnnSetRNNDescriptor_v8(cudnnRNNDescriptor_t rnn, cudnnRNNAlgo_t algorithm,
                                       cudnnRNNMode_t mode, cudnnRNNBiasMode_t bias,
                                       cudnnDirectionMode_t direction, cudnnRNNInputMode_t input,
                                       cudnnDataType_t type, cudnnDataType_t math, cudnnMathType_t,
                                       std::int32_t inputs, std::int32_t hidden, std::int32_t projected,
                                       std::int32_t layers, cudnnDropoutDescriptor_t dropout,
                                       std::uint32_t flags) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSetRNNDescriptor_v8"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  const auto kind = kind_of(mode);
  if (!kind || algorithm != CUDNN_RNN_ALGO_STANDARD || input != CUDNN_LINEAR_INPUT ||
      type != CUDNN_DATA_FLOAT || math != CUDNN_DATA_FLOAT || layers != 1 || flags != 0)
    return CUDNN_STATUS_NOT_SUPPORTED;
  if (inputs < 1 || hidden < 1 || projected != hidden || dropout == nullptr) return CUDNN_STATUS_BAD_PARAM;
  rnn->layer.kind = *kind;
  rnn->layer.hidden = hidden;
  rnn->layer.bias = bias == CUDNN_RNN_DOUBLE_BIAS;
  rnn->layer.reset_after = *kind == ns::Rnn::Kind::gru;
  rnn->layer.direction =
      direction == CUDNN_BIDIRECTIONAL ? ns::Rnn::Direction::both : ns::Rnn::Direction::forward;
  rnn->inputs = inputs;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetRNNDataDescriptor(cudnnRNNDataDescriptor_t data, cudnnDataType_t type,
                                        cudnnRNNDataLayout_t layout, int steps, int batch, int size,
                                        const int* lengths, void*) {
  if (const auto begun = fakegpu::begin_dnn("cudnnSetRNNDataDescriptor"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  if (type != CUDNN_DATA_FLOAT || layout != CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED)
    return CUDNN_STATUS_NOT_SUPPORTED;
  if (steps < 1 || batch < 1 || size < 1 || std::any_of(lengths, lengths + batch, [&](int length) {
        return length != steps;  // this library's own limit
      }))
    return CUDNN_STATUS_BAD_PARAM;
  *data = {steps, batch, size};
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetRNNWeightSpaceSize(cudnnHandle_t, cudnnRNNDescriptor_t rnn, std::size_t* bytes) {
  const auto floats = ns::directions_of(rnn->layer) * WeightSpace{*rnn}.size();
  *bytes = static_cast<std::size_t>(floats) * sizeof(float);
  return fakegpu::begin_dnn("cudnnGetRNNWeightSpaceSize");
}

cudnnStatus_t cudnnGetRNNTempSpaceSizes(cudnnHandle_t, cudnnRNNDescriptor_t, cudnnForwardMode_t,
                                        cudnnRNNDataDescriptor_t, std::size_t* workspace,
                                        std::size_t* reserved) {
  *workspace = workspace_bytes;
  *reserved = 0;
  return fakegpu::begin_dnn("cudnnGetRNNTempSpaceSizes");
}

cudnnStatus_t cudnnGetRNNWeightParams(cudnnHandle_t, cudnnRNNDescriptor_t rnn, std::int32_t direction,
                                      std::size_t bytes, const void* space, std::int32_t number,
                                      cudnnTensorDescriptor_t matrix, void** matrix_at,
                                      cudnnTensorDescriptor_t bias, void** bias_at) {
  if (const auto begun = fakegpu::begin_dnn("cudnnGetRNNWeightParams"); begun != CUDNN_STATUS_SUCCESS)
    return begun;
  const WeightSpace places{*rnn};
  if (direction < 0 || direction >= ns::directions_of(rnn->layer) || number < 0 ||
      number >= 2 * places.gates || !fakegpu::is_device_memory(space, bytes))
    return CUDNN_STATUS_BAD_PARAM;
  float* const own = static_cast<float*>(const_cast<void*>(space)) + direction * places.size();
  *matrix_at = own + places.matrix(number);
  *bias_at = places.has_bias ? own + places.bias(number) : nullptr;
  set_dense(bias, places.hidden, 1);
  return set_dense(matrix, places.hidden, places.columns(number));
}

cudnnStatus_t cudnnRNNForward(cudnnHandle_t handle, cudnnRNNDescriptor_t rnn, cudnnForwardMode_t mode,
                              const std::int32_t* lengths, cudnnRNNDataDescriptor_t x, const void* x_memory,
                              cudnnRNNDataDescriptor_t y, void* y_memory, cudnnTensorDescriptor_t h,
                              const void* first_h, void* last_h, cudnnTensorDescriptor_t c,
                              const void* first_c, void* last_c, std::size_t weight_bytes,
                              const void* weights, std::size_t bytes, void* workspace, std::size_t reserved,
                              void*) {
  if (const auto begun = fakegpu::begin_dnn("cudnnRNNForward"); begun != CUDNN_STATUS_SUCCESS) return begun;
  const Call call{*rnn, *x, x_memory, y_memory, {first_h, first_c}, {last_h, last_c}, weights};
  const auto directions = ns::directions_of(rnn->layer);
  const auto state = call.state();
  if (mode != CUDNN_FWD_MODE_INFERENCE || reserved != 0 || x->size != rnn->inputs ||
      y->size != directions * rnn->layer.hidden || y->steps != x->steps || y->batch != x->batch ||
      h->extents != state || c->extents != state || bytes < workspace_bytes ||
      !fakegpu::is_device_memory(workspace, bytes))
    return CUDNN_STATUS_BAD_PARAM;
  const auto elements = fakegpu::elements_of(state);
  std::vector<fakegpu::Operand> operands{{lengths, x->batch},
                                         {x_memory, x->steps * x->batch * x->size},
                                         {y_memory, y->steps * y->batch * y->size},
                                         {weights, static_cast<std::int64_t>(weight_bytes / sizeof(float))}};
  for (const void* memory :
       {first_h, first_c, static_cast<const void*>(last_h), static_cast<const void*>(last_c)})
    if (memory != nullptr) operands.push_back({memory, elements});
  const double flops =
      2.0 * static_cast<double>(x->steps * x->batch) * static_cast<double>(weight_bytes / sizeof(float));
  return fakegpu::enqueue_dnn(handle, operands, flops, [call] { compute(call); });
}
