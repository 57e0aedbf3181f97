#!/usr/bin/env python3
"""Writes truth.txt: layers, their inputs and weights, and what ONNX Runtime makes of them.

    pip install onnx==1.23.2 onnxruntime==1.32.0 numpy && ./make_truth.py > truth.txt

Each case is four or more lines: "layer TEXT", "input VALUES...", "weight VALUES...", "output VALUES...".
"""
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

random = np.random.default_rng(7)


def values(shape):
    return np.round(random.uniform(-2, 2, shape), 3).astype(np.float32)


def show(kind, array):
    print(kind, " ".join(f"{v:.7g}" for v in np.asarray(array, np.float32).ravel()))


def case(text, operator, inputs, weights=(), transform=None, opset=18, **attributes):
    """`transform` makes ONNX's operands of ours where their order or shape differs."""
    operands = list(inputs) + list(weights) if transform is None else transform(list(inputs), list(weights))
    names = [f"t{i}" for i in range(len(operands))]
    outputs = [f"y{i}" for i in range(attributes.pop("outputs", 1))]
    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph(
        [node], "case",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(o.dtype), o.shape) for n, o in zip(names, operands)],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(None, dict(zip(names, operands)))
    print("layer", text)
    for array in inputs:
        show("input", array)
    for array in weights:
        show("weight", array)
    for array in results:
        show("output", array)


def conv(text, shape, weight, bias, **attributes):
    case(text, "Conv", [values(shape)], [values(weight)] + ([values(weight[0])] if bias else []), **attributes)


conv("conv:filters=3,kernel=3@1x2x5x5", (1, 2, 5, 5), (3, 2, 3, 3), True)
conv("conv:filters=4,kernel=3x2,stride=2x1,pad=1x0x0x1,groups=2@2x4x5x4", (2, 4, 5, 4), (4, 2, 3, 2), True,
     group=2, strides=[2, 1], pads=[1, 0, 0, 1])
conv("conv:filters=2,kernel=3,pad=2,dilation=2,bias=0@1x1x6x6", (1, 1, 6, 6), (2, 1, 3, 3), False,
     dilations=[2, 2], pads=[2, 2, 2, 2])
conv("conv:filters=2,kernel=3,stride=2,pad=1@1x3x9", (1, 3, 9), (2, 3, 3), True, strides=[2], pads=[1, 1])
conv("conv:filters=2,kernel=2@1x2x3x4x3", (1, 2, 3, 4, 3), (2, 2, 2, 2, 2), True)
case("fc:features=4@2x5", "Gemm", [values((2, 5))], [values((4, 5)), values(4)], transB=1)
for name, operator in (("max", "MaxPool"), ("average", "AveragePool")):
    case(f"pool:{name},kernel=3,stride=2,pad=1@1x2x6x7", operator, [values((1, 2, 6, 7))],
         kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    case(f"pool:{name},kernel=3,stride=2,rounding=ceil@1x1x6x6", operator, [values((1, 1, 6, 6))],
         kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1)
    case(f"pool:{name},global=1@1x3x4x5", "Global" + operator, [values((1, 3, 4, 5))])
case("pool:average,kernel=2,stride=2,pad=1,count_pad=1@1x2x5x5", "AveragePool", [values((1, 2, 5, 5))],
     kernel_shape=[2, 2], strides=[2, 2], pads=[1, 1, 1, 1], count_include_pad=1)
x = values((1, 2, 3, 3))
case("act:relu@1x2x3x3", "Relu", [x])
case("act:leaky_relu,alpha=0.1@1x2x3x3", "LeakyRelu", [x], alpha=0.1)
case("act:prelu@1x2x3x3", "PRelu", [x], [values(2)], transform=lambda i, w: i + [w[0].reshape(2, 1, 1)])
case("act:elu,alpha=1.5@1x2x3x3", "Elu", [x], alpha=1.5)
case("act:sigmoid@1x2x3x3", "Sigmoid", [x])
case("act:tanh@1x2x3x3", "Tanh", [x])
case("act:hardsigmoid,alpha=0.2,beta=0.5@1x2x3x3", "HardSigmoid", [x], alpha=0.2, beta=0.5)
case("act:hardswish@1x2x3x3", "HardSwish", [x])
case("act:softplus@1x2x3x3", "Softplus", [x])
case("act:gelu@1x2x3x3", "Gelu", [x], opset=20)
case("act:abs@1x2x3x3", "Abs", [x])
case("act:exp@1x2x3x3", "Exp", [x])
case("norm:lrn,size=3,alpha=0.5,k=2@1x5x2x2", "LRN", [values((1, 5, 2, 2))], size=3, alpha=0.5, beta=0.75, bias=2.0)
mean, variance, scale, shift = values(3), np.abs(values(3)) + 0.5, values(3), values(3)
case("norm:batch@2x3x2x2", "BatchNormalization", [values((2, 3, 2, 2))], [mean, variance, scale, shift],
     transform=lambda i, w: i + [w[2], w[3], w[0], w[1]], epsilon=1e-5)
case("softmax@2x5", "Softmax", [values((2, 5))], axis=1)
case("softmax@1x4x2x3", "Softmax", [values((1, 4, 2, 3))], axis=1)
case("eltwise:add@1x3x2x2,1x3x2x2", "Add", [values((1, 3, 2, 2)), values((1, 3, 2, 2))])
case("eltwise:mul@1x3x2x2,1x3x1x1", "Mul", [values((1, 3, 2, 2)), values((1, 3, 1, 1))])
case("eltwise:sub@3x1,1x4", "Sub", [values((3, 1)), values((1, 4))])
case("eltwise:div@2x3,3", "Div", [values((2, 3)), values(3)])
case("eltwise:max@2x3,2x3,2x3", "Max", [values((2, 3)), values((2, 3)), values((2, 3))])
case("eltwise:min@2x3,2x3", "Min", [values((2, 3)), values((2, 3))])
case("concat@1x2x3,1x1x3", "Concat", [values((1, 2, 3)), values((1, 1, 3))], axis=1)
case("concat:axis=2@1x2x3,1x2x1", "Concat", [values((1, 2, 3)), values((1, 2, 1))], axis=2)
case("slice:axis=1,sizes=1x2@1x3x2x2", "Split", [values((1, 3, 2, 2))], axis=1, outputs=2,
     transform=lambda i, w: i + [np.array([1, 2], np.int64)])
