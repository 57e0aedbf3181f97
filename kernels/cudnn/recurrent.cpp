#include "kernels/cudnn/recurrent.hpp"

#include <array>

namespace ns::cudnn {
namespace {

cudnnRNNMode_t mode_of(Rnn::Kind kind) {
  switch (kind) {
    case Rnn::Kind::lstm:
      return CUDNN_LSTM;
    case Rnn::Kind::gru:
      return CUDNN_GRU;
    case Rnn::Kind::rnn:
      return CUDNN_RNN_TANH;
  }
  return CUDNN_LSTM;
}

/// An empty descriptor becomes one that `create` made.
template <class Descriptor, class Create>
Result<void> create_in(Descriptor& descriptor, Create create, const char* call) {
  decltype(descriptor.get()) handle = nullptr;
  if (auto created = check(create(&handle), call); !created) return created;
  descriptor = Descriptor{handle};
  return {};
}

Result<void> set_data(RnnDataDescriptor& data, const Shape& input, std::int64_t size) {
  auto done = create_in(data, &cudnnCreateRNNDataDescriptor, "cudnnCreateRNNDataDescriptor");
  if (!done) return done;
  const std::vector<int> lengths(static_cast<std::size_t>(input[1]), static_cast<int>(input[0]));
  return check(cudnnSetRNNDataDescriptor(data.get(), CUDNN_DATA_FLOAT, CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_PACKED,
                                         static_cast<int>(input[0]), static_cast<int>(input[1]),
                                         static_cast<int>(size), lengths.data(), nullptr),
               "cudnnSetRNNDataDescriptor");
}

Result<void> set_state(TensorDescriptor& state, const std::array<int, 3>& extents) {
  auto done = create_in(state, &cudnnCreateTensorDescriptor, "cudnnCreateTensorDescriptor");
  if (!done) return done;
  const std::array<int, 3> strides{extents[1] * extents[2], extents[2], 1};
  return check(cudnnSetTensorNdDescriptor(state.get(), CUDNN_DATA_FLOAT, static_cast<int>(extents.size()),
                                          extents.data(), strides.data()),
               "cudnnSetTensorNdDescriptor");
}

Result<void> set_layer(Recurrent& made, const Rnn& layer, std::int64_t inputs, const Device& device) {
  auto done = create_in(made.none, &cudnnCreateDropoutDescriptor, "cudnnCreateDropoutDescriptor");
  if (done)
    done = check(cudnnSetDropoutDescriptor(made.none.get(), device.dnn(), 0.0F, nullptr, 0, 0),
                 "cudnnSetDropoutDescriptor");
  if (done) done = create_in(made.layer, &cudnnCreateRNNDescriptor, "cudnnCreateRNNDescriptor");
  if (!done) return done;
  return check(cudnnSetRNNDescriptor_v8(
                   made.layer.get(), CUDNN_RNN_ALGO_STANDARD, mode_of(layer.kind),
                   layer.bias ? CUDNN_RNN_DOUBLE_BIAS : CUDNN_RNN_NO_BIAS,
                   directions_of(layer) == 2 ? CUDNN_BIDIRECTIONAL : CUDNN_UNIDIRECTIONAL, CUDNN_LINEAR_INPUT,
                   CUDNN_DATA_FLOAT, CUDNN_DATA_FLOAT,
                   device.selection().math == Math::tf32 ? CUDNN_DEFAULT_MATH : CUDNN_FMA_MATH,
                   static_cast<std::int32_t>(inputs), static_cast<std::int32_t>(layer.hidden),
                   static_cast<std::int32_t>(layer.hidden), 1, made.none.get(), CUDNN_RNN_PADDED_IO_DISABLED),
               "cudnnSetRNNDescriptor_v8");
}

}  // namespace

Result<Recurrent> recurrent_of(const Rnn& layer, const Shape& input, const Device& device) {
  Recurrent made;
  const auto directions = directions_of(layer);
  auto done = set_layer(made, layer, input[2], device);
  if (done) done = set_data(made.x, input, input[2]);
  if (done) done = set_data(made.y, input, directions * layer.hidden);
  if (done)
    done = set_state(made.state, {static_cast<int>(directions), static_cast<int>(input[1]),
                                  static_cast<int>(layer.hidden)});
  if (done)
    done = check(cudnnGetRNNWeightSpaceSize(device.dnn(), made.layer.get(), &made.weight_bytes),
                 "cudnnGetRNNWeightSpaceSize");
  std::size_t reserved = 0;  // training alone needs some
  if (done)
    done = check(cudnnGetRNNTempSpaceSizes(device.dnn(), made.layer.get(), CUDNN_FWD_MODE_INFERENCE,
                                           made.x.get(), &made.workspace, &reserved),
                 "cudnnGetRNNTempSpaceSizes");
  if (!done) return tl::unexpected{std::move(done.error())};
  return made;
}

std::int64_t gate_of(Rnn::Kind kind, std::int64_t number) {
  constexpr std::array<std::int64_t, 4> of_lstm{0, 2, 3, 1};
  constexpr std::array<std::int64_t, 3> of_gru{1, 0, 2};
  const auto place = static_cast<std::size_t>(number);
  if (kind == Rnn::Kind::lstm) return of_lstm.at(place);
  return kind == Rnn::Kind::gru ? of_gru.at(place) : number;
}

Result<GateAddress> gate_address(const Recurrent& recurrent, const Device& device, void* space,
                                 std::int64_t direction, std::int64_t number) {
  TensorDescriptor matrix;
  TensorDescriptor bias;
  auto done = create_in(matrix, &cudnnCreateTensorDescriptor, "cudnnCreateTensorDescriptor");
  if (done) done = create_in(bias, &cudnnCreateTensorDescriptor, "cudnnCreateTensorDescriptor");
  void* matrix_at = nullptr;
  void* bias_at = nullptr;
  if (done)
    done = check(
        cudnnGetRNNWeightParams(device.dnn(), recurrent.layer.get(), static_cast<std::int32_t>(direction),
                                recurrent.weight_bytes, space, static_cast<std::int32_t>(number),
                                matrix.get(), &matrix_at, bias.get(), &bias_at),
        "cudnnGetRNNWeightParams");
  if (!done) return tl::unexpected{std::move(done.error())};
  return GateAddress{matrix_at, bias_at};
}

}  // namespace ns::cudnn
