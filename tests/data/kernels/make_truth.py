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
    names = ["" if operand is None else f"t{i}" for i, operand in enumerate(operands)]
    operands = [operand for operand in operands if operand is not None]
    outputs = [f"y{i}" for i in range(attributes.pop("outputs", 1))]
    kinds = attributes.pop("kind", TensorProto.FLOAT)
    kinds = kinds if isinstance(kinds, list) else [kinds] * len(outputs)
    node = helper.make_node(operator, names, outputs, **attributes)
    graph = helper.make_graph(
        [node], "case",
        [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(o.dtype), o.shape) for n, o in zip(filter(None, names), operands)],
        [helper.make_tensor_value_info(n, kind, None) for n, kind in zip(outputs, kinds)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=9)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    results = session.run(None, dict(zip(filter(None, names), operands)))
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


# What today's nets consist of.
def indices(*shape, below, negative=False):
    return random.integers(-below if negative else 0, below, shape).astype(np.int64)


case("matmul@3x4,4x2", "MatMul", [values((3, 4)), values((4, 2))])
case("matmul@2x1x3x4,5x4x2", "MatMul", [values((2, 1, 3, 4)), values((5, 4, 2))])
case("matmul@2x3x4,4", "MatMul", [values((2, 3, 4)), values(4)])
case("matmul@4,2x4x3", "MatMul", [values(4), values((2, 4, 3))])
case("matmul:transpose_b=1@2x3x4,2x5x4", "MatMul", [values((2, 3, 4)), values((2, 5, 4))],
     transform=lambda i, w: [i[0], i[1].transpose(0, 2, 1)])
case("matmul:transpose_a=1@2x4x3,2x4x5", "MatMul", [values((2, 4, 3)), values((2, 4, 5))],
     transform=lambda i, w: [i[0].transpose(0, 2, 1), i[1]])
case("matmul:with=2x4x3@2x5x4", "MatMul", [values((2, 5, 4))], [values((2, 4, 3))])
case("matmul:with=3x5,with_first=1@2x5x4", "MatMul", [values((2, 5, 4))], [values((3, 5))],
     transform=lambda i, w: [w[0], i[0]])
case("fc:features=3,axis=2@2x3x4", "MatMul", [values((2, 3, 4))], [values((3, 4)), np.zeros(3, np.float32)],
     transform=lambda i, w: [i[0], w[0].T])
case("deconv:filters=3,kernel=3@1x2x4x5", "ConvTranspose", [values((1, 2, 4, 5))], [values((2, 3, 3, 3)), values(3)])
case("deconv:filters=4,kernel=3x2,stride=2x3,pad=1x0x0x1,output_pad=1x2,groups=2@2x4x3x4", "ConvTranspose",
     [values((2, 4, 3, 4))], [values((4, 2, 3, 2)), values(4)], group=2, strides=[2, 3], pads=[1, 0, 0, 1],
     output_padding=[1, 2])
case("deconv:filters=2,kernel=3,dilation=2,bias=0@1x1x4x4", "ConvTranspose", [values((1, 1, 4, 4))],
     [values((1, 2, 3, 3))], dilations=[2, 2])
case("deconv:filters=2,kernel=4,stride=2,pad=1@1x3x5", "ConvTranspose", [values((1, 3, 5))],
     [values((3, 2, 4)), values(2)], strides=[2], pads=[1, 1])
case("norm:layer,axis=2@2x3x5", "LayerNormalization", [values((2, 3, 5))], [values(5), values(5)], axis=2)
case("norm:layer,axis=1,bias=0,epsilon=0.01@2x3x5", "LayerNormalization", [values((2, 3, 5))], [values((3, 5))],
     axis=1, epsilon=0.01)
case("norm:instance@2x3x4x5", "InstanceNormalization", [values((2, 3, 4, 5))], [values(3), values(3)])
case("norm:group,groups=2@2x4x3x3", "GroupNormalization", [values((2, 4, 3, 3))], [values(4), values(4)], opset=21,
     num_groups=2)
