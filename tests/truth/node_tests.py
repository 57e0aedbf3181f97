#!/usr/bin/env python3
"""Holds ns-inspect against the tests of the ONNX package: the node tests, a small model for every form of every operator with inputs and
outputs as the package's reference computed them, and its other small models.

Each model is inspected twice: as it is, and with the test's inputs made constants and all declared shapes taken out, so that every shape
must follow from the operators. Neither may contradict a stored output's shape or element type. The second must know them all, but for
operators whose outputs are as long as their data says.

Needs the onnx package (scripts/onnx-venv). Exit status 1 if an answer is wrong or incomplete.
"""

import argparse
import collections
import concurrent.futures
import functools
import json
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import onnx
from onnx import helper
from onnx.backend.test import loader

SOURCE = Path(__file__).resolve().parents[2]
TESTS = {"node": 1765, "simple": 23, "pytorch-operator": 35, "pytorch-converted": 82}  # of onnx 1.22.0

# What these make has an extent that no rule can tell without computing the data.
ON_DATA = {"NonZero", "NonMaxSuppression", "Unique", "Compress", "Loop", "Scan", "StringSplit"}
ON_DATA_PREFIXES = ("Sequence", "SplitToSequence", "ConcatFromSequence", "Optional")

DTYPES = {
    "FLOAT": "float32", "DOUBLE": "float64", "FLOAT16": "float16", "BFLOAT16": "bfloat16", "STRING": "string", "BOOL": "bool",
}
SECONDS = 20


@dataclass
class Verdict:
    test: str
    operators: set
    wrong: list = field(default_factory=list)
    unknown: list = field(default_factory=list)

    @property
    def excused(self):
        return any(op in ON_DATA or op.startswith(ON_DATA_PREFIXES) for op in self.operators)

    @property
    def failed(self):
        return bool(self.wrong) or (bool(self.unknown) and not self.excused)

    def line(self):
        return f"{self.test} ({', '.join(sorted(self.operators))}): " + "; ".join(self.wrong + self.unknown)


def dtype_name(number):
    name = onnx.TensorProto.DataType.Name(number)
    return DTYPES.get(name, name.lower())


def read_stored(path, declared):
    """A tensor, sequence or optional value, as the type that the graph declares."""
    kinds = {"tensor_type": onnx.TensorProto, "sequence_type": onnx.SequenceProto, "optional_type": onnx.OptionalProto}
    value = kinds[declared.type.WhichOneof("value")]()
    value.ParseFromString(path.read_bytes())
    return value


def all_nodes(graph_or_function):
    for node in graph_or_function.node:
        yield node
        for attribute in node.attribute:
            for graph in [attribute.g] if attribute.HasField("g") else attribute.graphs:
                yield from all_nodes(graph)


def operators_of(model):
    nodes = list(all_nodes(model.graph))
    for function in model.functions:
        nodes += all_nodes(function)
    called = {(function.domain, function.name) for function in model.functions}
    return {node.op_type for node in nodes if (node.domain, node.op_type) not in called and node.op_type != "Constant"}


def put_constant(graph, name, value, front):
    """`value` under this name: an initializer, or nodes in front of all others that make it of initializers."""
    if isinstance(value, onnx.TensorProto):
        value.name = name
        graph.initializer.append(value)
    elif isinstance(value, onnx.SequenceProto):
        parts = [f"{name}/{i}" for i in range(len(value.tensor_values))]
        for part, tensor in zip(parts, value.tensor_values):
            put_constant(graph, part, tensor, front)
        front.append(helper.make_node("SequenceConstruct" if parts else "SequenceEmpty", parts, [name]))
    elif value.elem_type == onnx.OptionalProto.UNDEFINED:
        return False
    else:
        inner = value.sequence_value if value.elem_type == onnx.OptionalProto.SEQUENCE else value.tensor_value
        put_constant(graph, f"{name}/element", inner, front)
        front.append(helper.make_node("Optional", [f"{name}/element"], [name]))
    return True


def with_constants(model, values):
    """The model with these inputs made constants, and without the shapes that it declares."""
    made = onnx.ModelProto()
    made.CopyFrom(model)
    graph = made.graph
    front = []
    kept = [info for info in graph.input if info.name not in values or not put_constant(graph, info.name, values[info.name], front)]
    nodes = front + list(graph.node)
    del graph.input[:], graph.node[:], graph.value_info[:]
    graph.input.extend(kept)
    graph.node.extend(nodes)
    for output in graph.output:
        output.ClearField("type")
    return made


def shape_options(model, values):
    """Sizes of free dimensions, from the test's inputs."""
    options = []
    for info in model.graph.input:
        dims = info.type.tensor_type.shape.dim
        value = values.get(info.name)
        if isinstance(value, onnx.TensorProto) and any(not dim.HasField("dim_value") for dim in dims):
            options += ["--shape", f"{info.name}={'x'.join(map(str, value.dims))}"]
    return options


