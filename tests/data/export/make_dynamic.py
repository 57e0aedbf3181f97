#!/usr/bin/env python3
"""Makes dynamic_int8 and dynamic_uint8: a small net of convolutions, an LSTM and products with one input, quantised by ONNX Runtime's
quantize_dynamic, with an input and ONNX Runtime's outputs (optimisations off). Needs what scripts/onnx-venv installs.

  make_dynamic.py FOLDER
"""

import sys
import tempfile
from pathlib import Path

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

random = numpy.random.default_rng(7)


def stored(name, *shape):
    values = random.uniform(-2.0, 2.0, shape) / numpy.sqrt(numpy.prod(shape[1:]))
    return numpy_helper.from_array(values.astype(numpy.float32), name)


def real_net():
    hidden = 6
    weights = [stored("w1", 8, 3, 3, 3), stored("b1", 8), stored("w2", 8, 1, 3, 3), stored("w3", 12, 8, 1, 1), stored("b3", 12),
               stored("W", 2, 4 * hidden, 36), stored("R", 2, 4 * hidden, hidden), stored("B", 2, 8 * hidden),
               stored("q", 2 * hidden, 16), stored("k", 2 * hidden, 16), stored("bias", 16),
               numpy_helper.from_array(numpy.array([3, 2, 36], numpy.int64), "columns"),
               numpy_helper.from_array(numpy.array([2, 3, 12], numpy.int64), "lines")]
    nodes = [helper.make_node("Conv", ["image", "w1", "b1"], ["c1"], "c1", pads=[1, 1, 1, 1], strides=[2, 2]),
             helper.make_node("Relu", ["c1"], ["r1"], "r1"),
             helper.make_node("Conv", ["r1", "w2"], ["c2"], "c2", group=8, pads=[0, 1, 1, 0]),
             helper.make_node("Conv", ["c2", "w3", "b3"], ["c3"], "c3"),
             helper.make_node("Relu", ["c3"], ["r3"], "r3"),
             helper.make_node("Transpose", ["r3"], ["t"], "t", perm=[3, 0, 1, 2]),
             helper.make_node("Reshape", ["t", "columns"], ["s"], "s"),
             helper.make_node("LSTM", ["s", "W", "R", "B"], ["y"], "lstm", hidden_size=hidden, direction="bidirectional"),
             helper.make_node("Transpose", ["y"], ["yt"], "yt", perm=[2, 0, 1, 3]),
             helper.make_node("Reshape", ["yt", "lines"], ["l"], "l"),
             helper.make_node("MatMul", ["l", "q"], ["lq"], "lq"),
             helper.make_node("MatMul", ["l", "k"], ["lk"], "lk"),
             helper.make_node("Add", ["bias", "lk"], ["lkb"], "lkb"),
             helper.make_node("Transpose", ["lkb"], ["lkt"], "lkt", perm=[0, 2, 1]),
             helper.make_node("MatMul", ["lq", "lkt"], ["scores"], "scores")]
    graph = helper.make_graph(nodes, "dynamic", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [2, 3, 8, 8])],
                              [helper.make_tensor_value_info("r3", TensorProto.FLOAT, [2, 12, 3, 3]),
                               helper.make_tensor_value_info("y", TensorProto.FLOAT, [3, 2, 2, hidden]),
                               helper.make_tensor_value_info("scores", TensorProto.FLOAT, [2, 3, 3])], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def outputs_of(model, image):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return {f"out:{name}": values for name, values in zip(names, session.run(names, {"image": image}))}


def main():
    folder = Path(sys.argv[1])
    net = real_net()
    image = random.normal(size=(2, 3, 8, 8)).astype(numpy.float32)
    for name, dtype in (("dynamic_int8", QuantType.QInt8), ("dynamic_uint8", QuantType.QUInt8)):
        with tempfile.TemporaryDirectory() as scratch:
            onnx.save(net, f"{scratch}/real.onnx")
            quantize_dynamic(f"{scratch}/real.onnx", f"{scratch}/{name}.onnx", weight_type=dtype, op_types_to_quantize=["Conv", "MatMul", "LSTM"])
            model = onnx.load(f"{scratch}/{name}.onnx")
        onnx.checker.check_model(model)
        onnx.save(model, folder / f"{name}.onnx")
        numpy.savez(folder / f"{name}.npz", **{"in:image": image}, **outputs_of(model, image))


if __name__ == "__main__":
    main()