case("norm:rms,axis=2,bias=0,epsilon=1e-5@2x3x5", "RMSNormalization", [values((2, 3, 5))], [values(5)], opset=23, axis=2)
x = values((2, 3, 4))
for name, operator in (("erf", "Erf"), ("reciprocal", "Reciprocal"), ("neg", "Neg"), ("sign", "Sign"),
                       ("floor", "Floor"), ("ceil", "Ceil"), ("round", "Round"), ("sin", "Sin"), ("cos", "Cos"),
                       ("tan", "Tan"), ("atan", "Atan"), ("sinh", "Sinh"), ("cosh", "Cosh"), ("asinh", "Asinh"),
                       ("softsign", "Softsign"), ("mish", "Mish")):
    case(f"act:{name}@2x3x4", operator, [x])
case("act:sqrt@2x3x4", "Sqrt", [np.abs(x)])
case("act:acosh@2x3x4", "Acosh", [np.abs(x) + 1])
for name, operator in (("asin", "Asin"), ("acos", "Acos"), ("atanh", "Atanh")):
    case(f"act:{name}@2x3x4", operator, [x / 2.5])
case("act:celu,alpha=1.5@2x3x4", "Celu", [x], alpha=1.5)
case("act:selu,alpha=1.6732632,gamma=1.0507009@2x3x4", "Selu", [x])
case("act:thresholded_relu,alpha=0.7@2x3x4", "ThresholdedRelu", [x], alpha=0.7)
case("act:shrink,alpha=0.5,beta=0.2@2x3x4", "Shrink", [x], lambd=0.5, bias=0.2)
case("act:gelu_tanh@2x3x4", "Gelu", [x], opset=20, approximate="tanh")
case("softmax:axis=2,kind=log@2x3x4", "LogSoftmax", [x], axis=2)
case("softmax:axis=1,kind=log@2x3x4", "LogSoftmax", [x], axis=1)
case("softmax:axis=1,kind=hard@2x3x4", "Hardmax", [x], axis=1)
for kind, operator in (("sum", "Sum"), ("mean", "Mean"), ("max", "Max"), ("min", "Min"), ("prod", "Prod"), ("l1", "L1"),
                       ("l2", "L2"), ("log_sum_exp", "LogSumExp"), ("sum_square", "SumSquare")):
    for axes in ([2], [1], [0, 2]):
        case(f"reduce:{kind},axes={'x'.join(map(str, axes))}@2x3x4", "Reduce" + operator, [x],
             transform=lambda i, w: i + [np.array(axes, np.int64)])
case("reduce:log_sum,keep=0@2x3x4", "ReduceLogSum", [np.abs(x)], keepdims=0)
positive = np.abs(values((2, 3, 4))) + np.float32(0.5)
case("eltwise:pow@2x3x4,3x1", "Pow", [positive, values((3, 1))])
case("eltwise:mod@2x3x4,4", "Mod", [np.round(x * 5), np.array([3, -3, 2, 7], np.float32)],
     transform=lambda i, w: [v.astype(np.int64) for v in i], kind=TensorProto.INT64)
case("eltwise:fmod@2x3x4,4", "Mod", [x, values(4)], fmod=1)
case("eltwise:mean@2x3,2x3,1x3", "Mean", [values((2, 3)), values((2, 3)), values((1, 3))])
case("eltwise:add,with=4@2x3x4", "Add", [x], [values(4)])
case("eltwise:sub,with=3x1,with_first=1@2x3x4", "Sub", [x], [values((3, 1))], transform=lambda i, w: [w[0], i[0]])
for kind, operator in (("equal", "Equal"), ("less", "Less"), ("less_equal", "LessOrEqual"), ("greater", "Greater"),
                       ("greater_equal", "GreaterOrEqual")):
    case(f"eltwise:{kind}@2x3x4,3x1", operator, [np.round(x), np.round(values((3, 1)))], kind=TensorProto.BOOL)
