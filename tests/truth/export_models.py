"""Small models with everything that makes cutting hard, for export_halves.py. Seeded; needs numpy and onnx."""
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL


def weight(name, *shape, seed=0):
    values = np.random.default_rng(seed + len(name)).normal(size=shape).astype(np.float32)
    return numpy_helper.from_array(values, name)


def info(name, kind=FLOAT, shape=None):
    return helper.make_tensor_value_info(name, kind, shape)


def model(name, nodes, inputs, outputs, initializers=(), opset=17, ir_version=8, functions=(), imports=(), **graph):
    made = helper.make_graph(nodes, name, inputs, outputs, list(initializers), **graph)
    opsets = [helper.make_opsetid("", opset), *imports]
    return helper.make_model(made, opset_imports=opsets, ir_version=ir_version, functions=list(functions), producer_name="export_models")


def shared_weight():
    """One weight read on both sides, a graph output in the middle that crosses too, an input that the tail reads itself."""
    node = helper.make_node
    nodes = [node("MatMul", ["x", "w"], ["a"]), node("Relu", ["a"], ["b"]), node("MatMul", ["b", "w"], ["c"]), node("Add", ["c", "late"], ["y"])]
    return model("shared", nodes, [info("x", shape=["batch", 8]), info("late", shape=["batch", 8]), info("unused", shape=[2])],
                 [info("y", shape=["batch", 8]), info("b", shape=["batch", 8])], [weight("w", 8, 8)])


def given_outputs():
    """Outputs that are an input and a constant, in both directions of the list."""
    node = helper.make_node
    nodes = [node("Constant", [], ["k"], value=weight("k", 2)), node("Relu", ["x"], ["a"]), node("Neg", ["a"], ["y"])]
    return model("given", nodes, [info("x", shape=[2])], [info("k", shape=[2]), info("y", shape=[2]), info("a", shape=[2])])


def fixed_shapes():
    """Shape arithmetic on a tensor that the tail lacks, all sizes fixed."""
    return shape_arithmetic([2, 3, 4])


def free_shapes():
    """The same with free sizes: small tensors must cross."""
    return shape_arithmetic(["batch", 3, "n"])


def shape_arithmetic(shape):
    node = helper.make_node
    nodes = [node("Relu", ["x"], ["a"]), node("Shape", ["a"], ["s"]), node("Gather", ["s", "zero"], ["batch_size"], axis=0),
             node("Concat", ["batch_size", "rest"], ["wanted"], axis=0), node("ReduceSum", ["a"], ["b"], keepdims=1),
             node("Sigmoid", ["b"], ["c"]), node("Expand", ["c", "s"], ["d"]), node("Reshape", ["d", "wanted"], ["y"])]
    return model("shapes", nodes, [info("x", shape=shape)], [info("y", shape=[shape[0], None])],
                 [numpy_helper.from_array(np.array([0]), "zero"), numpy_helper.from_array(np.array([-1]), "rest")])


def control():
    """If and Loop whose bodies read tensors of the graph around them."""
    node = helper.make_node
    then = helper.make_graph([node("MatMul", ["a", "w"], ["t"])], "then", [], [info("t", shape=[4, 4])])
    otherwise = helper.make_graph([node("Neg", ["b"], ["e"])], "else", [], [info("e", shape=[4, 4])], [weight("unused_inside", 2)])
    body = helper.make_graph([node("Add", ["state", "b"], ["next"]), node("Identity", ["go"], ["goes"]), node("ReduceMax", ["next"], ["top"], keepdims=0)],
                             "body", [info("i", INT64, []), info("go", BOOL, []), info("state", shape=[4, 4])],
                             [info("goes", BOOL, []), info("next", shape=[4, 4]), info("top", shape=[])])
    nodes = [node("Relu", ["x"], ["a"]), node("Tanh", ["a"], ["b"]), node("If", ["flag"], ["c"], then_branch=then, else_branch=otherwise),
             node("Loop", ["trips", "", "c"], ["d", "tops"], body=body), node("Mul", ["d", "a"], ["y"])]
    return model("control", nodes, [info("x", shape=[4, 4]), info("flag", BOOL, [])], [info("y", shape=[4, 4]), info("tops", shape=[3])],
                 [weight("w", 4, 4), numpy_helper.from_array(np.array(3), "trips")])


