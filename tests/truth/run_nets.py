#!/usr/bin/env python3
"""Holds what ns-run computes against ONNX Runtime (optimisations off): whole nets on seeded weights and inputs.

Nets: the corpus in tests/data/corpus.tar.xz, whose weights were stripped and are made anew here (normal with variance 2 / fan-in; vectors
positive; integers 0 or 1), and the folders of --nets, of models with inputs and outputs beside them (NAME.onnx, NAME.npz with arrays in:NAME and
out:NAME). Prints for each net the largest difference of an output as a share of its largest magnitude, how many layers the device ran and how
many were interpreted, and the peak of memory. Ends with 1 if a net fails or differs by more than --tolerance. Needs numpy, onnx, onnxruntime.
"""
import argparse
import concurrent.futures
import fnmatch
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper

ROOT = pathlib.Path(__file__).resolve().parents[2]


def fatten(path, target, rng):
    """The stripped model with weights, written to `target`."""
    model = onnx.load(path, load_external_data=False)
    held = [t for t in model.graph.initializer if t.data_location == onnx.TensorProto.EXTERNAL]
    held += [a.t for node in model.graph.node if node.op_type == "Constant" for a in node.attribute
             if a.HasField("t") and a.t.data_location == onnx.TensorProto.EXTERNAL]
    for tensor in held:
        kind, shape, name = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type), tuple(tensor.dims), tensor.name
        if not np.issubdtype(kind, np.floating):
            values = rng.integers(0, 2, shape)
        elif len(shape) > 1:
            values = rng.standard_normal(shape, dtype=np.float32) * np.sqrt(2.0 / max(1, int(np.prod(shape[1:]))))
        else:
            values = np.abs(rng.normal(0.0, 0.1, shape)) + 0.5
        tensor.CopyFrom(numpy_helper.from_array(np.asarray(values).astype(kind), name))
    onnx.save(model, target)


def inputs_of(truth, rng):
    """Seeded values for each input; integers name few elements, so that tables of any size hold them."""
    made = {}
    for each in truth["inputs"]:
        kind, shape, name = np.dtype(each["dtype"]), tuple(each["shape"]), each["name"]
        value = (truth.get("dynamic") or {}).get(f"{name} value")
        if value is not None:
            made[name] = np.full(shape, value, kind)
        elif np.issubdtype(kind, np.floating):
            made[name] = rng.normal(0.0, 1.0, shape).astype(kind)
        elif kind == bool or "mask" in name:
            made[name] = np.ones(shape, kind)
        else:
            made[name] = rng.integers(0, 2 if "type" in name else 12, shape).astype(kind)
    return made


def reference(path, inputs):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, {each.name: inputs[each.name] for each in session.get_inputs()})))


def shape_options(truth):
    """What ns-run has to be told of free sizes."""
    more = []
    for each in truth["inputs"] if truth.get("dynamic") else []:
        if f"{each['name']} value" in truth["dynamic"]:
            more += ["--value", f"{each['name']}={truth['dynamic'][each['name'] + ' value']}"]
        elif each["shape"]:
            more += ["--shape", f"{each['name']}={'x'.join(map(str, each['shape']))}"]
    return more


def sensitivity(path, inputs, outputs):
    """How far the outputs move, as a share of their largest magnitude, when real inputs move by a millionth: some nets are chaotic on random
    weights, and no two summation orders agree on these."""
    rng = np.random.default_rng(2)
    moved = {name: value if not np.issubdtype(value.dtype, np.floating) else (value * (1 + 1e-6 * rng.choice([-1, 1], value.shape))).astype(value.dtype)
             for name, value in inputs.items()}
    others = reference(path, moved)
    apart = [np.max(np.abs(others[name].astype(float) - value.astype(float))) / max(np.max(np.abs(value)), 1e-30)
             for name, value in outputs.items() if isinstance(value, np.ndarray) and value.size and value.shape == others[name].shape]
    return max(apart, default=0.0)


def ns_run(options, path, arrays, more):
    """The JSON of one run and what went wrong."""
    command = [options.run, str(path), "--device", options.device, "--input", str(arrays), "--format", "json", "--quiet", *more]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return None, done.stderr.strip()[:300] or f"ended with {done.returncode}"
    return json.loads(done.stdout), ""