for kind, operator in (("logical_and", "And"), ("logical_or", "Or"), ("logical_xor", "Xor")):
    case(f"eltwise:{kind}@2x3x4:bool,3x1:bool", operator, [(x > 0).astype(np.float32), np.array([[0], [1], [1]], np.float32)],
         transform=lambda i, w: [v.astype(bool) for v in i], kind=TensorProto.BOOL)
case("eltwise:where@3x1:bool,2x3x4,4", "Where", [np.array([[0], [1], [0]], np.float32), x, values(4)],
     transform=lambda i, w: [i[0].astype(bool), i[1], i[2]])
case("eltwise:where,with=1,with_first=1@2x3x4:bool,2x3x4", "Where", [(x > 0).astype(np.float32), x], [values(1)],
     transform=lambda i, w: [i[0].astype(bool), w[0], i[1]])
case("cast:dtype=int64@2x3x4", "Cast", [x], to=TensorProto.INT64, kind=TensorProto.INT64)
case("cast:dtype=bool@2x3x4", "Cast", [np.round(x)], to=TensorProto.BOOL, kind=TensorProto.BOOL)
case("transpose:perm=2x0x1@2x3x4", "Transpose", [x], perm=[2, 0, 1])
case("transpose:perm=0x2x1x3@2x3x4x5", "Transpose", [values((2, 3, 4, 5))], perm=[0, 2, 1, 3])
for order in ("dcr", "crd"):
    case(f"depth_space:depth_to_space,block=2{'' if order == 'dcr' else ',order=crd'}@1x8x2x3", "DepthToSpace",
         [values((1, 8, 2, 3))], blocksize=2, mode=order.upper())
case("depth_space:space_to_depth,block=2@1x3x4x6", "SpaceToDepth", [values((1, 3, 4, 6))], blocksize=2)
case("crop:starts=1x4x1,steps=1x-2x1,extents=1x2x3@2x5x4", "Slice", [values((2, 5, 4))],
     transform=lambda i, w: i + [np.array(v, np.int64) for v in ([1, 4, 1], [2, 0, 4], [0, 1, 2], [1, -2, 1])])
for mode in ("constant", "reflect", "edge", "wrap"):
    value = [np.array(0.5, np.float32)] if mode == "constant" else []
    case(f"pad:{mode},pads=0x1x2x1x0x3{',value=0.5' if value else ''}@2x3x4", "Pad", [x], opset=19,
         transform=lambda i, w: i + [np.array([0, 1, 2, 1, 0, 3], np.int64)] + value, mode=mode)
case("pad:constant,pads=0x-1x2x0x0x-1@2x3x4", "Pad", [x], transform=lambda i, w: i + [np.array([0, -1, 2, 0, 0, -1], np.int64)])
case("expand:extents=2x1x4@3x1", "Expand", [values((3, 1))], transform=lambda i, w: i + [np.array([2, 1, 4], np.int64)])
case("tile:repeats=2x1x3@2x3x2", "Tile", [values((2, 3, 2))], transform=lambda i, w: i + [np.array([2, 1, 3], np.int64)])


def picked(text, operator, data, places, stored=None, **attributes):
    """Indices are written as numbers; ONNX Runtime gets them as integers."""
    operands = [data, places.astype(np.float32)]
    inputs = [o for i, o in enumerate(operands) if i != stored]
    weights = [] if stored is None else [operands[stored]]
    case(text, operator, inputs, weights, transform=lambda i, w: [data, places], **attributes)


