#!/usr/bin/env python3
"""Holds what ns-run computes against outputs that ONNX Runtime computed once and that are kept beside the nets.

A folder of nets holds NAME.onnx and NAME.npz, with arrays in:INPUT and out:OUTPUT. Each net runs on each device; ns-run itself compares
(--tolerance). A folder that is not there is skipped, and said so. Exit status 0 if every output agrees, else 1. Needs Python alone: run_nets.py
makes inputs and outputs anew, with ONNX Runtime.
"""

import argparse
import ast
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
SECONDS = 300


def shape_of(header):
    """The shape that the first bytes of a .npy file tell (numpy.lib.format)."""
    long = header[6] >= 2  # the version
    size = struct.unpack_from("<I" if long else "<H", header, 8)[0]
    begin = 12 if long else 10
    return ast.literal_eval(header[begin:begin + size].decode("latin-1"))["shape"]


def shapes_of(arrays):
    """Shapes of the inputs, by name: models may leave sizes open."""
    with zipfile.ZipFile(arrays) as archive:
        names = [name for name in archive.namelist() if name.startswith("in:")]
        return {name[len("in:"):-len(".npy")]: shape_of(archive.read(name)) for name in names}


def run(options, net, device):
    """What went wrong; nothing if all outputs agree."""
    arrays = net.with_suffix(".npz")
    command = [options.run, str(net), "--device", device, "--input", str(arrays), "--tolerance", str(options.tolerance), "--quiet", "--format", "csv"]
    for name, shape in shapes_of(arrays).items():
        if shape:
            command += ["--shape", f"{name}={'x'.join(map(str, shape))}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return f"no end within {SECONDS} s"
    return "" if done.returncode == 0 else f"ends with {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=str(SOURCE / "build/release/apps/ns-run"), help="the command")
    parser.add_argument("--device", action="append", required=True, help="may be repeated")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    parser.add_argument("--without", action="append", default=[], help="a net that is left out; may be repeated")
    parser.add_argument("folders", nargs="+", type=Path)
    options = parser.parse_args()
    agreed = failed = 0
    for folder in options.folders:
        if not folder.is_dir():
            print(f"{folder}: not there; its nets are skipped")
            continue
        for net in sorted(folder.glob("*.onnx")):
            if net.stem in options.without:
                print(f"{net.stem}: left out")
                continue
            for device in options.device:
                trouble = run(options, net, device)
                agreed += not trouble
                failed += bool(trouble)
                if trouble:
                    print(f"{net.stem} on {device}: {trouble}", flush=True)
    print(f"{agreed} of {agreed + failed} runs within {options.tolerance:g}")
    sys.exit(1 if failed or not agreed else 0)


if __name__ == "__main__":
    main()
