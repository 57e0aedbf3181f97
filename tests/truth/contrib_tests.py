"""Tests of operators of com.microsoft, in the form of the ONNX package's node tests: a folder each with a model, inputs and the outputs that
ONNX Runtime gives. Which operators there are is asked of ONNX Runtime, which of them have shapes and costs of ns-inspect.
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_operator_schema

DOMAIN = "com.microsoft"
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid(DOMAIN, 1)]


@dataclass
class Test:
    """As onnx.backend.test.case.test_case.TestCase."""

    name: str
    model_dir: str
    rtol: float = 1e-3
    atol: float = 1e-5


def real(*shape):
    return np.random.default_rng(len(shape) + sum(shape)).normal(size=shape).astype(np.float32)


def byte(*shape, dtype=np.uint8):
    limits = np.iinfo(dtype)
    return np.random.default_rng(sum(shape)).integers(limits.min, limits.max, size=shape, endpoint=True).astype(dtype)


def scaled(array, scale=0.05, point=3):
    """The array, its scale and its zero point, as inputs follow one another."""
    return array, np.float32(scale), array.dtype.type(point)


def result(scale=0.1, point=5, dtype=np.uint8):
    return np.float32(scale), dtype(point)


def lstm(directions, batch, dtype):
    """Inputs of DynamicQuantizeLSTM without lengths, first states and peepholes: four steps of five numbers, a state of four."""
    points = np.full(directions, 0 if dtype == np.int8 else 120, dtype)
    return (real(4, batch, 5), byte(directions, 5, 16, dtype=dtype), byte(directions, 4, 16, dtype=dtype), real(directions, 32), None, None, None, None,
            np.full(directions, 0.006, np.float32), points, np.full(directions, 0.008, np.float32), points)


# Scales are such that no result lies in the middle of two whole numbers, where single precision decides.
MAP, OTHER = byte(1, 4, 6, 6), byte(1, 4, 1, 1)
SIGNED = byte(2, 8, dtype=np.int8)

# The operator and the form of it, inputs (None where one is left out), attributes.
CASES = [
    ("DequantizeLinear", scaled(MAP), {}),
    ("DequantizeLinear per axis", (byte(2, 3), real(3) ** 2 + 1, byte(3)), {"axis": 1}),
    ("DynamicQuantizeLSTM", lstm(1, 1, np.int8), {"hidden_size": 4}),
    ("DynamicQuantizeLSTM of both directions, with lengths, first states and peepholes",
     (*lstm(2, 3, np.uint8)[:4], np.array([4, 2, 3], np.int32), real(2, 3, 4), real(2, 3, 4) / 2, real(2, 12), *lstm(2, 3, np.uint8)[8:]),
     {"hidden_size": 4, "direction": "bidirectional"}),
    ("FastGelu", (real(2, 8),), {}),
    ("FastGelu with a bias", (real(2, 8), real(8)), {}),
    ("FusedMatMul", (real(2, 3, 4), real(2, 5, 4)), {"transB": 1, "alpha": 0.5}),
    ("FusedMatMul transposed in front", (real(4, 3), real(4, 5)), {"transA": 1}),
    ("FusedMatMul of batches behind the rows", (real(3, 2, 4), real(2, 4, 5)), {"transBatchA": 1}),
    ("GatherND", (real(3, 4), np.array([[2], [0]])), {}),
    ("Gelu", (real(2, 8),), {}),
    ("MultiHeadAttention", (real(2, 3, 8), real(2, 5, 8), real(2, 5, 8)), {"num_heads": 2}),
    ("MultiHeadAttention with a bias of scores", (real(1, 3, 8), real(1, 5, 8), real(1, 5, 8), None, None, real(1, 2, 3, 5)), {"num_heads": 2}),
    ("MultiHeadAttention of earlier steps alone", (real(1, 4, 8), real(1, 4, 8), real(1, 4, 8)), {"num_heads": 2, "unidirectional": 1}),
    ("MultiHeadAttention with a bias of projections", (real(1, 3, 8), real(1, 3, 8), real(1, 3, 8), real(24)), {"num_heads": 2}),
    ("QGemm", (*scaled(byte(2, 8)), *scaled(byte(8, 3, dtype=np.int8), 0.02, 0), byte(3).astype(np.int32), *result()), {}),
    ("QGemm to real numbers", (*scaled(byte(2, 8)), *scaled(byte(3, 8, dtype=np.int8), 0.02, 0)), {"transB": 1}),
    ("QLinearAdd", (*scaled(MAP), *scaled(OTHER, 0.037), *result(0.083)), {}),
    ("QLinearAdd of int8", (*scaled(SIGNED), *scaled(SIGNED, 0.021), *result(0.083, dtype=np.int8)), {}),
    ("QLinearAveragePool", (*scaled(MAP), *result(0.04)), {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
    ("QLinearAveragePool channels last", (*scaled(byte(1, 6, 6, 4)), *result(0.04)), {"kernel_shape": [2, 2], "channels_last": 1}),
    ("Pad", (real(1, 2, 4), np.array([0, 0, 1, 0, 0, 2])), {}),
    ("QLinearConcat", (*result(), *scaled(MAP), *scaled(byte(1, 2, 6, 6), 0.1)), {"axis": 1}),
    ("QLinearConv", (*scaled(MAP), *scaled(byte(3, 4, 3, 3, dtype=np.int8), 0.02, 0), *result()), {}),
    ("QLinearConv channels last", (*scaled(byte(1, 6, 6, 4)), *scaled(byte(3, 4, 3, 3, dtype=np.int8), 0.02, 0), *result()), {"channels_last": 1}),
    ("QLinearGlobalAveragePool", (*scaled(MAP), *result(0.04)), {}),
    ("QLinearGlobalAveragePool channels last", (*scaled(byte(1, 6, 6, 4)), *result(0.04)), {"channels_last": 1}),
    ("QLinearLeakyRelu", (*scaled(SIGNED), *result(0.05, 0, np.int8)), {"alpha": 0.1}),
    ("QLinearMul", (*scaled(MAP), *scaled(OTHER), *result(0.5)), {}),
    ("QLinearSigmoid", (*scaled(SIGNED), *result(1 / 256, -128, np.int8)), {}),
    ("QuantizeLinear", (real(2, 8), *result(0.02, 128)), {}),
    ("QuantizeLinear per axis", (real(2, 3), real(3) ** 2 + 0.1, byte(3)), {"axis": 1}),
    ("QuickGelu", (real(2, 8),), {}),
    ("QuickGelu of another slope", (real(2, 8),), {"alpha": 1.0}),
]


def model_of(op, arrays, attributes):
    """Single numbers, such as scales, are stored in it, all else is given."""
    names = [f"x{i}" if array is not None else "" for i, array in enumerate(arrays)]
    node = helper.make_node(op, names, ["y"], name="node", domain=DOMAIN, **attributes)
    named = [(name, np.asarray(array)) for name, array in zip(names, arrays) if name]
    inputs = [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape) for name, array in named if array.ndim]
    stored = [numpy_helper.from_array(array, name) for name, array in named if not array.ndim]
    graph = helper.make_graph([node], op, inputs, [onnx.ValueInfoProto(name="y")], stored)
    return helper.make_model(graph, opset_imports=OPSETS, ir_version=10), {name: array for name, array in named if array.ndim}


def write(name, op, arrays, attributes, folder):
    """The test's folder. Its model is declared to make what ONNX Runtime makes."""
    model, given = model_of(op, arrays, attributes)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # several make states of an LSTM whole each for themselves
    made = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"]).run(None, given)[0]
    model.graph.output[0].CopyFrom(helper.make_tensor_value_info("y", helper.np_dtype_to_tensor_dtype(made.dtype), made.shape))
    stored = folder / "test_data_set_0"
    stored.mkdir(parents=True)
    onnx.save(model, folder / "model.onnx")
    for i, array in enumerate(given.values()):
        (stored / f"input_{i}.pb").write_bytes(numpy_helper.from_array(array).SerializeToString())
    (stored / "output_0.pb").write_bytes(numpy_helper.from_array(made).SerializeToString())
    return Test(name, str(folder))


def tests(folder):
    """All of them, written below `folder`."""
    made = []
    for i, (title, arrays, attributes) in enumerate(CASES):
        made.append(write(f"test_{title}", title.split()[0], arrays, attributes, Path(folder) / str(i)))
    return made


def is_known(inspect, schema):
    """Whether ns-inspect knows the operator's shapes and costs."""
    node = helper.make_node(schema.name, [f"x{i}" for i in range(schema.min_input)], ["y"], domain=DOMAIN)
    inputs = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in node.input]
    graph = helper.make_graph([node], schema.name, inputs, [onnx.ValueInfoProto(name="y")])
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(helper.make_model(graph, opset_imports=OPSETS).SerializeToString())
        file.flush()
        said = subprocess.run([inspect, file.name], capture_output=True, text=True, check=False).stderr
    return "is not known" not in said


def known_operators(inspect):
    """Those of the domain with shapes and costs, and how many there are at all."""
    schemas = {schema.name: schema for schema in get_all_operator_schema() if schema.domain == DOMAIN}
    return sorted(name for name, schema in schemas.items() if is_known(inspect, schema)), len(schemas)
