#!/usr/bin/env python3
"""Writes what the fuzzers start from, one folder per reader, out of the files that come with the toolkit and its tests.

    make_seeds.py OUT [--models FOLDER ...]

Large files are cut down, for small ones are mutated thousands of times more often: of profiles a few rows of each kind, of predictors
a few trees, of models those below 16 KiB. Models of the folders (the ONNX package's node tests, for example) are seeds too.
"""

import argparse
import gzip
import json
import tarfile
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
DATA = SOURCE / "data"
TESTS = SOURCE / "tests/data"
LARGEST_MODEL = 16 << 10
ROWS_PER_KIND = 3
LAYERS = 300

OPTIONS = ["20Mbit/s,rtt=35ms", "up=5.85Mbit/s,down=13.76Mbit/s,rtt=40ms,message=1ms", "35ms", "1.5s", "10min", "2.5MB/s", "1Gbit/s", "154587",
           "4KiB", "1.5MB", "latency", "energy", "0.7*latency+0.3*energy", "conv1=device", "fc8=server", "threads=1,isa=sse41"]


class Folder:
    """Seeds of one reader, numbered."""

    def __init__(self, out, reader):
        self.folder = out / reader
        self.folder.mkdir(parents=True, exist_ok=True)
        self.count = 0

    def add(self, content):
        (self.folder / f"{self.count:05d}").write_bytes(content if isinstance(content, bytes) else content.encode())
        self.count += 1


def profile_lines():
    for path in sorted(DATA.glob("profiles/*.jsonl.gz")):
        yield gzip.decompress(path.read_bytes()).decode().splitlines()
    for path in sorted(TESTS.glob("**/*.jsonl")):
        yield path.read_text().splitlines()


def some_rows(lines):
    """The header and the first rows of each kind, net rows with few groups."""
    counts = {}
    for line in lines:
        row = json.loads(line)
        kind = row.get("kind")
        counts[kind] = counts.get(kind, 0) + 1
        if counts[kind] > (1 if kind == "net" else ROWS_PER_KIND):
            continue
        if kind == "net":
            row["groups"] = row["groups"][:2]
        yield json.dumps(row, separators=(",", ":"))


def beginning(numbers, count):
    return " ".join(numbers.split()[:count])


def few_trees(model, trees=2):
    """The first trees of a forest: each node is followed by its first child, -1 is a leaf."""
    splits = model["splits"].split()
    end = 0
    for _ in range(trees):
        open_nodes = 1
        while open_nodes > 0 and end < len(splits):
            open_nodes += -1 if splits[end] == "-1" else 1
            end += 1
    leaves = splits[:end].count("-1")
    return {**model, "splits": beginning(model["splits"], end), "thresholds": beginning(model["thresholds"], end - leaves),
            "leaves": beginning(model["leaves"], leaves)}


def as_first_version(model):
    """Thresholds and leaves as they are, in one list."""
    thresholds, leaves = iter(model["thresholds"].split()), iter(model["leaves"].split())
    values = [int(next(leaves)) / 10000 if split == "-1" else int(next(thresholds)) / 2048 for split in model["splits"].split()]
    kept = {key: value for key, value in model.items() if key not in ("thresholds", "leaves")}
    return {**kept, "values": " ".join(f"{value:.5f}" for value in values)}


def cut_down(models):
    """One layer type's models with a few trees, residuals and neighbours."""
    small = {**models, "categories": models["categories"][:8]}
    for quantity in ("time_s", "power_w"):
        if not small.get(quantity):
            continue
        small[quantity] = {**small[quantity], "errors": {}, "residuals": beginning(small[quantity]["residuals"], 24), "outliers": []}
        if "splits" in small[quantity]["model"]:
            small[quantity]["model"] = few_trees(small[quantity]["model"])
            if small["type"] == "pool":
                small[quantity]["model"] = as_first_version(small[quantity]["model"])
    if near := small.get("neighbours"):
        small["neighbours"] = {**near, "points": beginning(near["points"], 3 * len(near["features"]))}
    return small


def predictors():
    for path in sorted(DATA.glob("devices/*.predictor.json")):
        whole = json.loads(path.read_text())
        for models in whole["types"]:
            yield json.dumps({**whole, "types": [cut_down(models)]})


