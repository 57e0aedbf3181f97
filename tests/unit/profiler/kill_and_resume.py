#!/usr/bin/env python3
"""Kills ns-profile at random moments of one sweep and resumes it: no row may be lost or doubled."""

import argparse
import json
import random
import signal
import subprocess
import tempfile
from pathlib import Path

KILLS = 20
ROWS = 300


def command(binary, profile):
    return [binary, "--device", "fake:gflops=10", "--sweep", "all", "--count", str(ROWS), "--no-verify", "--quiet",
            "--output", str(profile)]


def rows_of(profile):
    """The whole rows of a profile that may end in the middle of a line."""
    lines = profile.read_bytes().split(b"\n")[:-1] if profile.exists() else []
    return lines[1:]


def key_of(line):
    row = json.loads(line)
    return tuple(str(row.get(name)) for name in ("kind", "layer", "net", "hash", "direction", "tensor", "pause_s"))


def kill_once(binary, profile, more_bytes):
    """Ends the sweep as soon as its file has grown by so many bytes; true if it was still running."""
    before = profile.stat().st_size if profile.exists() else 0
    with subprocess.Popen(command(binary, profile), stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            if profile.exists() and profile.stat().st_size >= before + more_bytes:
                process.send_signal(signal.SIGKILL)
                break
        return process.wait() == -signal.SIGKILL


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    binary = parser.parse_args().binary
    chance = random.Random(3)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder, "whole.jsonl")
        subprocess.run(command(binary, whole), check=True, stdout=subprocess.DEVNULL)
        expected = [key_of(line) for line in rows_of(whole)]
        share = whole.stat().st_size // (2 * KILLS)

        profile = Path(folder, "killed.jsonl")
        kills = 0
        kept = []
        while kills < KILLS:
            killed = kill_once(binary, profile, chance.randrange(2 * share))
            rows = rows_of(profile)
            assert rows[:len(kept)] == kept, "a row that was written changed or went away"
            kept = rows
            assert killed, f"the sweep ended before kill {kills + 1}"
            kills += 1
            # As after a power cut, which may leave half a line.
            if chance.random() < 0.5 and len(kept) > 1:
                with profile.open("r+b") as file:
                    file.truncate(profile.stat().st_size - chance.randrange(1, len(kept[-1])))
                kept = rows_of(profile)
        subprocess.run(command(binary, profile), check=True, stdout=subprocess.DEVNULL)
        rows = rows_of(profile)
        assert rows[:len(kept)] == kept, "a row that was written changed or went away"
        keys = [key_of(line) for line in rows]
        assert len(set(keys)) == len(keys), "a row is there twice"
        assert keys == expected, "the resumed profile has other rows than the uninterrupted one"
        print(f"{kills} kills, {len(keys)} rows, none lost or doubled")


if __name__ == "__main__":
    main()
