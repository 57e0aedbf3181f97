#!/usr/bin/env python3
"""Holds the halves that ns-partition --export writes against the whole model, run by ONNX Runtime with optimisations off on one
thread: tail(head(x)) must give every output of the whole bit for bit, and onnx.checker must find no fault with either half.

Cut are: every tensor of which nothing else crosses, and ten seeded sets of layers after which several tensors cross, of each net.
Nets: those of export_models.py, made here; FILES named on the command line; and the folders of nets with inputs beside them (NAME.onnx,
NAME.npz with arrays in:NAME): tests/data/export and, if it is there, that of --nets. Prints the cuts of each net; a net may have fewer than
ten others. Needs numpy, onnx, onnxruntime.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime

import export_models

ROOT = pathlib.Path(__file__).resolve().parents[2]
MULTI_TENSOR_CUTS = 10
TRIES = 400


def session(path):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(path, values):
    """Outputs of a model by name, fed with what it needs of `values`."""
    ready = session(path)
    names = [output.name for output in ready.get_outputs()]
    return dict(zip(names, ready.run(names, {each.name: values[each.name] for each in ready.get_inputs()})))


def same(a, b):
    if isinstance(a, list) or isinstance(b, list):
        return isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    if a is None or b is None:
        return a is b
    a, b = np.asarray(a), np.asarray(b)
    return a.dtype == b.dtype and a.shape == b.shape and (a.tolist() == b.tolist() if a.dtype == object else a.tobytes() == b.tobytes())


class Net:
    """A net that is cut many times."""

    def __init__(self, partition, path, inputs, folder):
        self.partition, self.path, self.inputs, self.folder = partition, pathlib.Path(path), inputs, folder
        self.whole = run(path, inputs)
        graph = onnx.load(path, load_external_data=False).graph
        self.outputs = [output.name for output in graph.output]
        self.tensors = [name for node in graph.node for name in node.output if name]
        self.layers = self.tensors + [node.name for node in graph.node if node.name]
        self.faults = []
        try:
            onnx.checker.check_model(path, full_check=True)
            self.full_check = True
        except onnx.shape_inference.InferenceError:  # it does not know sparse initializers
            self.full_check = False

    def export(self, cut, *options):
        """The report of a cut; nothing where the layer is a constant."""
        arguments = [argument for layer in cut for argument in ("--cut-after", layer)]
        done = subprocess.run([self.partition, self.path, *arguments, "--export", self.folder, "--force", "--format", "json", "--quiet",
                               *options], capture_output=True, text=True)
        if done.returncode == 0:
            return json.loads(done.stdout)
        if "is a constant" not in done.stderr:
            self.faults.append(f"cut after {cut}: {done.stderr.strip()}")
        return None

    def check(self, cut, report):
        """Whether the halves together are the whole."""
        values = dict(self.inputs)
        made = []
        try:
            for half in (report["head"], report["tail"]):
                if half is None:
                    continue
                onnx.checker.check_model(half["file"], full_check=self.full_check)
                outputs = run(half["file"], values)
                values.update(outputs)
                made += [name for name in outputs if name in self.outputs]
        except Exception as fault:  # whatever the checker or the runtime does not like
            self.faults.append(f"cut after {cut}: {half['file']}: {fault}")
            return False
        if sorted(made) != sorted(self.outputs):
            self.faults.append(f"cut after {cut}: outputs are {made}, not {self.outputs}")
            return False
        wrong = [name for name in self.outputs if not same(values[name], self.whole[name])]
        if wrong:
            self.faults.append(f"cut after {cut}: {wrong} differ")
        return not wrong

    def single_tensor_cuts(self):
        good = total = 0
        seen = set()
        for tensor in self.tensors:
            report = self.export([tensor])
            if report is None or len(report["crossing"]) > 1:
                continue
            cut = (str(report["crossing"]), report["head"] and report["head"]["nodes"])
            if cut in seen:
                continue
            seen.add(cut)
            total += 1
            good += self.check([tensor], report)
        return good, total

    def multi_tensor_cuts(self, seed):
        good = total = 0
        draw = random.Random(seed)
        seen = set()
        for _ in range(TRIES):
            if total == MULTI_TENSOR_CUTS:
                break
            cut = sorted(draw.sample(self.layers, min(len(self.layers), draw.randint(1, 4))))
            report = self.export(cut)
            if report is None or report["tail"] is None or len(report["crossing"]) < 2:
                continue
            crossing = tuple(port["name"] for port in report["crossing"])
            if crossing in seen:
                continue
            seen.add(crossing)
            total += 1
            good += self.check(cut, report)
        return good, total


def drawn_inputs(path, seed):
    """Small values for every input; free dimensions are 3."""
    generator = np.random.default_rng(seed)
    inputs = {}
    for each in session(path).get_inputs():
        shape = [dim if isinstance(dim, int) else 3 for dim in each.shape]
        kind = each.type.removeprefix("tensor(").removesuffix(")")
        if kind == "bool":
            inputs[each.name] = np.ones(shape, bool)
        elif "int" in kind:
            inputs[each.name] = generator.integers(0, 3, shape).astype(kind)
        else:
            inputs[each.name] = generator.normal(size=shape).astype({"float": "float32", "double": "float64"}.get(kind, kind))
    return inputs


def nets(options, made):
    """Path and inputs of every net."""
    for path in export_models.make_all(made):
        yield path, drawn_inputs(path, options.seed)
    for path in map(pathlib.Path, options.files):
        yield path, drawn_inputs(path, options.seed)
    seen = set()
    for folder in (ROOT / "tests/data/export", options.nets):
        if not folder.is_dir():
            print(f"  skipped: the nets of {folder}, which is not there")
            continue
        for path in sorted(folder.glob("*.onnx")):
            if path.name in seen:
                continue
            seen.add(path.name)
            with np.load(path.with_suffix(".npz")) as arrays:
                yield path, {name[3:]: arrays[name] for name in arrays.files if name.startswith("in:")}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--partition", default=ROOT / "build/release/apps/ns-partition")
    parser.add_argument("--nets", type=pathlib.Path, default=ROOT / "../shared/corpus-weights", help="folder of nets with inputs")
    parser.add_argument("--only", default="", help="nets whose name contains this")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sums = np.zeros(4, int)
    faults = 0
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        for path, inputs in nets(options, scratch):
            if options.only not in path.name:
                continue
            net = Net(options.partition, path, inputs, scratch / "halves")
            counts = [*net.single_tensor_cuts(), *net.multi_tensor_cuts(options.seed)]
            sums += counts
            faults += len(net.faults)
            print("  {:28} {:3} of {:3} single-tensor cuts, {:2} of {:2} others are the whole bit for bit".format(path.stem, *counts), flush=True)
            for fault in net.faults[:5]:
                print(f"    {fault}")
    print("{} of {} single-tensor cuts and {} of {} others are the whole bit for bit".format(*sums))
    return 1 if faults or sums[0] == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
