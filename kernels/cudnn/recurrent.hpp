/// What cuDNN is told about a recurrent layer, and where in its weight space a layer's weights go.
#pragma once

#include "kernels/cudnn/descriptors.hpp"
#include "kernels/cudnn/device.hpp"
#include "net/layers/rnn.hpp"

namespace ns::cudnn {

using RnnDescriptor = Owned<cudnnRNNDescriptor_t, &cudnnDestroyRNNDescriptor>;
using RnnDataDescriptor = Owned<cudnnRNNDataDescriptor_t, &cudnnDestroyRNNDataDescriptor>;
using DropoutDescriptor = Owned<cudnnDropoutDescriptor_t, &cudnnDestroyDropoutDescriptor>;

/// Of sequences that are all as long. cuDNN computes in this layout: y [steps, N, directions * hidden].
struct Recurrent {
  DropoutDescriptor none;  // a layer is told of one, even if nothing drops out
  RnnDescriptor layer;
  RnnDataDescriptor x;
  RnnDataDescriptor y;
  TensorDescriptor state;  // [directions, N, hidden]
  std::size_t weight_bytes = 0;
  std::size_t workspace = 0;
};

Result<Recurrent> recurrent_of(const Rnn& layer, const Shape& input, const Device& device);

/// A gate's place among the weights of ONNX (iofc, zrh), by its number in cuDNN (ifco, rzh).
std::int64_t gate_of(Rnn::Kind kind, std::int64_t number);

/// Where one matrix of a gate and its bias stand in the weight space at `space`: those of the input have the
/// gate's number, those of the state follow. The bias is null where there is none.
struct GateAddress {
  void* matrix = nullptr;
  void* bias = nullptr;
};
Result<GateAddress> gate_address(const Recurrent& recurrent, const Device& device, void* space,
                                 std::int64_t direction, std::int64_t number);

}  // namespace ns::cudnn
