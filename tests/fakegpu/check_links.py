#!/usr/bin/env python3
"""What the GPU plug-in and the commands ask the loader for: the fakes have all that the plug-in calls, no command needs CUDA."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

CUDA = re.compile(r"lib(cuda|cudart|cudnn|cublas|cublasLt|nvidia-ml|nvrtc)[._]")


def symbols(path, option):
    listing = subprocess.run(["nm", "-D", option, str(path)], capture_output=True, text=True, check=True).stdout
    return {line.split()[-1].split("@")[0] for line in listing.splitlines()}


def needed(path):
    listing = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
    return [line.split()[1] for line in listing.splitlines() if line.strip().startswith("NEEDED")]


def rpaths(path):
    listing = subprocess.run(["objdump", "-p", str(path)], capture_output=True, text=True, check=True).stdout
    return [line.split() for line in listing.splitlines() if line.split()[:1] in (["RPATH"], ["RUNPATH"])]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plugin", type=Path, required=True)
    parser.add_argument("--fakes", type=Path, required=True, help="folder of the fake libraries")
    parser.add_argument("--commands", type=Path, required=True, help="folder of the executables")
    options = parser.parse_args()
    failures = []

    asked = {name for name in symbols(options.plugin, "--undefined-only") if re.match(r"cu[A-Z]|cudnn|cublas|nvml|cuda", name)}
    there = set().union(*(symbols(fake, "--defined-only") for fake in options.fakes.iterdir()))
    if not asked or asked - there:
        failures.append(f"the fakes lack {sorted(asked - there)} of {len(asked)} that the plug-in calls")
    exported = symbols(options.plugin, "--defined-only")
    if exported != {"ns_open_cudnn"}:
        failures.append(f"the plug-in exports {sorted(exported)}")
    if rpaths(options.plugin) != [["RUNPATH", "$ORIGIN"]]:
        failures.append(f"the plug-in's path is {rpaths(options.plugin)}; DT_RPATH would hide LD_LIBRARY_PATH")
    if "libcuda.so.1" not in needed(options.plugin):
        failures.append(f"the plug-in needs {needed(options.plugin)}, and not the driver")

    commands = [path for path in sorted(options.commands.glob("ns-*")) if os.access(path, os.X_OK)]
    for command in commands:
        if any(CUDA.match(name) for name in needed(command)):
            failures.append(f"{command.name} needs {needed(command)}")
    shown = subprocess.run([options.commands / "ns-profile", "--help"], env={**os.environ, "LD_DEBUG": "files"},
                           capture_output=True, text=True, check=True).stderr
    opened = sorted({line.split("file=")[1].split()[0] for line in shown.splitlines() if "file=" in line})
    if not opened or any(CUDA.search(name) or "ns_cudnn" in name for name in opened):
        failures.append(f"ns-profile --help opens {opened}")

    for failure in failures:
        print(f"check_links: {failure}")
    print(f"{len(asked)} symbols of the plug-in, {len(commands)} commands")
    return 1 if failures or not commands else 0


if __name__ == "__main__":
    sys.exit(main())
