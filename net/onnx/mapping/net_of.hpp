/// The step from a model's file to the Net that is predicted and cut.
#pragma once

#include "net/net.hpp"
#include "net/onnx/onnx.hpp"

namespace ns::onnx {

/// One layer per node of the main graph, named like it, in a room of net/layers where one describes the node
/// and opaque elsewhere, with the MACs, FLOPs and weights that inference knows. What is constant (shape
/// arithmetic, weights and what is made of them) is no layer: it costs nothing and is no place to cut. A
/// tensor whose size depends on data counts with its bound; without one, and where it is no plain tensor, no
/// cut sends it (Tensor::crosses). usage, naming the dimensions and --dim, where inputs have free ones;
/// bad_input where no output depends on an input.
Result<Net> net_of(ModelFile& file);

}  // namespace ns::onnx
