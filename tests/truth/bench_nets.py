#!/usr/bin/env python3
"""Times whole nets in ns-run and in ONNX Runtime (all optimisations), one thread each, in turns.

A round is a process of ns-run that runs the net --repeat times and tells the median, then as many runs in ONNX Runtime; the medians of all
rounds are compared. Weights and inputs are seeded (run_nets.py). Prints for each net both times in ms and ONNX Runtime's time divided by ours,
and the geometric mean of each group of nets. Needs numpy, onnx, onnxruntime.
"""
import argparse
import fnmatch
import json
import math
import os
import pathlib
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

import numpy as np
import onnxruntime

import run_nets

ROOT = pathlib.Path(__file__).resolve().parents[2]
GROUPS = {
    "convolutional": ["alexnet", "googlenet", "densenet121", "mobilenet_v2", "mobilenet_v3_large", "shufflenet_v2_x1_0", "efficientnet_b0",
                      "resnext50_32x4d", "wide_resnet50_2"],
    "transformers": ["deit_tiny_patch16_224", "bert_base_seq128", "swin_t"],
}


def session(path):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def theirs(ready, inputs, repeat):
    times = []
    for _ in range(repeat):
        begin = time.perf_counter()
        ready.run(None, inputs)
        times.append(time.perf_counter() - begin)
    return statistics.median(times)


def ours(options, model, arrays, repeat, more):
    command = [options.run, str(model), "--device", options.device, "--input", str(arrays), "--repeat", str(repeat), "--format", "json", "--quiet", *more]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)["time_s"]


def bench(options, folder, work):
    truth = json.loads((folder / "truth.json").read_text())
    rng = np.random.default_rng(1)
    model, arrays = work / "model.onnx", work / "arrays.npz"
    run_nets.fatten(folder / "model.onnx", model, rng)
    inputs = run_nets.inputs_of(truth, rng)
    np.savez(arrays, **{f"in:{name}": value for name, value in inputs.items()})
    more = run_nets.shape_options(truth)
    ready = session(model)
    once = theirs(ready, inputs, 3)
    repeat = max(3, min(200, int(options.seconds / once)))
    mine, other = [], []
    for _ in range(options.rounds):
        mine.append(ours(options, model, arrays, repeat, more))
        other.append(theirs(ready, inputs, repeat))
    return statistics.median(mine), statistics.median(other)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=str(ROOT / "build/release/apps/ns-run"), help="the command")
    parser.add_argument("--device", default="onednn:threads=1")
    parser.add_argument("--corpus", default=str(ROOT / "tests/data/corpus.tar.xz"))
    parser.add_argument("--only", action="append", default=[], help="names of nets, with * and ?; may be repeated; others than the groups' too")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of ONNX Runtime in each round, about")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = "1"
    with tempfile.TemporaryDirectory() as scratch:
        with tarfile.open(options.corpus) as archive:
            archive.extractall(scratch, filter="data")
        folders = {truth.parent.name: truth.parent for truth in sorted(pathlib.Path(scratch).rglob("truth.json"))}
        groups = GROUPS if not options.only else {
            "chosen": [name for name in folders if any(fnmatch.fnmatch(name, pattern) for pattern in options.only)]}
        print(f"{'net':28s} {'ns-run ms':>10s} {'ONNX Runtime ms':>16s} {'ratio':>6s}")
        for group, names in groups.items():
            ratios = []
            for name in names:
                mine, other = bench(options, folders[name], pathlib.Path(scratch))
                ratios.append(other / mine)
                print(f"{name:28s} {1e3 * mine:10.2f} {1e3 * other:16.2f} {other / mine:6.2f}", flush=True)
            if ratios:
                print(f"{group}: geometric mean {math.exp(statistics.fmean(map(math.log, ratios))):.2f}, least {min(ratios):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