picked("gather@4x3,2x2:int64", "Gather", values((4, 3)), indices(2, 2, below=4, negative=True), axis=0)
picked("gather:axis=1@2x4x3,5:int64", "Gather", values((2, 4, 3)), indices(5, below=4), axis=1)
picked("gather:table=6x3@2x2:int64", "Gather", values((6, 3)), indices(2, 2, below=6), stored=0, axis=0)
picked("gather:axis=1,single=1@2x4x3", "Gather", values((2, 4, 3)), np.array(2, np.int64), stored=1, axis=1)
picked("gather:kind=elements,axis=1@3x4,2x5:int64", "GatherElements", values((3, 4)), indices(2, 5, below=4), axis=1)
picked("gather:kind=nd@3x4x2,5x2:int64", "GatherND", values((3, 4, 2)), indices(5, 2, below=3))
picked("gather:kind=nd,batch=1@2x4x3,2x2x1:int64", "GatherND", values((2, 4, 3)), indices(2, 2, 1, below=4), batch_dims=1)
for combine in ("none", "add", "max"):
    text = "" if combine == "none" else f",combine={combine}"
    places = np.array([[0, 2], [3, 1]], np.int64)
    case(f"scatter:elements,axis=1{text}@2x4,2x2:int64,2x2", "ScatterElements",
         [values((2, 4)), places.astype(np.float32), values((2, 2))], transform=lambda i, w: [i[0], places, i[2]],
         axis=1, reduction=combine)
    rows = np.array([[2], [0]], np.int64)
    case(f"scatter:nd{text}@3x4,2x1:int64,2x4", "ScatterND",
         [values((3, 4)), rows.astype(np.float32), values((2, 4))], transform=lambda i, w: [i[0], rows, i[2]],
         reduction=combine)


def resize(text, shape, sizes, mode, coordinates, **attributes):
    case(f"resize:{mode},extents={'x'.join(map(str, sizes))}{text}@{'x'.join(map(str, shape))}", "Resize", [values(shape)],
         transform=lambda i, w: i + [None, None, np.array(sizes, np.int64)], opset=19, mode=mode,
         coordinate_transformation_mode=coordinates, **attributes)


for coordinates in ("half_pixel", "pytorch_half_pixel", "align_corners", "asymmetric"):
    text = "" if coordinates == "half_pixel" else f",coordinates={coordinates}"
    for mode in ("nearest", "linear", "cubic"):
        resize(text, (1, 2, 3, 4), (1, 2, 5, 7), mode, coordinates)
        resize(text, (1, 1, 6, 5), (1, 1, 4, 2), mode, coordinates)
for rounding in ("round_prefer_ceil", "floor", "ceil"):
    resize(f",coordinates=asymmetric,rounding={rounding}", (1, 1, 4, 4), (1, 1, 8, 7), "nearest", "asymmetric",
           nearest_mode=rounding)
resize(",cubic=-0.5,exclude_outside=1", (1, 1, 4, 5), (1, 1, 7, 8), "cubic", "half_pixel", cubic_coeff_a=-0.5, exclude_outside=1)
resize(",antialias=1", (1, 1, 8, 9), (1, 1, 3, 4), "linear", "half_pixel", antialias=1)
resize(",antialias=1", (1, 1, 8, 9), (1, 1, 3, 4), "cubic", "half_pixel", antialias=1)


def recurrent(kind, operator, gates, direction="forward", states="", outputs="y", text="", **attributes):
    steps, batch, inputs, hidden = 3, 2, 4, 3
    directions = 2 if direction == "both" else 1
    given = [values((steps, batch, inputs))] + [values((directions, batch, hidden)) for _ in states]
    trained = [values((directions, gates * hidden, inputs)), values((directions, gates * hidden, hidden)),
               values((directions, 2 * gates * hidden))]
    fields = "".join([f",direction={direction}" if direction != "forward" else "", f",states={states}" if states else "",
                      f",outputs={outputs}" if outputs != "y" else "", text])
    shapes = [f"{steps}x{batch}x{inputs}"] + [f"{directions}x{batch}x{hidden}" for _ in states]
    case(f"rnn:{kind},hidden={hidden}{fields}@{','.join(shapes)}", operator, given, trained, outputs=len(outputs),
         transform=lambda i, w: [i[0]] + w + [None] + i[1:], hidden_size=hidden,
         direction={"both": "bidirectional"}.get(direction, direction), **attributes)


