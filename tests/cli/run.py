#!/usr/bin/env python3
"""Runs the cases of *.cases files: each command's stdout, stderr and status against what the file says."""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
NO_NEWLINE = "\\ no newline at end"
KEPT_VARIABLES = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS", "LD_LIBRARY_PATH")


@dataclass
class Case:
    title: str
    comments: list = field(default_factory=list)
    command: list = field(default_factory=list)
    stdout: list = field(default_factory=list)
    stderr: list = field(default_factory=list)
    status: int = 0

    def text(self):
        lines = [f"# {self.title}", *(f"# {line}" for line in self.comments)]
        lines += [f"$ {line}" for line in self.command]
        lines += [f"> {line}".rstrip() for line in self.stdout]
        lines += [f"! {line}".rstrip() for line in self.stderr]
        if self.status:
            lines.append(f"? {self.status}")
        return "\n".join(lines) + "\n"


def read_cases(path):
    cases = []
    previous = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark, rest = line[:1], line[2:]
        if mark == "#" and previous == "#" and cases:
            cases[-1].comments.append(rest)
        elif mark == "#":
            cases.append(Case(rest))
        elif not line.strip():
            pass
        elif not cases:
            sys.exit(f"{path}:{number}: a case begins with '# what must hold'")
        elif mark == "$":
            cases[-1].command.append(rest)
        elif mark == ">":
            cases[-1].stdout.append(rest)
        elif mark == "!":
            cases[-1].stderr.append(rest)
        elif mark == "?":
            cases[-1].status = int(rest)
        else:
            sys.exit(f"{path}:{number}: a line begins with one of # $ > ! ?")
        previous = mark
    return cases


def lines_of(output, folder):
    text = output.decode("utf-8", "backslashreplace").replace(folder, "TMP").replace(str(SOURCE), "SOURCE")
    lines = text.split("\n")
    if lines[-1]:
        return [*lines, NO_NEWLINE]
    return lines[:-1]


def line_matches(expected, got):
    pattern = ".*".join(re.escape(part) for part in expected.rstrip().split("..."))
    return re.fullmatch(pattern, got.rstrip()) is not None


def matches(expected, got):
    """Like equality, but '...' stands for any text in a line, and alone on a line for any number of lines."""
    while expected and expected[0].strip() != "...":
        if not got or not line_matches(expected[0], got[0]):
            return False
        expected, got = expected[1:], got[1:]
    if not expected:
        return not got
    return any(matches(expected[1:], got[skip:]) for skip in range(len(got) + 1))


def run(case, binaries, seconds):
    with tempfile.TemporaryDirectory(prefix="ns-cli-") as folder:
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        environment.update(PATH=f"{binaries}:/usr/bin:/bin", HOME=folder, LANG="C.UTF-8", SOURCE=str(SOURCE),
                           CASES=str(SOURCE / "tests/cli"), TESTDATA=str(SOURCE / "tests/data"))
        try:
            done = subprocess.run(["/bin/bash", "-c", "\n".join(case.command)], cwd=folder, env=environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            return Case(case.title, case.comments, case.command, stderr=[f"no end within {seconds} s"], status=-1)
        return Case(case.title, case.comments, case.command, lines_of(done.stdout, folder),
                    lines_of(done.stderr, folder), done.returncode)


def agrees(case, got):
    return (case.status == got.status and matches(case.stdout, got.stdout) and matches(case.stderr, got.stderr))


def run_file(path, options):
    failed = 0
    after = []
    for case in read_cases(path):
        if options.only and options.only not in case.title:
            after.append(case)
            continue
        got = run(case, options.bin, options.timeout)
        if agrees(case, got):
            after.append(case)
            continue
        failed += 1
        after.append(got)
        print(f"{path.name}: FAILED: {case.title}\n--- expected\n{case.text()}--- got\n{got.text()}")
    if options.rewrite and failed:
        path.write_text("\n".join(case.text() for case in after), encoding="utf-8")
        print(f"{path.name}: {failed} cases rewritten")
        return 0
    print(f"{path.name}: {len(after) - failed} of {len(after)} cases passed")
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", required=True, type=Path, help="folder of the executables, such as build/dev/apps")
    parser.add_argument("--rewrite", action="store_true", help="replace what failing cases expect by what came out")
    parser.add_argument("--only", help="cases whose title holds this text")
    parser.add_argument("--timeout", type=float, default=60, help="seconds per case")
    parser.add_argument("files", nargs="*", type=Path, help="default: all *.cases beside this script")
    options = parser.parse_args()
    options.bin = options.bin.resolve()
    files = options.files or sorted(Path(__file__).parent.glob("*.cases"))
    return 1 if sum(run_file(path, options) for path in files) else 0


if __name__ == "__main__":
    sys.exit(main())