def inspect(program, model, options=()):
    """What ns-inspect prints, or the error that it ends with."""
    command = [program, "-", "--format", "json", *options]
    try:
        run = subprocess.run(command, input=model.SerializeToString(), capture_output=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer in {SECONDS} s"
    if run.returncode != 0:
        said = run.stderr.decode().strip().splitlines() or ["nothing said"]
        return None, f"status {run.returncode}: {said[-1]}"
    return json.loads(run.stdout), None


def text(shape):
    return "rank?" if shape is None else "x".join("?" if dim is None else str(dim) for dim in shape) or "scalar"


def compare(net, outputs, where, verdict, complete):
    """Adds to the verdict what the net's outputs are not. With `complete`, what is not known counts too."""
    tensors = {**net["tensors"], **{tensor["name"]: tensor for tensor in net["outputs"]}}
    for name, value in outputs.items():
        mine = tensors.get(name)
        if mine is None:
            verdict.wrong.append(f"{where}: {name} is not listed")
        elif not isinstance(value, onnx.TensorProto):
            kind = "sequence" if isinstance(value, onnx.SequenceProto) else "optional"
            if mine.get("kind", "tensor") != kind:
                verdict.wrong.append(f"{where}: {name} is a {mine.get('kind', 'tensor')}, not a {kind}")
        else:
            compare_tensor(mine, value, f"{where}: {name}", verdict, complete)
    for warning in net["warnings"]:
        if "is declared" in warning:
            verdict.wrong.append(f"{where}: {warning}")


def compare_tensor(mine, true, where, verdict, complete):
    shape, dims = mine.get("shape"), list(true.dims)
    known = shape is not None and all(isinstance(dim, int) for dim in shape)
    fits = shape is None or (len(shape) == len(dims) and all(not isinstance(a, int) or a == b for a, b in zip(shape, dims)))
    most = mine.get("max_shape")
    dtype = dtype_name(true.data_type)
    if not fits:
        verdict.wrong.append(f"{where} is {text(shape)}, not {text(dims)}")
    elif most is not None and any(a < b for a, b in zip(most, dims)):
        verdict.wrong.append(f"{where} is at most {text(most)}, not {text(dims)}")
    elif complete and not known:
        verdict.unknown.append(f"{where} is {text(shape)}, should be {text(dims)}")
    if mine.get("dtype") not in (None, dtype):
        verdict.wrong.append(f"{where} is {mine['dtype']}, not {dtype}")
    elif complete and mine.get("dtype") is None:
        verdict.unknown.append(f"{where} has no dtype, should be {dtype}")


def check(program, keep, folder):
    folder = Path(folder)
    model = onnx.load(folder / "model.onnx")
    stored = folder / "test_data_set_0"
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [info for info in model.graph.input if info.name not in constants]
    values = {info.name: read_stored(stored / f"input_{i}.pb", info) for i, info in enumerate(inputs)}
    outputs = {info.name: read_stored(stored / f"output_{i}.pb", info) for i, info in enumerate(model.graph.output)}
    verdict = Verdict(folder.name, operators_of(model))
    runs = {
        "as it is": (model, shape_options(model, values)),
        "with constants": (with_constants(model, values), []),
    }
    for where, (variant, options) in runs.items():
        net, error = inspect(program, variant, options)
        if error:
            verdict.wrong.append(f"{where}: {error}")
        else:
            compare(net, outputs, where, verdict, complete=where == "with constants")
    if keep and (verdict.wrong or verdict.unknown):
        for where, (variant, _) in runs.items():
            onnx.save(variant, Path(keep) / f"{folder.name}.{where.split()[-1]}.onnx")
    return verdict


def print_table(verdicts):
    """Per operator: tests whose model holds it, and how many of them are complete, incomplete and wrong."""
    rows = collections.defaultdict(collections.Counter)
    for verdict in verdicts:
        outcome = "wrong" if verdict.wrong else "unknown" if verdict.unknown else "complete"
        for operator in verdict.operators:
            rows[operator].update(["tests", outcome])
    print(f"{'operator':32}{'tests':>8}{'complete':>10}{'unknown':>9}{'wrong':>7}")
    for operator, row in sorted(rows.items()):
        print(f"{operator:32}{row['tests']:8}{row['complete']:10}{row['unknown']:9}{row['wrong']:7}")


def folders_of(kind, count, only):
    folders = sorted(test.model_dir for test in loader.load_model_tests(kind=kind))
    if len(folders) != count:
        sys.exit(f"onnx {onnx.__version__} has {len(folders)} {kind} tests, not {count}; use scripts/onnx-venv")
    return [folder for folder in folders if not only or any(part in Path(folder).name for part in only)]


def summary(kind, verdicts):
    wrong = sum(bool(verdict.wrong) for verdict in verdicts)
    complete = sum(not verdict.wrong and not verdict.unknown for verdict in verdicts)
    incomplete = sum(not verdict.wrong and verdict.failed for verdict in verdicts)
    excused = len(verdicts) - wrong - complete - incomplete
    return (f"{len(verdicts)} {kind} tests: {wrong} contradicted, {complete} complete, {excused} unknown as their data decides, "
            f"{incomplete} incomplete")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspect", default=str(SOURCE / "build/release/apps/ns-inspect"), help="the ns-inspect to hold against them")
    parser.add_argument("--only", action="append", help="tests whose name holds this; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", metavar="FOLDER", help="write the models of tests that are wrong or unknown here")
    parser.add_argument("--quiet", action="store_true", help="no table of operators")
    options = parser.parse_args()

    if options.keep:
        Path(options.keep).mkdir(parents=True, exist_ok=True)
    verdicts = {}
    with concurrent.futures.ProcessPoolExecutor(options.jobs) as pool:
        for kind, count in TESTS.items():
            folders = folders_of(kind, count, options.only)
            verdicts[kind] = list(pool.map(functools.partial(check, options.inspect, options.keep), folders, chunksize=16))

    everything = [verdict for each in verdicts.values() for verdict in each]
    if not options.quiet:
        print_table(everything)
    failed = [verdict for verdict in everything if verdict.failed]
    for verdict in failed:
        print(verdict.line())
    for kind, each in verdicts.items():
        print(summary(kind, each))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
