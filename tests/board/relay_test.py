#!/usr/bin/env python3
"""ns-profile --on HOST against an sshd of this machine's own: whole runs, and connections that are killed again and again.

Exit status: 0 all as it should be, 1 not, 77 skipped, for want of sshd."""

import argparse
import getpass
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SKIPPED = 77
KILLS = 10
ROWS = 60  # layers


class Sshd:
    """A server of our own on a port of its own, with keys of its own, and a home folder that a board could have."""

    def __init__(self, folder, commands):
        self.folder, self.home = folder, folder / "home"
        program = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin")
        for name in ("host_key", "key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
        shutil.copy(folder / "key.pub", folder / "authorized")
        (self.home / "neurosurgeon-board").mkdir(parents=True)
        (self.home / "neurosurgeon-board/bin").symlink_to(commands)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        # A shell that says something of its own, as some do, and has the board's home.
        (folder / "enter").write_text(f'#!/bin/sh\necho "Welcome"\nexport HOME={self.home}\nexec /bin/sh -c "$SSH_ORIGINAL_COMMAND"\n', encoding="utf-8")
        (folder / "enter").chmod(0o755)
        settings = [f"Port {self.port}", "ListenAddress 127.0.0.1", f"HostKey {folder}/host_key", f"AuthorizedKeysFile {folder}/authorized", "StrictModes no",
                    "PasswordAuthentication no", "UsePAM no", f"PidFile {folder}/pid", f"ForceCommand {folder}/enter", "PermitRootLogin yes"]
        (folder / "settings").write_text("\n".join(settings) + "\n", encoding="utf-8")
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)
        self.log = (folder / "log").open("w", encoding="utf-8")
        self.process = subprocess.Popen([program, "-D", "-e", "-f", folder / "settings"], stderr=self.log)
        self.ssh = (f"ssh -p {self.port} -i {folder}/key -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o IdentitiesOnly=yes -o LogLevel=ERROR "
                    f"-o BatchMode=yes -F /dev/null")
        end = time.monotonic() + 10
        while time.monotonic() < end:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise RuntimeError((folder / "log").read_text(encoding="utf-8"))

    def sessions(self):
        """The processes that serve a connection each."""
        listing = subprocess.run(["ps", "-o", "pid=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False).stdout
        return [int(word) for word in listing.split()]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.log.close()


class Test:
    def __init__(self, folder, commands):
        self.folder, self.commands = folder, commands
        self.sshd = Sshd(folder, commands)
        self.failures = 0
        self.here = folder / "here"
        self.here.mkdir()

    def expect(self, name, holds, otherwise):
        print(f"{'ok  ' if holds else 'FAIL'}  {name}{'' if holds else ': ' + str(otherwise)[-3000:]}", flush=True)
        self.failures += not holds

    def start(self, *arguments, host=None, output="rows.jsonl", ssh=None):
        command = [self.commands / "ns-profile", "--on", host or f"{getpass.getuser()}@127.0.0.1", "-o", output, *arguments]
        return subprocess.Popen(command, cwd=self.here, env={**os.environ, "NS_SSH": ssh or self.sshd.ssh}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments, **options):
        process = self.start(*arguments, **options)
        out, err = process.communicate(timeout=240)
        return process.returncode, out, err

    def rows(self, name="rows.jsonl"):
        if not (self.here / name).exists():
            return []
        return [json.loads(line) for line in (self.here / name).read_text(encoding="utf-8").splitlines()]

    def layers(self, name="rows.jsonl"):
        return sorted(row["layer"] for row in self.rows(name) if row.get("kind") == "layer")


def sweep(test):
    """Layers of our own, in a file here, which the board has not."""
    lines = "\n".join(f"act:relu@1x16x{380 + i}x380" for i in range(ROWS))
    (test.here / "mine.sweep").write_text(lines + "\n", encoding="utf-8")
    return ["--device", "reference", "--sweep", "mine.sweep", "--row-limit", "150ms", "--no-verify"]


def whole_run(test):
    status, out, err = test.run("--device", "reference", "--sweep", "act", "--count", "3", "--row-limit", "20ms", output="short.jsonl")
    test.expect("rows come from the board", status in (0, 1) and len(test.layers("short.jsonl")) == 3, (status, err))
    test.expect("the summary is printed here", out.startswith("type") and "act" in out, out)
    before = (test.here / "short.jsonl").read_bytes()
    status, out, err = test.run("--device", "reference", "--sweep", "act", "--count", "3", "--row-limit", "20ms", output="short.jsonl")
    test.expect("the same command measures nothing again", status in (0, 1) and (test.here / "short.jsonl").read_bytes() == before, (status, err))
    there = list((test.sshd.home / ".cache/neurosurgeon").glob("*-short.jsonl"))
    there[0].unlink()
    status, out, err = test.run("--device", "reference", "--sweep", "act", "--count", "5", "--row-limit", "20ms", output="short.jsonl")
    test.expect("a board that has forgotten gets the rows from here, and goes on",
                status in (0, 1) and (test.here / "short.jsonl").read_bytes().startswith(before) and len(test.layers("short.jsonl")) == 5, (status, err))


def refusals(test):
    status, _, err = test.run("--device", "reference", "--sweep", "act", host="nobody@127.0.0.1", output="none.jsonl")
    test.expect("a host that lets nobody in is an error at once", status == 6 and "no connection to nobody@127.0.0.1" in err, (status, err))
    status, _, err = test.run("--device", "reference", "--sweep", "act", host=f"{getpass.getuser()}@127.0.0.1:elsewhere", output="none.jsonl")
    test.expect("a board without the toolkit is told", status == 6 and "has no ns-profile in elsewhere" in err, (status, err))
    status, _, err = test.run("--device", "reference", "--sweep", "act", ssh="no-such-ssh", output="none.jsonl")
    test.expect("a missing ssh is not blamed on the board", status == 6 and "ssh cannot be run" in err, (status, err))
    status, _, err = test.run("--device", "reference", "--sweep", "act", ssh="true", output="none.jsonl")
    test.expect("a connection that runs nothing is told", status == 6 and "ran nothing" in err, (status, err))
    test.expect("what failed leaves no empty profile", not (test.here / "none.jsonl").exists(), err)
    status, _, err = test.run("--device", "nonsense", "--sweep", "act", output="none.jsonl")
    test.expect("what ns-profile says there is said here, with its status", status == 2 and "nonsense" in err, (status, err))
    (test.here / "short.jsonl").write_text("something else\n", encoding="utf-8")
    status, _, err = test.run("--device", "reference", "--sweep", "act", "--count", "3", output="short.jsonl")
    test.expect("a profile that is another one is left alone", status == 6 and "does not go on from it" in err
                and (test.here / "short.jsonl").read_text(encoding="utf-8") == "something else\n", (status, err))


def killed_connections(test, seed):
    chance = random.Random(seed)
    process = test.start(*sweep(test))
    kills = 0
    while not test.rows() and process.poll() is None:  # until there is a connection
        time.sleep(0.05)
    while kills < KILLS and process.poll() is None:
        time.sleep(chance.uniform(0.2, 1.5))
        for session in test.sshd.sessions():
            try:
                os.kill(session, signal.SIGKILL)
                kills += 1
            except ProcessLookupError:
                pass
    _, err = process.communicate(timeout=300)
    layers = test.layers()
    test.expect(f"{kills} killed connections: the run ends as it should (seed {seed})", process.returncode in (0, 1) and kills >= KILLS, (process.returncode, kills, err))
    test.expect("no row is lost or doubled", len(layers) == ROWS and len(set(layers)) == ROWS, (len(layers), len(set(layers)), err))
    there = next((test.sshd.home / ".cache/neurosurgeon").glob("*-rows.jsonl"))
    test.expect("the profile here is the board's, byte for byte", there.read_bytes() == (test.here / "rows.jsonl").read_bytes(), err)


def interrupted(test):
    process = test.start(*sweep(test), output="stopped.jsonl")
    while len(test.layers("stopped.jsonl")) < 2 and process.poll() is None:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    held = len(test.layers("stopped.jsonl"))
    test.expect("Ctrl-C ends it after the row, and what was measured is here", process.returncode == 130 and 0 < held < ROWS and "goes on" in err, (process.returncode, held, err))
    left = subprocess.run(["pgrep", "-f", f"{test.commands}.*stopped.jsonl"], capture_output=True, text=True, check=False).stdout
    test.expect("nothing goes on measuring there", not left, left)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commands", required=True, type=Path)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin") or not shutil.which("ssh") or not shutil.which("flock"):
        print("skipped: no sshd, ssh or flock here (openssh-server, openssh-client, util-linux)")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="ns-board-") as folder:
        test = Test(Path(folder), options.commands.resolve())
        try:
            whole_run(test)
            refusals(test)
            killed_connections(test, options.seed)
            interrupted(test)
        finally:
            test.sshd.stop()
    return 1 if test.failures else 0


if __name__ == "__main__":
    sys.exit(main())