def check(options, name, path, arrays, more):
    made, trouble = ns_run(options, path, arrays, more)
    if made is None:
        return name, None, trouble
    differences = [each["difference"] for each in made["outputs"] if "difference" in each]
    worst = max((float("inf") if d is None else d for d in differences), default=0.0)
    text = (f"{worst:.1e}  {made['planned_layers']:5d} {len(made['interpreted_layers']):5d}  {1e3 * made['time_s']:10.1f} ms  "
            f"{made['peak_bytes'] / 1e6:7.0f} MB")
    if len(differences) < len(made["outputs"]):
        text += f"  {len(made['outputs']) - len(differences)} outputs are no tensors"
    return name, worst, text


def check_corpus_net(options, name, folder, scratch):
    truth = json.loads((folder / "truth.json").read_text())
    rng = np.random.default_rng(options.seed)
    work = pathlib.Path(tempfile.mkdtemp(dir=scratch))
    try:
        model, arrays = work / "model.onnx", work / "arrays.npz"
        fatten(folder / "model.onnx", model, rng)
        inputs = inputs_of(truth, rng)
        try:
            outputs = reference(model, inputs)
        except Exception as error:  # what ONNX Runtime itself refuses says nothing of ns-run
            return name, None, f"ONNX Runtime: {str(error)[:200]}"
        tensors = {f"out:{key}": value for key, value in outputs.items() if isinstance(value, np.ndarray) and value.dtype != object}
        np.savez(arrays, **{f"in:{key}": value for key, value in inputs.items()}, **tensors)
        name, worst, text = check(options, name, model, arrays, shape_options(truth))
        if worst is not None and worst > options.tolerance:
            moved = sensitivity(model, inputs, outputs)
            text += f"  (ONNX Runtime's own outputs move by {moved:.1e} when its inputs move by 1e-6)"
            if moved > worst / 2:
                worst = None if options.strict else 0.0
        return name, worst, text
    finally:
        shutil.rmtree(work)


def tasks_of(options, scratch):
    for folder in options.nets:
        for path in sorted(pathlib.Path(folder).glob("*.onnx")):
            with np.load(path.with_suffix(".npz")) as held, onnx_inputs(path) as shapes:
                more = [part for name, free in shapes.items() if free
                        for part in ("--shape", f"{name}={'x'.join(map(str, held['in:' + name].shape))}")]
            yield path.stem, check, (path, path.with_suffix(".npz"), more)
    if options.corpus:
        with tarfile.open(options.corpus) as archive:
            archive.extractall(scratch / "corpus", filter="data")
        for truth in sorted((scratch / "corpus").rglob("truth.json")):
            yield truth.parent.name, check_corpus_net, (truth.parent, scratch)


class onnx_inputs:
    """Names of a model's inputs, and whether sizes of theirs are free."""

    def __init__(self, path):
        graph = onnx.load(path, load_external_data=False).graph
        stored = {tensor.name for tensor in graph.initializer}
        self.free = {each.name: any(d.dim_param for d in each.type.tensor_type.shape.dim) for each in graph.input if each.name not in stored}

    def __enter__(self):
        return self.free

    def __exit__(self, *_):
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=str(ROOT / "build/release/apps/ns-run"), help="the command")
    parser.add_argument("--device", default="onednn:threads=1")
    parser.add_argument("--nets", action="append", default=[], help="a folder of models with arrays beside them; may be repeated")
    parser.add_argument("--corpus", default=str(ROOT / "tests/data/corpus.tar.xz"), help="'' leaves it out")
    parser.add_argument("--only", action="append", default=[], help="names of nets, with * and ?; may be repeated")
    parser.add_argument("--tolerance", type=float, default=1e-3)
    parser.add_argument("--strict", action="store_true", help="nets that are chaotic on these weights fail, too")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    failed = right = 0
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        wanted = [task for task in tasks_of(options, pathlib.Path(scratch))
                  if not options.only or any(fnmatch.fnmatch(task[0], pattern) for pattern in options.only)]
        futures = [pool.submit(function, options, name, *arguments) for name, function, arguments in wanted]
        print(f"{'net':40s} difference  planned interpreted  time          peak")
        for future in futures:
            name, worst, text = future.result()
            is_right = worst is not None and worst <= options.tolerance
            right += is_right
            failed += not is_right
            print(f"{name:40s} {'' if is_right else 'FAILED  '}{text}", flush=True)
    print(f"{right} of {right + failed} nets within {options.tolerance:g}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