recurrent("lstm", "LSTM", 4)
recurrent("lstm", "LSTM", 4, direction="both", states="hc", outputs="yhc")
recurrent("gru", "GRU", 3, direction="reverse", states="h", outputs="yh")
recurrent("gru", "GRU", 3, text=",reset_after=1", linear_before_reset=1)
recurrent("rnn", "RNN", 1, direction="both", outputs="yh")
case("argmax:axis=1,smallest=1,keep=0,dtype=int64@2x5x3", "ArgMin", [values((2, 5, 3))], axis=1, keepdims=0, kind=TensorProto.INT64)
x = values((2, 3, 4))
case("act:prelu,shared=1@2x3x4", "PRelu", [x], [values(1)])
case("act:prelu,shared=1@5", "PRelu", [x[0, 0, :1].repeat(5) * np.array([1, -1, 0, 2, -2], np.float32)], [values(1)])
case("matmul:scale=0.5@3x4,4x2", "Gemm", [values((3, 4)), values((4, 2))], alpha=0.5)
case("matmul:transpose_a=1,with=4x2,scale=-1.25@4x3", "Gemm", [values((4, 3))], [values((4, 2))], alpha=-1.25, transA=1)
case("concat:with=2x1x4@2x3x4", "Concat", [x], [values((2, 1, 4))], transform=lambda i, w: [w[0], i[0]], axis=1)
case("concat:axis=0,with=2x3x4,at=1@2x3x4,1x3x4", "Concat", [x, values((1, 3, 4))], [values((2, 3, 4))],
     transform=lambda i, w: [i[0], w[0], i[1]], axis=0)
mask = np.array([[[1, 0, 1, 1]], [[0, 0, 1, 0]]], np.float32)
case("eltwise:where,condition=2x1x4@2x3x4,4", "Where", [x, values(4)], [mask],
     transform=lambda i, w: [w[0].astype(bool), i[0], i[1]])
for first in (False, True):
    case(f"eltwise:where,with=1{',with_first=1' if first else ''},condition=2x1x4@2x3x4", "Where", [x], [mask, values(1)],
         transform=lambda i, w: [w[0].astype(bool)] + ([w[1], i[0]] if first else [i[0], w[1]]))


def einsum(equation, *shapes, stored=None):
    operands = [values(shape) for shape in shapes]
    inputs = [o for i, o in enumerate(operands) if i != stored]
    weights = [] if stored is None else [operands[stored]]
    fields = "" if stored is None else f",with={'x'.join(map(str, shapes[stored]))}" + (",with_first=1" if stored == 0 else "")
    text = equation.replace(",", ".").replace("->", "-")
    case(f"einsum:equation={text}{fields}@{','.join('x'.join(map(str, o.shape)) for o in inputs)}", "Einsum", inputs, weights,
         transform=lambda i, w: operands, equation=equation)


einsum("bhid,bhjd->bhij", (1, 2, 3, 4), (1, 2, 5, 4))
einsum("bihd,bjhd->bhij", (2, 3, 2, 4), (2, 5, 2, 4))
einsum("bhij,bjhd->bihd", (2, 2, 3, 5), (2, 5, 2, 4))
einsum("bhwc,hkc->bhwk", (2, 3, 4, 5), (3, 2, 5), stored=1)
einsum("bhwc,wkc->bhwk", (2, 3, 4, 5), (4, 2, 5), stored=1)
einsum("ij,bjk->bki", (3, 4), (2, 4, 5), stored=0)
einsum("ijb,kjb->bik", (3, 4, 2), (5, 4, 2))
einsum("ij,jk->ik", (2, 3), (1, 4))
einsum("ij,kl->ik", (2, 3), (4, 5))
einsum("ij,ij->ji", (2, 3), (2, 3))
einsum("i,i->", (5,), (5,))
einsum("i,j->ij", (4,), (3,))
einsum("ii->i", (4, 4))
einsum("iij->j", (3, 3, 4))
einsum("ijk->ki", (2, 3, 4))
einsum("ijk->", (2, 3, 4))
einsum("ij->ji", (3, 4))

