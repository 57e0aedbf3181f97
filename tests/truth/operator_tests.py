#!/usr/bin/env python3
"""Runs the node tests of the ONNX package with ns-run on the reference device: each has a small model, inputs and the outputs that the
package's reference computed. Outputs are held against these as the package's own runner does, with the tolerances that each test names. A test
with several inputs is run a second time with all but the first stored in the model, as nets store their weights.

A test that is called like another with "_expanded" behind it is the same operator written as a function; it counts for that operator. Types
that numpy has not (bfloat16, floats of 8 and 4 bits, integers of 4 and 2) are given and compared as the numbers they stand for. Strings,
sequences and optional values cannot be given in a .npz file: such tests are not run.

Operators of com.microsoft have no tests there: theirs are made beside (contrib_tests.py) and hold what ONNX Runtime computes.

An operator is claimed if every test of it that can be run passes. --write puts the tables into docs/operators.md; without it, the exit status
is 1 if a test fails of an operator that docs/operators.md claims. Needs the onnx package and ONNX Runtime (scripts/onnx-venv).
"""

import argparse
import collections
import concurrent.futures
import functools
import json
import re
import subprocess
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path

import contrib_tests
import numpy as np
import onnx
from onnx import numpy_helper
from onnx.backend.test import loader

SOURCE = Path(__file__).resolve().parents[2]
DOCUMENT = SOURCE / "docs/operators.md"
BEGIN, END = "<!-- table: scripts/check-operators --write -->", "<!-- end of the table -->"
CONTRIB = "<!-- table of com.microsoft: scripts/check-operators --write -->"
TESTS = 1765  # of onnx 1.22.0
SECONDS = 60

# What to say of tests that fail and will go on failing; where an operator is not here, nothing is said of each of its tests.
REASONS = {
    "Bernoulli": "its numbers are random",
    "DFT": "their zeros hold the rounding errors of numpy's single precision, which are above the tests' own tolerance",
    "ImageDecoder": "decodes image files",
    "Resize": "as in ONNX Runtime, corners are aligned with the last whole element where a scale gives no whole number of them",
    "ai.onnx.ml.TreeEnsemble": "not computed",
    "ai.onnx.preview.training.Adagrad": "an optimiser of training",
    "ai.onnx.preview.training.Adam": "an optimiser of training",
    "ai.onnx.preview.training.Momentum": "an optimiser of training",
}


class NotRun(Exception):
    """Why a test cannot be given to ns-run."""


@dataclass
class Verdict:
    test: str
    operator: str
    outcome: str  # passed, failed, not run
    why: str = ""
    interpreted: bool = False
    planned: bool = False


def operators_by_test(tests):
    """Of each test, the operator that it is about."""
    own = {}
    for test in tests:
        model = onnx.load(Path(test.model_dir) / "model.onnx", load_external_data=False)
        own[test.name] = [(node.domain, node.op_type) for node in model.graph.node]
    made = {}
    for name, nodes in own.items():
        base = re.sub(r"_expanded.*", "", name)
        domain, op = (own.get(base) or nodes)[-1]
        made[name] = f"{domain}.{op}" if domain not in ("", "ai.onnx") else op
    return made


def plain(array):
    """As numpy's own types: what others keep, as numbers."""
    name = array.dtype.name
    if name.startswith(("bfloat16", "float8_", "float4_")):
        return array.astype(np.float32)
    if name in ("int4", "int2"):
        return array.astype(np.int8)
    if name in ("uint4", "uint2"):
        return array.astype(np.uint8)
    if array.dtype.kind not in "fiub":
        raise NotRun("strings" if array.dtype.kind in "OSU" else f"elements are {name}")
    return array


def read(path, declared):
    kind = declared.type.WhichOneof("value")
    if kind == "sequence_type":
        raise NotRun("sequences")
    if kind == "optional_type":
        raise NotRun("optional values")
    tensor = onnx.TensorProto()
    tensor.ParseFromString(path.read_bytes())
    if tensor.data_type == onnx.TensorProto.STRING:
        raise NotRun("strings")
    return plain(numpy_helper.to_array(tensor))


def values_of(model, folder):
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [info for info in model.graph.input if info.name not in constants]
    given = {info.name: read(folder / f"input_{i}.pb", info) for i, info in enumerate(inputs)}
    expected = {info.name: read(folder / f"output_{i}.pb", info) for i, info in enumerate(model.graph.output)}
    return given, expected