def models(folders):
    paths = sorted(TESTS.glob("onnx/**/*.onnx")) + sorted(path for folder in folders for path in folder.glob("**/*.onnx"))
    for path in paths:
        yield path.read_bytes()
    with tarfile.open(TESTS / "corpus.tar.xz") as corpus:
        for member in corpus:
            if member.name.endswith(".onnx"):
                yield corpus.extractfile(member).read()


def layers():
    """Texts of layers that were measured, unlike one another at the beginning."""
    seen = set()
    for lines in profile_lines():
        for line in lines:
            text = json.loads(line).get("layer")
            kind = text and (text.split("@")[0].translate(str.maketrans("", "", "0123456789")))
            if kind and kind not in seen:
                seen.add(kind)
                yield text


def nets_of_one_layer(texts):
    for text in texts:
        head, _, inputs = text.partition("@")
        names = [f"x{number}" for number, _ in enumerate(inputs.split(","))]
        lines = [f"input {name} {shape}" for name, shape in zip(names, inputs.split(","))]
        yield "\n".join([*lines, f"y = {head.split('+')[0]} {' '.join(names)}", ""])


def prototxts_of_one_layer():
    """A layer of each type that the dictionary knows, without parameters."""
    for word in (SOURCE / "tests/fuzz/prototxt.dict").read_text().split("\n"):
        if word[1:2].isupper():
            yield f'input: "x" input_shape {{ dim: 2 dim: 4 dim: 8 dim: 8 }}\nlayer {{ name: "l" type: {word} bottom: "x" top: "y" }}\n'


def arrays_of(pattern):
    for path in sorted(SOURCE.glob(pattern)):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                yield archive.read(entry)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--models", type=Path, action="append", default=[], help="a folder with more ONNX models")
    options = parser.parse_args()

    def add(reader, contents):
        folder = Folder(options.out, reader)
        for content in contents:
            folder.add(content)

    def files(*patterns):
        return [path.read_bytes() for pattern in patterns for path in sorted(SOURCE.glob(pattern))]

    texts = list(layers())[:LAYERS]
    add("text", [*files("data/nets/*.txt", "tests/data/partition/*.txt"), *nets_of_one_layer(texts)])
    add("prototxt", [*files("data/nets/*.prototxt"), *prototxts_of_one_layer()])
    add("sweep", files("data/sweeps/*.sweep"))
    add("link", files("data/links/*.json", "tests/data/partition/hundred.json"))
    add("device", files("data/devices/core-sse41.json", "data/devices/phone.json", "data/devices/server.json"))
    add("costs", files("tests/data/partition/board.json", "tests/data/partition/rack.json"))
    add("npy", [*files("tests/data/arrays/*.npy"), *arrays_of("tests/data/arrays/*.npz"), *files("tests/data/arrays/refused/*.npy")])
    add("npz", files("tests/data/arrays/*.npz", "tests/data/arrays/refused/cut_*.npz", "tests/data/arrays/refused/overlapping.npz"))
    add("options", OPTIONS)
    add("power_log", ["3.5\n4.25\n", "1690000000.5 3.5\n1690000001.5\t4\n", "Voltage,Power_mW,Time_s\r\n5.01,2500,10\r\n5.02,3500,11\r\n",
                      "time_s;power_w\n1;9\n0.5;nan\nlast"])
    add("layer", texts)
    profiles = ["\n".join(some_rows(lines)) + "\n" for lines in profile_lines()]
    add("profile", [*profiles, *(gzip.compress(profile.encode(), mtime=0) for profile in profiles)])
    add("predictor", predictors())
    small_models = [model for model in models(options.models) if len(model) <= LARGEST_MODEL]
    add("onnx", small_models)
    add("export", small_models)
    # Of each format a few, and what is often given in place of a net.
    add("net", [*files("data/nets/*"), *small_models[:10], "<!DOCTYPE html>", "version https://git-lfs.github.com/spec/v1\n", "{}",
                b"\x1f\x8b", b"PK\x03\x04", 'net: "deploy.prototxt"\n', ""])


if __name__ == "__main__":
    main()