# Behind all others, so that these keep their numbers.
rows = np.array([[2], [0], [2]], np.int64)
case("scatter:nd,combine=add,data=4x3@3x1:int64,3x3", "ScatterND", [rows.astype(np.float32), values((3, 3))],
     [values((4, 3))], transform=lambda i, w: [w[0], rows, i[1]], reduction="add")
places = np.array([[1, 0, 2], [1, 2, 2]], np.int64)
case("scatter:elements,combine=add,data=3x3@2x3:int64,2x3", "ScatterElements", [places.astype(np.float32), values((2, 3))],
     [values((3, 3))], transform=lambda i, w: [w[0], places, i[1]], axis=0, reduction="add")
case("scatter:elements,indices=2x3,data=3x3@2x3", "ScatterElements", [values((2, 3))],
     [values((3, 3)), np.array([[1, 0, 2], [0, 2, 1]], np.float32)],
     transform=lambda i, w: [w[0], w[1].astype(np.int64), i[0]], axis=0)
maps, filters = values((2, 4, 5, 6)), values((6, 2, 3, 2))
case("conv:filters=6,kernel=3x2,pad=1x0x0x1,groups=2,stored=0@2x4x5x6,6x2x3x2", "Conv", [maps, filters], [values(6)],
     group=2, pads=[1, 0, 0, 1])
case("conv:filters=1,kernel=2,stride=2,bias=0,stored=0@1x3x9,1x3x2", "Conv", [values((1, 3, 9)), values((1, 3, 2))], strides=[2])

def topk(k, array, axis, smallest=False):
    fields = f",axis={axis}" + (",smallest=1" if smallest else "")
    case(f"topk:k={k}{fields}@{'x'.join(map(str, array.shape))}", "TopK", [array],
         transform=lambda i, w: i + [np.array([k], np.int64)], axis=axis, largest=int(not smallest), outputs=2,
         kind=[TensorProto.FLOAT, TensorProto.INT64])


topk(3, values((2, 5, 3)), 1)
topk(5, values((2, 3, 5)), 2)
ties = np.round(values((3, 40)))
topk(12, ties, 1)
topk(12, ties, 1, smallest=True)
topk(2, ties, 0, smallest=True)
for name, operator, opset in (("", "CumSum", 18), (",kind=prod", "CumProd", 26)):
    for axis in (0, 2):
        for flags in ({}, {"exclusive": 1}, {"reverse": 1}, {"exclusive": 1, "reverse": 1}):
            fields = name + "".join(f",{flag}=1" for flag in flags)
            case(f"cumsum:axis={axis}{fields}@2x3x4", operator, [x], opset=opset,
                 transform=lambda i, w: i + [np.array(axis, np.int64)], **flags)


def whole(shape, dtype=np.uint8):
    limits = np.iinfo(dtype)
    return random.integers(limits.min, limits.max + 1, shape).astype(dtype)


def quantised(text, operator, data, filters, bias, scales, turn=None, **attributes):
    """`scales`: of the input, of the output, each with its zero point; filters are signed and have a factor each, the bias counts in units of the sums."""
    (in_scale, in_zero), (out_scale, out_zero) = scales
    factors = np.round(random.uniform(0.002, 0.02, filters.shape[0]), 4).astype(np.float32)
    weights = [filters.astype(np.float32), factors] + ([] if bias is None else [bias * np.float32(in_scale) * factors])

    def operands(_, __):
        stored = filters if turn is None else turn(filters)
        return [data, np.array(in_scale, np.float32), np.array(in_zero, data.dtype), stored, factors, np.zeros(factors.shape, np.int8),
                np.array(out_scale, np.float32), np.array(out_zero, np.uint8)] + ([] if bias is None else [bias])

    case(text, operator, [data.astype(np.float32)], weights, transform=operands, kind=TensorProto.UINT8, opset=21, **attributes)