def shape_options(model, given):
    """Sizes of free dimensions, from the test's inputs."""
    options = []
    for info in model.graph.input:
        dims = info.type.tensor_type.shape.dim
        if info.name in given and any(not dim.HasField("dim_value") for dim in dims):
            options += ["--shape", f"{info.name}={'x'.join(map(str, given[info.name].shape))}"]
    return options


def run(program, path, given, options):
    """What ns-run writes and prints, or the sentence that it ends with."""
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/x.npz", **{f"in:{name}": array for name, array in given.items()})
        command = [program, path, "--device", "reference", "--input", f"{folder}/x.npz", "--output", f"{folder}/y.npz", "--format", "json"]
        try:
            done = subprocess.run([*command, *options], capture_output=True, timeout=SECONDS, check=False)
        except subprocess.TimeoutExpired:
            return None, None, f"no answer in {SECONDS} s"
        if done.returncode != 0:
            said = done.stderr.decode().strip().splitlines() or ["nothing said"]
            return None, None, f"status {done.returncode}: {said[-1]}"
        with np.load(f"{folder}/y.npz") as made:
            return dict(made), json.loads(done.stdout), None


def difference(made, expected, test):
    """What the package's runner would say; none if it would say nothing."""
    for name, array in expected.items():
        if name not in made:
            return f"output {name} is missing"
        if made[name].shape != array.shape:
            return f"output {name} is {made[name].shape}, not {array.shape}"
        if made[name].dtype != array.dtype:
            return f"output {name} is {made[name].dtype}, not {array.dtype}"
        try:
            np.testing.assert_allclose(made[name], array, rtol=test.rtol, atol=test.atol)
        except AssertionError as error:
            lines = [line.strip() for line in str(error).splitlines() if line.strip()]
            return f"output {name}: " + "; ".join(lines[1:5])
    return None


def with_stored(model, folder):
    """The model with all inputs but the first stored in it, as real nets store their weights; none if there is but one."""
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [info for info in model.graph.input if info.name not in constants]
    if len(inputs) < 2:
        return None
    made = onnx.ModelProto()
    made.CopyFrom(model)
    for i, info in enumerate(inputs[1:], 1):
        tensor = onnx.TensorProto()
        tensor.ParseFromString((folder / f"input_{i}.pb").read_bytes())
        tensor.name = info.name
        made.graph.initializer.append(tensor)
    kept = [info for info in made.graph.input if info.name in constants or info.name == inputs[0].name]
    del made.graph.input[:]
    made.graph.input.extend(kept)
    return made


def judge(program, path, model, given, expected, test, verdict):
    """Runs one form of the test; what is wrong with it."""
    made, printed, error = run(program, path, given, shape_options(model, given))
    if error is not None:
        return error
    verdict.planned |= printed["planned_layers"] > 0
    verdict.interpreted |= bool(printed["interpreted_layers"])
    return difference(made, expected, test)


def check(program, operators, test):
    folder = Path(test.model_dir)
    stored = folder / "test_data_set_0"
    verdict = Verdict(test.name, operators[test.name], "passed")
    model = onnx.load(folder / "model.onnx")
    try:
        given, expected = values_of(model, stored)
    except NotRun as reason:
        return Verdict(test.name, verdict.operator, "not run", str(reason))
    error = judge(program, str(folder / "model.onnx"), model, given, expected, test, verdict)
    variant = with_stored(model, stored)
    if error is None and variant is not None:
        first = next(iter(given))
        with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
            file.write(variant.SerializeToString())
            file.flush()
            error = judge(program, file.name, variant, {first: given[first]}, expected, test, verdict)
            error = error and f"with stored inputs: {error}"
    if error is not None:
        verdict.outcome, verdict.why = "failed", error
    return verdict


def is_expanded(verdict):
    return "_expanded" in verdict.test


def how(verdicts):
    """How the operator itself runs, where its tests passed."""
    own = [verdict for verdict in verdicts if verdict.outcome == "passed" and not is_expanded(verdict)]
    ways = [way for way, used in {"layer": any(v.planned for v in own), "interpreted": any(v.interpreted for v in own)}.items() if used]
    return " or ".join(ways) or ("constant" if own else "-")


def groups(verdicts):
    made = collections.defaultdict(list)
    for verdict in verdicts:
        made[verdict.operator].append(verdict)
    return sorted(made.items())