def functions():
    """Calls of functions, nested, twice the same, with attributes by reference and a weight inside."""
    node = helper.make_node
    scaled = node("LeakyRelu", ["t"], ["u"])
    slope = onnx.AttributeProto(name="alpha", type=onnx.AttributeProto.FLOAT, ref_attr_name="slope")
    scaled.attribute.append(slope)
    inner = helper.make_function("local", "Inner", ["p"], ["u"], [node("Constant", [], ["two"], value=numpy_helper.from_array(np.float32(2))),
                                                                 node("Mul", ["p", "two"], ["t"]), scaled], [helper.make_opsetid("", 17)], ["slope"])
    outer = helper.make_function("local", "Outer", ["p", "m"], ["v", "t"],
                                 [node("MatMul", ["p", "m"], ["t"]), node("Inner", ["t"], ["q"], domain="local", slope=0.25), node("Tanh", ["q"], ["v"])],
                                 [helper.make_opsetid("", 17), helper.make_opsetid("local", 1)])
    nodes = [node("Outer", ["x", "w"], ["a", "side"], name="block_1", domain="local"), node("Inner", ["a"], ["b"], name="block_2", domain="local", slope=0.5),
             node("Outer", ["b", "w"], ["c", ""], name="block_3", domain="local"), node("Add", ["c", "side"], ["y"])]
    return model("functions", nodes, [info("x", shape=["batch", 4])], [info("y", shape=["batch", 4])], [weight("w", 4, 4)],
                 functions=[inner, outer], imports=[helper.make_opsetid("local", 1)])


def branch_in_function():
    """A function whose body holds an If that reads the function's tensors, and a call within the If of the main graph."""
    node = helper.make_node
    then = helper.make_graph([node("Neg", ["t"], ["n"])], "then", [], [info("n", shape=[4])])
    otherwise = helper.make_graph([node("Add", ["t", "one"], ["o"])], "else", [], [info("o", shape=[4])], [weight("one", 4)])
    choose = helper.make_function("local", "Choose", ["p", "flag"], ["v"], [node("Relu", ["p"], ["t"]), node("If", ["flag"], ["c"], then_branch=then, else_branch=otherwise),
                                                                            node("Exp", ["c"], ["v"])], [helper.make_opsetid("", 17)])
    called = helper.make_graph([node("Choose", ["b", "flag"], ["called"], domain="local")], "called", [], [info("called", shape=[4])])
    plain = helper.make_graph([node("Identity", ["b"], ["plain"])], "plain", [], [info("plain", shape=[4])])
    nodes = [node("Choose", ["x", "flag"], ["a"], domain="local"), node("Sin", ["a"], ["b"]), node("If", ["flag"], ["c"], then_branch=called, else_branch=plain),
             node("Cos", ["c"], ["y"])]
    return model("branches", nodes, [info("x", shape=[4]), info("flag", BOOL, [])], [info("y", shape=[4])], functions=[choose], imports=[helper.make_opsetid("local", 1)])


def quantised():
    """Weights of int8, scales and zero points, shared by both sides."""
    node = helper.make_node
    nodes = [node("QuantizeLinear", ["x", "scale", "zero"], ["q"]), node("DequantizeLinear", ["q", "scale", "zero"], ["a"]),
             node("DequantizeLinear", ["wq", "scale", "wzero"], ["w"]), node("MatMul", ["a", "w"], ["b"]), node("QuantizeLinear", ["b", "scale", "zero"], ["c"]),
             node("DequantizeLinear", ["c", "scale", "zero"], ["d"]), node("MatMul", ["d", "w"], ["y"])]
    values = np.random.default_rng(1).integers(-100, 100, (4, 4)).astype(np.int8)
    made = model("quantised", nodes, [info("x", shape=[2, 4])], [info("y", shape=[2, 4])],
                 [numpy_helper.from_array(np.float32(0.02), "scale"), numpy_helper.from_array(np.uint8(128), "zero"), numpy_helper.from_array(values, "wq"),
                  numpy_helper.from_array(np.int8(0), "wzero")])
    note = made.graph.quantization_annotation.add(tensor_name="d")
    note.quant_parameter_tensor_names.add(key="SCALE_TENSOR", value="scale")
    return made


def sparse():
    """A sparse initializer, and a sparse Constant."""
    node = helper.make_node
    values = numpy_helper.from_array(np.array([1.5, -2.0], np.float32), "w")
    tensor = helper.make_sparse_tensor(values, numpy_helper.from_array(np.array([1, 14]), "w_indices"), [4, 4])
    constant = helper.make_sparse_tensor(numpy_helper.from_array(np.array([3.0], np.float32)), numpy_helper.from_array(np.array([2])), [4])
    nodes = [node("Relu", ["x"], ["a"]), node("MatMul", ["a", "w"], ["b"]), node("Constant", [], ["k"], sparse_value=constant), node("Add", ["b", "k"], ["y"])]
    return model("sparse", nodes, [info("x", shape=[2, 4])], [info("y", shape=[2, 4])], sparse_initializer=[tensor])


