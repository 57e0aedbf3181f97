#!/usr/bin/env python3
"""scripts/gpu-check in a root that holds nothing but an installed tree, a fake GPU, a shell and what they need of the system. Needs root."""

import argparse
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
TOOLS = ["sh", "cat", "date", "dirname", "grep", "mkdir", "sleep", "tail", "uname"]
# What every Linux has, and an installed tree does not bring along.
SYSTEM = re.compile(r"ld-linux.*|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so\..*")


def libraries(program):
    listing = subprocess.run(["ldd", str(program)], capture_output=True, text=True, check=True).stdout
    return {Path(word) for word in re.findall(r"(/\S+)", listing)}


def copy(path, root):
    target = root / str(path).lstrip("/")
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, target)


def make_root(root, options):
    for component in ("commands", "bundle"):
        subprocess.run([options.cmake, "--install", options.build, "--prefix", root / "ns", "--component", component, "--strip"],
                       check=True, stdout=subprocess.DEVNULL)
    shutil.copytree(options.fakes, root / "fake")
    needed = {path for path in libraries(root / "ns/bin/ns-fit") if SYSTEM.fullmatch(path.name)}
    for tool in TOOLS:
        path = shutil.which(tool)
        needed |= libraries(path)
        copy(path, root)
        (root / "bin").mkdir(exist_ok=True)
        shutil.copy(path, root / "bin" / tool)
    for path in needed:
        copy(path, root)
    (root / "dev").mkdir()
    os.mknod(root / "dev/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    # The real folder is not ours to mount. A program asks it for its own folder alone, and that is the same for all of them.
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/exe").symlink_to("/ns/bin/ns-profile")


def gpu_check(root, name, limit, **variables):
    """Its status, and what it says of each part."""
    command = ["/ns/scripts/gpu-check", "--output", f"/{name}", "--time-limit", limit, "--net", "mnist"]
    done = subprocess.run([shutil.which("chroot", path="/usr/sbin:/usr/bin") or "chroot", root, "/bin/sh", *command], check=False,
                          env={"PATH": "/bin", "LD_LIBRARY_PATH": "/fake", **variables}, stdin=subprocess.DEVNULL)
    lines = (root / name / "parts.txt").read_text(encoding="utf-8").splitlines()
    return done.returncode, {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cmake", required=True)
    parser.add_argument("--build", required=True)
    parser.add_argument("--fakes", required=True)
    options = parser.parse_args()
    if os.geteuid() != 0:
        print("skipped: only root can change to another root")
        return SKIPPED
    failures = []
    with tempfile.TemporaryDirectory(prefix="ns-root-") as folder:
        root = Path(folder)
        try:
            make_root(root, options)
        except PermissionError as error:
            print(f"skipped: no device file can be made here: {error}")
            return SKIPPED

        status, parts = gpu_check(root, "with", "40s")
        verdicts = {each["verdict"] for each in json.loads((root / "with/check.json").read_text(encoding="utf-8"))["types"]}
        if verdicts - {"agrees", "unsupported", "cut short"} or "agrees" not in verdicts:
            failures.append(f"verdicts {verdicts}")
        if status != (1 if "cut short" in verdicts else 0):  # on a busy machine
            failures.append(f"status {status} with verdicts {verdicts}")
        failures += [f"{name}: {parts.get(name)}" for name in ("machine", "check", "nets", "sweep", "fit", "peak")
                     if not parts.get(name, "").startswith("had")]

        (root / "ns/bin/ns-peak").unlink()
        status, parts = gpu_check(root, "without", "10s", NS_FAKEGPU_DEVICES="0")
        if status != 1 or not parts["machine"].startswith("had") or not parts["peak"].startswith("not available"):
            failures.append(f"without a GPU: status {status}, {parts}")
        failures += [f"without a GPU: {name}: {parts[name]}" for name in ("check", "nets", "sweep")
                     if "the driver sees no GPU" not in parts[name]]
    for failure in failures:
        print(f"bare_root: {failure}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