plain = "filter_dtype=int8,in_scale=0.0625,in_zero_point=7,out_scale=0.5,out_zero_point=100,out_dtype=uint8"
scales = ((0.0625, 7), (0.5, 100))
quantised(f"conv:filters=4,kernel=3,pad=1,{plain}@1x3x6x5:uint8", "QLinearConv", whole((1, 3, 6, 5)), whole((4, 3, 3, 3), np.int8),
          np.array([40, -900, 0, 2500], np.int32), scales, pads=[1, 1, 1, 1])
quantised(f"conv:filters=6,kernel=3,stride=2,pad=1,groups=6,bias=0,{plain}@2x6x7x7:uint8", "QLinearConv", whole((2, 6, 7, 7)),
          whole((6, 1, 3, 3), np.int8), None, scales, pads=[1, 1, 1, 1], strides=[2, 2], group=6)
quantised(f"fc:features=5,bias=0,{plain}@3x9:uint8", "QLinearMatMul", whole((3, 9)), whole((5, 9), np.int8), None, scales, turn=np.transpose)
def attention(text, heads, shared, packed=False, queries=4, keys=6, value_size=8, mask=None, stored=False, **attributes):
    def vectors(count, steps, size):
        return values((2, steps, count * size) if packed else (2, count, steps, size))

    operands = [vectors(heads, queries, 8), vectors(shared, keys, 8), vectors(shared, keys, value_size)]
    counts = dict(q_num_heads=heads, kv_num_heads=shared) if packed else {}
    inputs = operands + ([] if mask is None or stored else [mask.astype(np.float32)])
    names = ["x".join(map(str, o.shape)) for o in inputs]
    if len(inputs) > 3 and mask.dtype == bool:
        names[3] += ":bool"
    case(f"attention{':' if text else ''}{text}@{','.join(names)}", "Attention", inputs, [mask.astype(np.float32)] if stored else [],
         transform=lambda i, w: operands + ([] if mask is None else [mask]), opset=24, **counts, **attributes)


some = random.integers(0, 2, (2, 1, 4, 6)).astype(bool) | np.eye(4, 6, dtype=bool)
attention("", 3, 3)
attention("", 6, 2, value_size=5)
attention("heads=3", 3, 3, packed=True)
attention("heads=6,kv_heads=2,causal=1", 6, 2, packed=True, is_causal=1)
attention("causal=1,scale=0.25", 3, 3, is_causal=1, scale=0.25)
attention("softcap=1.5", 3, 3, softcap=1.5)
attention("heads=3", 3, 3, packed=True, mask=values((4, 6)))
attention("", 3, 3, mask=some)
attention("mask=2x1x4x6,mask_dtype=bool", 3, 3, mask=some, stored=True)
attention("causal=1,mask=3x4x6", 3, 3, mask=values((3, 4, 6)), stored=True, is_causal=1)
attention("", 4, 1, queries=1)

wide = values((1, 2, 9, 8))
for name, operator in (("max", "MaxPool"), ("average", "AveragePool")):
    case(f"pool:{name},kernel=3x2,stride=2x1,pad=2x1x1x0,dilation=2x3@1x2x9x8", operator, [wide], opset=19,
         kernel_shape=[3, 2], strides=[2, 1], pads=[2, 1, 1, 0], dilations=[2, 3])
case("pool:average,kernel=3,stride=2,pad=1,count_pad=1,dilation=2x2@1x2x9x8", "AveragePool", [wide], opset=19,
     kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], dilations=[2, 2], count_include_pad=1)
case("pool:max,kernel=2,stride=3,rounding=ceil,dilation=2x2@1x2x9x8", "MaxPool", [wide], opset=19,
     kernel_shape=[2, 2], strides=[3, 3], dilations=[2, 2], ceil_mode=1)
