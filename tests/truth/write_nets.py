#!/usr/bin/env python3
"""Holds the ONNX models that are written of nets against ONNX Runtime.

  layers      random layers of every type: the values are those of the reference backend
  nets        the nets of data/nets: shapes, MACs and parameters are those of the net; head and tail together equal the whole bit for
              bit at several cuts; values are those of the reference backend where that takes seconds
  caffemodel  nets with weights from .caffemodel files, written here after the field numbers of caffe.proto: the values are those that
              numpy computes from Caffe's definitions

Every model passes onnx.checker with full_check. Needs the packages of scripts/onnx-venv. Exit status 1 if anything is wrong.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import caffe_cases
import numpy as np
import onnx
import onnxruntime

SOURCE = Path(__file__).resolve().parents[2]
REFERENCE_MACS = 5e9  # the reference does about 1e9 a second
CUTS = 5
LAYERS = 150
# Largest difference relative to the largest output: both sum in another order, and in single precision.
TOLERANCES = {
    "conv": 5e-6, "fc": 5e-6, "local": 5e-6, "pool": 1e-6, "act": 5e-6, "norm": 5e-6, "softmax": 2e-6, "argmax": 0.0, "eltwise": 1e-6,
    "concat": 0.0, "slice": 0.0, "reshape": 0.0, "identity": 0.0, "conv+": 5e-6, "fc+": 5e-6,
}
NET_TOLERANCE = 2e-5


class Checks:
    def __init__(self):
        self.count = 0
        self.wrong = []

    def expect(self, holds, sentence):
        self.count += 1
        if not holds:
            self.wrong.append(sentence)
            print(f"WRONG {sentence}", flush=True)


def session(path):
    onnx.checker.check_model(str(path), full_check=True)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def run(path, tensors):
    model = session(path)
    names = [output.name for output in model.get_outputs()]
    return dict(zip(names, model.run(names, {each.name: tensors[each.name] for each in model.get_inputs()})))


def difference(actual, expected):
    if actual.shape != expected.shape or not np.array_equal(np.isfinite(actual), np.isfinite(expected)):
        return np.inf
    finite = np.isfinite(expected)
    if not np.array_equal(actual[~finite], expected[~finite], equal_nan=True):
        return np.inf
    if not finite.any():
        return 0.0
    return float(np.max(np.abs(actual[finite] - expected[finite])) / max(1e-30, np.max(np.abs(expected[finite]))))


def stored(folder, name, kind, infos):
    """The values that the writer stored, by tensor."""
    return {
        info.name: np.fromfile(folder / f"{name}-{kind}-{i}.bin", np.float32).reshape(info.shape) for i, info in enumerate(infos)
    }


def stored_by_name(folder, lines):
    """What the reference computed of the outputs of all models of a net."""
    named = (line.split(" ", 2)[1:] for line in lines if line.startswith("out "))
    return {tensor: np.fromfile(folder / f"whole-out-{i}.bin", np.float32) for i, tensor in named}


def write(arguments, *words):
    done = subprocess.run([arguments.writer, *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"write_nets: {' '.join(map(str, words))}: {done.stderr.strip() or done.returncode}")
    return done.stdout.splitlines()


def inspect(arguments, path):
    done = subprocess.run([arguments.inspect, path, "--format", "json"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def check_layers(arguments, checks):
    for kind, tolerance in TOLERANCES.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            lines = write(arguments, "layers", kind, arguments.layers, folder)
            texts = [line[6:] for line in lines if line.startswith("layer ")]
            worst = 0.0
            for seed, text in enumerate(texts, 1):
                path = folder / f"{seed}.onnx"
                try:
                    model = session(path)
                    outputs = run(path, stored(folder, str(seed), "in", model.get_inputs()))
                except Exception as error:  # whatever the checker or the runtime dislikes
                    checks.expect(False, f"{kind} seed {seed}: {text}: {error}")
                    continue
                expected = stored(folder, str(seed), "out", model.get_outputs())
                found = max(difference(outputs[tensor], expected[tensor]) for tensor in expected)
                worst = max(worst, found)
                checks.expect(found <= tolerance, f"{kind} seed {seed}: {text}: differs by {found:.1e}, allowed are {tolerance:.0e}")
            print(f"layers {kind}: {len(texts)}, largest difference {worst:.1e}", flush=True)


def check_cuts(folder, cuts, inputs, whole, computed, name, checks):
    """Whether both halves give the whole, bit for bit, and what crosses is what the reference computed; the largest difference."""
    worst = 0.0
    for cut in cuts:
        tensors = dict(inputs)
        crossing = run(folder / f"head-{cut}.onnx", tensors)
        for tensor in crossing.keys() & computed.keys():
            found = difference(crossing[tensor].ravel(), computed[tensor])
            worst = max(worst, found)
            checks.expect(found <= NET_TOLERANCE, f"{name}: {tensor} differs by {found:.1e}")
        tensors.update(crossing)
        tensors.update(run(folder / f"tail-{cut}.onnx", tensors))
        same = all(np.array_equal(tensors[tensor], whole[tensor], equal_nan=True) for tensor in whole)
        checks.expect(same, f"{name}: head and tail at {cut} are not the whole")
    return worst


def check_net(arguments, path, checks):
    net = inspect(arguments, path)
    count = net["totals"]["layers"]
    large = net["totals"]["parameters"] > 5e7
    cuts = sorted({round(count * i / (CUTS + 1)) for i in range(1, CUTS + 1)} - {0, count})[:: 3 if large else 1]
    computed = net["totals"]["macs"] <= REFERENCE_MACS
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = write(arguments, "net", path, folder, "seed=1", "run" if computed else "skip", *cuts)
        parameters, constants = map(int, lines[0].split()[1:])
        whole = inspect(arguments, folder / "whole.onnx")
        checks.expect(parameters == net["totals"]["parameters"], f"{path.name}: {parameters} parameters")
        checks.expect(whole["totals"]["parameters"] == parameters + constants, f"{path.name}: other parameters are read than written")
        checks.expect(whole["totals"]["macs"] == net["totals"]["macs"], f"{path.name}: {whole['totals']['macs']} MACs")
        for tensor, facts in net["tensors"].items():
            checks.expect(whole["tensors"].get(tensor, {}).get("shape") == facts["shape"], f"{path.name}: shape of {tensor}")
        model = session(folder / "whole.onnx")
        if computed:
            inputs = stored(folder, "whole", "in", model.get_inputs())
        else:
            random = np.random.default_rng(1)
            inputs = {each.name: random.uniform(-3, 3, each.shape).astype(np.float32) for each in model.get_inputs()}
        outputs = run(folder / "whole.onnx", inputs)
        for output in net["outputs"]:
            checks.expect(list(outputs[output["name"]].shape) == output["shape"], f"{path.name}: shape of {output['name']}")
            checks.expect(bool(np.isfinite(outputs[output["name"]]).all()), f"{path.name}: {output['name']} is not finite")
        expected = stored_by_name(folder, lines)
        worst = check_cuts(folder, cuts, inputs, outputs, expected, path.name, checks)
        for tensor in expected.keys() & outputs.keys():
            found = difference(outputs[tensor].ravel(), expected[tensor])
            worst = max(worst, found)
            checks.expect(found <= NET_TOLERANCE, f"{path.name}: {tensor} differs by {found:.1e}")
    values = f"largest difference {worst:.1e}" if computed else "too large for the reference: values not compared"
    print(f"net {path.stem}: {count} layers, {len(cuts)} cuts, {values}", flush=True)


def check_nets(arguments, checks):
    paths = sorted(path for path in (SOURCE / "data/nets").iterdir() if path.suffix in (".txt", ".prototxt"))
    checks.expect(len(paths) == 12, f"{len(paths)} nets in data/nets instead of 12")
    for path in paths:
        check_net(arguments, path, checks)


def check_caffemodels(arguments, checks):
    for case in caffe_cases.cases():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "net.prototxt").write_text(case.prototxt)
            (folder / "net.caffemodel").write_bytes(case.caffemodel)
            cuts = range(1, case.layers)
            for place in ("run", "apart"):
                weights = f"weights={folder / 'net.caffemodel'}"
                write(arguments, "net", folder / "net.prototxt", folder, weights, place, *cuts)
                outputs = run(folder / "whole.onnx", case.inputs)
                for tensor, expected in case.expected.items():
                    found = difference(outputs[tensor], expected.astype(np.float32))
                    checks.expect(found <= 1e-5, f"caffemodel {case.name}: {tensor} differs by {found:.1e}")
                check_cuts(folder, cuts, case.inputs, outputs, {}, case.name, checks)
                checks.expect((folder / "whole.onnx.data").exists() == (place == "apart"), f"{case.name}: weights apart")
        print(f"caffemodel {case.name}: {case.layers} layers, every cut", flush=True)


PARTS = {"layers": check_layers, "caffemodel": check_caffemodels, "nets": check_nets}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--writer", default=SOURCE / "build/release/tests/truth/write_net")
    parser.add_argument("--inspect", default=SOURCE / "build/release/apps/ns-inspect")
    parser.add_argument("--layers", type=int, default=LAYERS, help=f"random layers of each type (default {LAYERS})")
    parser.add_argument("--only", choices=PARTS, help="one part alone")
    arguments = parser.parse_args()
    checks = Checks()
    for name, check in PARTS.items():
        if arguments.only in (None, name):
            check(arguments, checks)
    print(f"{checks.count} checks, {len(checks.wrong)} wrong")
    return 1 if checks.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
