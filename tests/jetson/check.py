#!/usr/bin/env python3
"""What `make -f Makefile.jetson check` runs: whether a package for a Jetson board works in a root that holds nothing but it and the C and C++ libraries.

Across from a PC its programs run under qemu; as root in that root alone, else with this machine's files behind it. Exit status: 0 it does, 1 it does not."""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
SYSTEM = ["ld-linux-aarch64.so.1", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libgcc_s.so.1", "libstdc++.so.6"]
NVIDIA = re.compile(r"lib(cuda|cudnn|cublas|cublasLt|nvidia-ml)\.so")


def elf(path):
    """The libraries that it needs, and the newest version of glibc of which it uses something."""
    text = subprocess.run(["readelf", "-dVW", str(path)], capture_output=True, text=True, check=True).stdout
    versions = {tuple(map(int, number.split("."))) for number in re.findall(r"Name: GLIBC_([0-9.]+)", text)}
    return re.findall(r"\(NEEDED\).*\[(.*)\]", text), max(versions, default=(0,))


class Board:
    """A root of its own, and how to run a program in it."""

    def __init__(self, root, options):
        self.root, self.qemu, self.cross = root, options.qemu, options.cross
        self.chroots = os.geteuid() == 0
        shutil.copytree(options.package, root / "ns")
        shutil.copytree(HERE.parent / "data/sysfs", root / "sysfs", symlinks=True)
        if options.fakes:
            shutil.copytree(options.fakes, root / "fake")
        for name in SYSTEM:
            self.copy_library(name)
        # The real proc is not ours to mount. A program asks it for its own folder alone, and that is the same for all of them.
        for folder in ("tmp", "proc/self", "dev"):
            (root / folder).mkdir(parents=True)
        (root / "proc/self/exe").symlink_to("/ns/bin/ns-profile")
        if self.chroots and self.qemu:
            shutil.copy(shutil.which(self.qemu) or self.qemu, root / "qemu")

    def copy_library(self, name):
        where = subprocess.run([f"{self.cross}g++", f"-print-file-name={name}"], capture_output=True, text=True, check=True).stdout.strip()
        target = self.root / "lib" / name
        target.parent.mkdir(exist_ok=True)
        if Path(where).is_absolute():
            shutil.copy(where, target)

    def run(self, command, *arguments, **variables):
        """Status, standard output and standard error of one of the package's commands."""
        inside = "" if self.chroots else str(self.root)
        paths = [f"{inside}{path}" for path in ([variables.pop("libraries")] if "libraries" in variables else []) + ["/lib"]]
        program = [f"{inside}/ns/bin/{command}", *arguments]
        if self.qemu:
            program = [f"{inside}/qemu" if self.chroots else self.qemu, "-L", inside or "/", "-E", f"LD_LIBRARY_PATH={':'.join(paths)}", *program]
        else:
            variables["LD_LIBRARY_PATH"] = ":".join(paths)
        if self.chroots:
            program = [shutil.which("chroot", path="/usr/sbin:/usr/bin:/bin") or "chroot", str(self.root), *program]
        done = subprocess.run(program, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", **variables}, cwd=self.root / "tmp",
                              stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout, done.stderr


class Checks:
    def __init__(self):
        self.failures = 0

    def expect(self, name, holds, otherwise):
        print(f"{'ok  ' if holds else 'FAIL'}  {name}{'' if holds else ': ' + str(otherwise)[-2000:]}\n", end="", flush=True)  # whole, beside others
        self.failures += not holds


def check_files(checks, package, limit):
    files = [path for folder in ("bin", "lib") for path in sorted((package / folder).iterdir()) if path.is_file()]
    newest = max((elf(path)[1], path.name) for path in files)
    wanted = tuple(map(int, limit.split(".")))
    checks.expect(f"nothing asks for a glibc newer than {limit} (newest asked for: {'.'.join(map(str, newest[0]))} by {newest[1]})", newest[0] <= wanted, newest)
    linked = {path.name: [name for name in elf(path)[0] if NVIDIA.match(name)] for path in files if path.name != "ns_cudnn.so"}
    checks.expect("no command links CUDA", not any(linked.values()), linked)
    there = {path.name for path in files} | set(SYSTEM)
    lacking = {path.name: [name for name in elf(path)[0] if name not in there and not NVIDIA.match(name)] for path in files}
    checks.expect("every library that is needed is in the package or the board's", not any(lacking.values()), lacking)


def check_cpu(checks, board):
    status, out, err = board.run("ns-inspect", "mnist", "--format", "json")
    checks.expect("ns-inspect knows a net", status == 0 and json.loads(out)["layers"], err)
    status, out, err = board.run("ns-run", "mnist", "--random-weights", "1", "--device", "reference", "--format", "json")
    checks.expect("ns-run runs it", status == 0 and json.loads(out)["outputs"], err)
    status, out, err = board.run("ns-profile", "--device", "reference", "--sweep", "act", "--count", "2", "--row-limit", "10ms", "-o", "/tmp/cpu.jsonl")
    checks.expect("ns-profile measures its processor", status in (0, 1), err)
    status, out, err = board.run("ns-partition", "mnist", "--device", "phone", "--server", "server", "--link", "wifi")
    checks.expect("ns-partition answers", status == 0 and "mnist" in out, err)


def check_meters(checks, board):
    status, _, err = board.run("ns-profile", "--device", "fake:gflops=10", "--quantity", "power", "--meter", "fake", "--sweep", "conv", "--configs", "2", "-o", "/tmp/power.jsonl")
    rows = [json.loads(line) for line in (board.root / "tmp/power.jsonl").read_text(encoding="utf-8").splitlines()] if status in (0, 1) else []
    checks.expect("ns-profile measures power", [row["status"] for row in rows if row.get("kind") == "power"] == ["ok", "ok"], err)
    for tree, rail in (("nano", "POM_5V_IN"), ("orin-nano", "VDD_IN")):
        status, out, err = board.run("ns-doctor", "--sysfs-root", f"/sysfs/{tree}")
        checks.expect(f"ns-doctor reads the rails of a board ({tree})", status in (0, 1) and rail in out, out + err)


def check_gpu(checks, board):
    device = ["--device", "cudnn:0"]
    status, out, err = board.run("ns-profile", *device, "--sweep", "conv", "--count", "1", "--row-limit", "10ms", "-o", "/tmp/gpu.jsonl", "pos", libraries="/fake")
    rows = [json.loads(line) for line in (board.root / "tmp/gpu.jsonl").read_text(encoding="utf-8").splitlines()] if status in (0, 1) else []
    checks.expect("ns-profile measures a fake GPU", any(row.get("kind") == "net" for row in rows), err)
    status, out, err = board.run("ns-profile", *device, "--sweep", "conv", "--count", "1", "-o", "/tmp/none.jsonl")
    checks.expect("without CUDA's libraries it says so", status == 4 and "lib" in err, (status, err))
    status, out, err = board.run("ns-profile", *device, "--sweep", "conv", "--count", "1", "-o", "/tmp/none.jsonl", libraries="/fake", NS_FAKEGPU_DEVICES="0")
    checks.expect("without a GPU it says so", status == 4 and "no GPU" in err, (status, err))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--package", required=True, type=Path)
    parser.add_argument("--glibc", required=True, help="the board's version")
    parser.add_argument("--cross", default="", help="prefix of the compilers")
    parser.add_argument("--qemu", default="", help="what runs the programs")
    parser.add_argument("--fakes", type=Path, help="the fake GPU's libraries, if the package has the plug-in")
    options = parser.parse_args()
    checks = Checks()
    check_files(checks, options.package, options.glibc)
    with tempfile.TemporaryDirectory(prefix="ns-board-") as folder:
        board = Board(Path(folder), options)
        groups = [check_cpu, check_meters] + ([check_gpu] if options.fakes else [])
        with ThreadPoolExecutor(os.cpu_count()) as beside:
            for done in [beside.submit(group, checks, board) for group in groups]:
                done.result()
        if not options.fakes:
            print("skipped: the GPU, which this package leaves out")
    return 1 if checks.failures else 0


if __name__ == "__main__":
    sys.exit(main())
