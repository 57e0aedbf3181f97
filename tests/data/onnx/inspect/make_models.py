#!/usr/bin/env python3
"""Writes the small models of this folder, which the cases of the commands read. Needs the onnx package."""

import numpy
from onnx import TensorProto, helper, numpy_helper, save
from pathlib import Path

FLOAT, INT64 = TensorProto.FLOAT, TensorProto.INT64
FOLDER = Path(__file__).parent


def tensor(name, shape, dtype=FLOAT):
    return helper.make_tensor_value_info(name, dtype, shape)


def weight(name, *shape):
    return numpy_helper.from_array(numpy.zeros(shape, numpy.float32), name)


def integers(name, values, shape=None):
    return numpy_helper.from_array(numpy.array(values, numpy.int64).reshape(shape if shape is not None else (len(values),)), name)


def write(name, nodes, inputs, outputs, initializers=(), opset=17, domains=()):
    graph = helper.make_graph(nodes, name, inputs, outputs, list(initializers))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), *(helper.make_opsetid(domain, 1) for domain in domains)], ir_version=8, producer_name="make_models")
    save(model, FOLDER / f"{name}.onnx")


def chain():
    """A reshape whose target is computed from the input's shape."""
    nodes = [
        helper.make_node("Shape", ["x"], ["shape"], "shape"),
        helper.make_node("Gather", ["shape", "zero"], ["batch"], "batch", axis=0),
        helper.make_node("Unsqueeze", ["batch", "axes"], ["batches"], "unsqueeze"),
        helper.make_node("Concat", ["batches", "rest"], ["target"], "concat", axis=0),
        helper.make_node("Reshape", ["x", "target"], ["parts"], "split"),
        helper.make_node("Transpose", ["parts"], ["mixed"], "shuffle", perm=[0, 2, 1, 3, 4]),
        helper.make_node("Reshape", ["mixed", "whole"], ["joined"], "join"),
        helper.make_node("Conv", ["joined", "w"], ["y"], "conv"),
    ]
    write("chain", nodes, [tensor("x", ["N", 96, 8, 8])], [tensor("y", None)],
          [integers("zero", [0], ()), integers("axes", [0]), integers("rest", [2, 48, 8, 8]),
           integers("whole", [0, -1, 8, 8]), weight("w", 4, 96, 1, 1)])


def names():
    """Names that are missing, stand twice, or hold what CSV and JSON must quote."""
    nodes = [
        helper.make_node("Conv", [" lead", "w"], ["中文层名"]),
        helper.make_node("Conv", ["中文层名", "w"], ['a,b"c']),
        helper.make_node("Conv", ['a,b"c', "w"], ["x;y"]),
        helper.make_node("Relu", ["x;y"], ["1.2"], "relu"),
        helper.make_node("Relu", ["1.2"], ["line\nbreak"], "relu"),
    ]
    write("names", nodes, [tensor(" lead", [1, 2, 4, 4])], [tensor("line\nbreak", None)], [weight("w", 2, 2, 1, 1)])


def detections():
    """Boxes of which only a run can tell how many are left."""
    nodes = [
        helper.make_node("NonMaxSuppression", ["boxes", "scores", "most", "iou"], ["kept"], "nms"),
        helper.make_node("Gather", ["kept", "two"], ["column"], "gather", axis=1),
        helper.make_node("Squeeze", ["column", "axes"], ["which"], "squeeze"),
    ]
    write("detections", nodes, [tensor("boxes", [1, 6, 4]), tensor("scores", [1, 1, 6])], [tensor("which", None, INT64)],
          [integers("most", [2], ()), numpy_helper.from_array(numpy.array([0.5], numpy.float32), "iou"),
           integers("two", [2]), integers("axes", [1])])


def sequence():
    nodes = [
        helper.make_node("SplitToSequence", ["x"], ["pieces"], "pieces", axis=0),
        helper.make_node("SequenceAt", ["pieces", "first"], ["y"], "at"),
    ]
    write("sequence", nodes, [tensor("x", [4, 2])], [tensor("y", None)], [integers("first", [0], ())])


def words():
    """Two inputs that share a free dimension, and one whose dimension has no name."""
    nodes = [
        helper.make_node("Add", ["left", "right"], ["sum"], "add"),
        helper.make_node("MatMul", ["sum", "w"], ["projected"], "project"),
        helper.make_node("MatMul", ["projected", "other"], ["y"], "attend"),
    ]
    write("words", nodes, [tensor("left", ["batch", "length", 8]), tensor("right", ["batch", "length", 8]),
                           tensor("other", ["batch", 16, None])], [tensor("y", None)], [weight("w", 8, 16)])


def channels_last():
    nodes = [
        helper.make_node("Transpose", ["x"], ["planes"], "planes", perm=[0, 3, 1, 2]),
        helper.make_node("Conv", ["planes", "w"], ["y"], "conv", strides=[2, 2], pads=[0, 0, 1, 1]),
    ]
    write("channels_last", nodes, [tensor("x", ["N", 160, 160, 3])], [tensor("y", None)], [weight("w", 32, 3, 3, 3)])


def external():
    """Weights in a file that is not there."""
    outside = TensorProto(name="w", data_type=FLOAT, dims=[4, 4], data_location=TensorProto.EXTERNAL)
    for key, value in (("location", "none.bin"), ("offset", "4096"), ("length", "64")):
        outside.external_data.add(key=key, value=value)
    write("external", [helper.make_node("MatMul", ["x", "w"], ["y"], "fc")], [tensor("x", [2, 4])], [tensor("y", None)], [outside])


def quantised_sum():
    """A node that becomes several layers."""
    scale = numpy_helper.from_array(numpy.array(0.5, numpy.float32), "scale")
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "scale"], ["q"], "quantise"),
        helper.make_node("QLinearAdd", ["q", "scale", "", "q", "scale", "", "scale"], ["twice"], "sum", domain="com.microsoft"),
        helper.make_node("DequantizeLinear", ["twice", "scale"], ["y"], "real"),
    ]
    write("quantised_sum", nodes, [tensor("x", [1, 4])], [tensor("y", None)], [scale], domains=["com.microsoft"])


if __name__ == "__main__":
    for make in (chain, names, detections, sequence, words, channels_last, external, quantised_sum):
        make()