def reason(operator, verdicts):
    """Why it is not claimed, or what of it is not run."""
    failed = sorted(verdict.test.removeprefix("test_") for verdict in verdicts if verdict.outcome == "failed")
    skipped = collections.Counter(verdict.why for verdict in verdicts if verdict.outcome == "not run")
    parts = []
    if failed:
        known = REASONS.get(operator)
        names = ", ".join(failed[:4]) + (f" and {len(failed) - 4} more" if len(failed) > 4 else "")
        partly = len(failed) < len(verdicts)
        parts.append(f"{names}: {known}" if known and partly else known or f"not {names}")
    parts += [f"{count} with {why}" for why, count in sorted(skipped.items())]
    return "; ".join(parts)


def is_claimed(verdicts):
    ran = [verdict for verdict in verdicts if verdict.outcome != "not run"]
    return bool(ran) and all(verdict.outcome == "passed" for verdict in ran)


def table(verdicts):
    lines = ["| operator | claimed | tests | passed | failed | not run | runs as | what is missing |", "|---|---|--:|--:|--:|--:|---|---|"]
    for operator, each in groups(verdicts):
        count = collections.Counter(verdict.outcome for verdict in each)
        cells = [operator, "yes" if is_claimed(each) else "no", len(each), count["passed"], count["failed"], count["not run"], how(each),
                 reason(operator, each)]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def summary(verdicts):
    count = collections.Counter(verdict.outcome for verdict in verdicts)
    claimed = sum(is_claimed(each) for _, each in groups(verdicts))
    return (f"{len(verdicts)} tests: {count['passed']} passed, {count['failed']} failed, {count['not run']} not run; "
            f"{claimed} of {len(groups(verdicts))} operators claimed")


def is_contrib(verdict):
    return verdict.operator.startswith(contrib_tests.DOMAIN + ".")


def put(begin, content):
    """In the document, in place of what stands between `begin` and the next end."""
    head, rest = DOCUMENT.read_text().split(begin)
    tail = rest.split(END, 1)[1]
    DOCUMENT.write_text(f"{head}{begin}\n{content}\n{END}{tail}")


def write(verdicts, program):
    standard = [verdict for verdict in verdicts if not is_contrib(verdict)]
    contrib = [verdict for verdict in verdicts if is_contrib(verdict)]
    put(BEGIN, f"{summary(standard)}.\n\n{table(standard)}")
    known, count = contrib_tests.known_operators(Path(program).with_name("ns-inspect"))
    run = {verdict.operator.removeprefix(contrib_tests.DOMAIN + ".") for verdict in contrib if verdict.outcome == "passed"}
    rest = (f"ONNX Runtime {contrib_tests.onnxruntime.__version__} has {count} operators of this domain. Not computed, but with shapes and costs: "
            + ", ".join(name for name in known if name not in run) + ".")
    put(CONTRIB, f"{summary(contrib)}.\n\n{table(contrib)}\n\n{textwrap.fill(rest, 150)}")


def claimed_in_document():
    return set(re.findall(r"^\| (\S+) \| yes \|", DOCUMENT.read_text(), re.MULTILINE))


def node_tests():
    tests = sorted(loader.load_model_tests(kind="node"), key=lambda test: test.name)
    if len(tests) != TESTS:
        sys.exit(f"onnx {onnx.__version__} has {len(tests)} node tests, not {TESTS}; use scripts/onnx-venv")
    return tests


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=str(SOURCE / "build/release/apps/ns-run"), metavar="FILE", help="the ns-run to hold against them")
    parser.add_argument("--only", action="append", metavar="PATTERN", help="tests whose name holds this; may be repeated")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--verbose", action="store_true", help="a line for each test that fails, claimed or not, and each that is not run")
    parser.add_argument("--write", action="store_true", help="write the table into docs/operators.md")
    options = parser.parse_args()
    if options.write and options.only:
        parser.error("--write needs all tests; leave out --only")

    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        tests = node_tests() + contrib_tests.tests(folder)
        operators = operators_by_test(tests)
        chosen = [test for test in tests if not options.only or any(re.search(part, test.name) for part in options.only)]
        verdicts = list(pool.map(functools.partial(check, options.run, operators), chosen))

    if options.write:
        write(verdicts, options.run)
    claimed = claimed_in_document()
    broken = [verdict for verdict in verdicts if verdict.outcome == "failed" and verdict.operator in claimed]
    shown = [verdict for verdict in verdicts if verdict.outcome != "passed"] if options.verbose else broken
    for verdict in shown:
        print(f"{verdict.test} ({verdict.operator}): {verdict.outcome}: {verdict.why}")
    print(summary(verdicts))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
