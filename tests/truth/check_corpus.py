#!/usr/bin/env python3
"""Holds ns-inspect against nets of which the truth is known.

A corpus is a folder with a folder for each net: model.onnx, without its weights, and truth.json: the shape and dtype of every tensor as
ONNX Runtime computed them, MACs counted from those, parameters. A shape or dtype that differs is wrong; one that is not known counts
against the answer unless the shape depends on data. MACs and parameters must be within 1 %; an answer that says it is a lower bound may
leave out MACs that depend on data.

Exit status 0 if every net was read, nothing is wrong, and of the tensors that need no data at most 1 % are unknown; else 1.
"""

import argparse
import concurrent.futures
import functools
import json
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
TOLERANCE = 0.01
MOST_UNKNOWN = 0.01
SECONDS = 20


@dataclass
class Verdict:
    net: str
    trouble: str = ""  # why it was not read
    right: int = 0
    unknown: int = 0
    excused: int = 0  # unknown, as the data decides
    wrong: list = field(default_factory=list)
    macs: str = ""  # what is wrong with them
    parameters: str = ""

    @property
    def failed(self):
        return bool(self.trouble or self.wrong or self.macs or self.parameters)

    def line(self):
        faults = [fault for fault in (self.trouble, self.macs, self.parameters) if fault]
        if self.wrong:
            faults.append(f"{len(self.wrong)} tensors wrong, the first {self.wrong[0]}")
        if self.unknown:
            faults.append(f"{self.unknown} of {self.right + self.unknown + len(self.wrong)} tensors unknown")
        return f"{self.net}: {'; '.join(faults)}"


def unpack(archive, folder):
    """Once for each archive: its size and time are kept beside what came out of it."""
    mark = folder / ".unpacked"
    facts = archive.stat()
    stamp = f"{facts.st_size} {facts.st_mtime_ns}"
    if mark.exists() and mark.read_text() == stamp:
        return
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder)
    mark.write_text(stamp)


def bindings(truth):
    """The options that give free dimensions the sizes for which the truth was computed."""
    options = []
    sizes = {}
    for tensor in truth["inputs"]:
        declared = tensor.get("declared", tensor["shape"])
        pairs = list(zip(declared, tensor["shape"]))
        by_name = all(isinstance(extent, int) or (extent and sizes.setdefault(extent, size) == size) for extent, size in pairs)
        if not by_name:
            options += ["--shape", f"{tensor['name']}={'x'.join(map(str, tensor['shape']))}"]
    for symbol, size in sorted(sizes.items()):
        options += ["--dim", f"{symbol}={size}"]
    for name, value in (truth.get("dynamic") or {}).items():
        # Shapes may depend on the value of a scalar input.
        if name.endswith(" value"):
            options += ["--value", f"{name.removesuffix(' value')}={value}"]
    return options


def inspect(program, net, truth):
    """What ns-inspect prints, or why there is nothing."""
    command = [program, str(net / "model.onnx"), "--format", "json", "--quiet", *bindings(truth)]
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer in {SECONDS} s"
    if run.returncode != 0:
        said = run.stderr.strip().splitlines() or ["nothing said"]
        return None, f"status {run.returncode}: {said[-1]}"
    try:
        return json.loads(run.stdout), ""
    except ValueError as error:
        return None, f"no JSON: {error}"


def fits(shape, true):
    """Whether nothing that is known of a shape contradicts the true one."""
    if shape is None:
        return True
    return len(shape) == len(true) and all(not isinstance(a, int) or a == b for a, b in zip(shape, true))