def odd_names():
    """No names, names with blanks, quotes and other alphabets; outputs that are left out."""
    node = helper.make_node
    nodes = [node("Relu", ["x y"], ['a,b"c']), node("TopK", ['a,b"c', "k"], ["1.2", "index 0"], name="relu"), node("Sigmoid", ["1.2"], ["\u5c42"], name=""),
             node("Dropout", ["\u5c42"], [" lead", ""], name=""), node("Neg", [" lead"], ["out/1"], name="relu#2")]
    return model("odd names", nodes, [info("x y", shape=["n n", 4])], [info("out/1", shape=["n n", 3])], [numpy_helper.from_array(np.array([3]), "k")])


def old():
    """IR version 3, where initializers are inputs too; shape arithmetic with fixed sizes."""
    node = helper.make_node
    nodes = [node("Relu", ["x"], ["a"]), node("Shape", ["a"], ["s"]), node("MatMul", ["a", "w"], ["b"]), node("Reshape", ["b", "s"], ["y"])]
    return model("old", nodes, [info("x", shape=[2, 4]), info("w", shape=[4, 4])], [info("y", shape=[2, 4])], [weight("w", 4, 4)], opset=9, ir_version=3)


def defaults():
    """An initializer that is an input too, so that a caller may replace it."""
    node = helper.make_node
    nodes = [node("Add", ["x", "w"], ["a"]), node("Relu", ["a"], ["b"]), node("Mul", ["b", "w"], ["y"])]
    return model("defaults", nodes, [info("x", shape=[4]), info("w", shape=[4])], [info("y", shape=[4])], [weight("w", 4)])


def sequences():
    """A sequence that crosses."""
    node = helper.make_node
    nodes = [node("Relu", ["x"], ["a"]), node("SplitToSequence", ["a"], ["parts"], axis=0, keepdims=1), node("SequenceAt", ["parts", "one"], ["b"]),
             node("ConcatFromSequence", ["parts"], ["c"], axis=0), node("Add", ["b", "c"], ["y"])]
    return model("sequences", nodes, [info("x", shape=[3, 4])], [info("y", shape=[3, 4])], [numpy_helper.from_array(np.array(1), "one")])


def wide():
    """Four tensors between two layers of operators, in double precision. (Half precision ONNX Runtime computes in single, and rounds
    only what leaves the model: there no two halves can be the whole.)"""
    node = helper.make_node
    nodes = [node("Split", ["x"], ["p0", "p1", "p2", "p3"], axis=1)]
    nodes += [node("Cast", [f"p{i}"], [f"h{i}"], to=TensorProto.DOUBLE) for i in range(4)]
    nodes += [node("Exp" if i % 2 else "Neg", [f"h{i}"], [f"e{i}"]) for i in range(4)]
    nodes += [node("Concat", ["e0", "e1", "e2", "e3"], ["c"], axis=1), node("Cast", ["c"], ["y"], to=FLOAT)]
    return model("wide", nodes, [info("x", shape=["batch", 8])], [info("y", shape=["batch", 8])], opset=13)


def constants_of_shape():
    """Masks that are made of the sizes of an input, read late."""
    node = helper.make_node
    nodes = [node("Shape", ["x"], ["s"]), node("ConstantOfShape", ["s"], ["ones"], value=numpy_helper.from_array(np.array([1], np.float32))),
             node("Trilu", ["ones"], ["mask"], upper=0), node("Relu", ["x"], ["a"]), node("Tanh", ["a"], ["b"]), node("Mul", ["b", "mask"], ["c"]),
             node("Add", ["c", "mask"], ["y"])]
    return model("masks", nodes, [info("x", shape=["rows", "columns"])], [info("y", shape=["rows", "columns"])])


PLAIN = [shared_weight, given_outputs, fixed_shapes, free_shapes, control, functions, branch_in_function, quantised, sparse, odd_names, old, defaults, sequences,
         wide, constants_of_shape]


def make_all(folder):
    """Writes every model; the paths."""
    paths = []
    for make in PLAIN:
        path = folder / f"{make.__name__}.onnx"
        onnx.save(make(), path)
        paths.append(path)
    outside = folder / "external.onnx"
    onnx.save(control(), outside, save_as_external_data=True, location="external.weights", size_threshold=0, convert_attribute=True)
    return [*paths, outside]