def compare_tensors(listing, truth, verdict):
    mine = {**{tensor["name"]: tensor for tensor in listing["inputs"] + listing["outputs"]}, **listing["tensors"]}
    on_data = {*(truth.get("data_dependent_shapes") or []), *(truth.get("reachable_from_data_dependent_op") or [])}
    for name, true in truth["tensors"].items():
        if true.get("shape") is None:  # a sequence, or an optional value that is not there
            continue
        tensor = mine.get(name, {})
        shape = tensor.get("shape")
        if not fits(shape, true["shape"]):
            verdict.wrong.append(f"{name}: {shape} is not {true['shape']}")
        elif shape is None or any(not isinstance(extent, int) for extent in shape):
            verdict.excused += name in on_data
            verdict.unknown += name not in on_data
        elif tensor.get("dtype") not in (None, true["dtype"]):
            verdict.wrong.append(f"{name}: {tensor['dtype']} is not {true['dtype']}")
        else:
            verdict.right += 1


def compare_count(what, mine, truths):
    """Empty if the count is within tolerance of one of these."""
    if mine is not None and any(abs(mine - true) <= TOLERANCE * true for true in truths):
        return ""
    return f"{mine} {what}, not {' or '.join(str(true) for true in dict.fromkeys(truths))}"


def compare_totals(totals, truth, verdict):
    macs = [truth["macs"], truth.get("macs_including_subgraphs") or truth["macs"]]
    if totals["lower_bound"] and "macs_without_data" in truth:
        macs.append(truth["macs_without_data"])
    verdict.macs = compare_count("MACs", totals["macs"], macs)
    parameters = truth["params"] + (truth.get("quantized_params") or 0) + (truth.get("params_in_constant_of_shape") or 0)
    in_constants = truth.get("params_in_constant_nodes") or 0
    verdict.parameters = compare_count("parameters", totals["parameters"], [parameters, parameters + in_constants])


def check(program, net):
    truth = json.loads((net / "truth.json").read_text())
    verdict = Verdict(net.name)
    listing, verdict.trouble = inspect(program, net, truth)
    if listing is not None:
        try:
            compare_tensors(listing, truth, verdict)
            compare_totals(listing["totals"], truth, verdict)
        except KeyError as missing:
            verdict.trouble = f"the answer has no {missing}"
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", nargs="*", type=Path, help="folders of nets; default: what --unpack unpacks")
    parser.add_argument("--inspect", default=str(SOURCE / "build/release/apps/ns-inspect"), help="the ns-inspect to hold against them")
    parser.add_argument("--unpack", type=Path, metavar="FOLDER", default=SOURCE / "build/corpus",
                        help="where tests/data/corpus.tar.xz is unpacked, once; default build/corpus")
    parser.add_argument("--only", action="append", metavar="NET", help="may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="all wrong tensors, not the first alone")
    options = parser.parse_args()

    if not options.corpus:
        unpack(SOURCE / "tests/data/corpus.tar.xz", options.unpack)
        options.corpus = [options.unpack / "corpus", options.unpack / "corpus-light"]
    nets = sorted(truth.parent for corpus in options.corpus for truth in corpus.glob("*/truth.json"))
    if options.only:
        nets = [net for net in nets if net.name in options.only]
    if not nets:
        sys.exit("no net found: a corpus holds folders with model.onnx and truth.json")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        verdicts = list(pool.map(functools.partial(check, options.inspect), nets))

    for verdict in verdicts:
        if verdict.failed or verdict.unknown:
            print(verdict.line())
        if options.verbose:
            print("".join(f"    {line}\n" for line in verdict.wrong), end="")
    right = sum(verdict.right for verdict in verdicts)
    unknown = sum(verdict.unknown for verdict in verdicts)
    wrong = sum(len(verdict.wrong) for verdict in verdicts)
    total = right + unknown + wrong
    failed = sum(verdict.failed for verdict in verdicts)
    print(f"{len(verdicts)} nets, {len(verdicts) - failed} without fault; of {total} tensors that need no data {right} right, "
          f"{unknown} unknown, {wrong} wrong; {sum(verdict.excused for verdict in verdicts)} unknown as their data decides")
    sys.exit(1 if failed or unknown > MOST_UNKNOWN * total else 0)


if __name__ == "__main__":
    main()
