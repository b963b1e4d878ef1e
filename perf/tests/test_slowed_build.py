"""The whole way, from a server to a verdict: two runs of one build are the same, a build that makes one more system call
a turn is found out. Seconds long; takes a release build and something that counts system calls."""

import subprocess
import sys
from pathlib import Path

import pytest

from harness import counters, servers

PERF = Path(__file__).resolve().parents[1]
NODE = servers.RELEASE / "coronet"

pytestmark = [
    pytest.mark.skipif(not NODE.exists(), reason=f"there is no release build; build: {servers.BUILDS}"),
    pytest.mark.skipif(not counters.tracer(), reason="neither perf nor strace counts system calls here"),
]


def slowed(folder: Path) -> Path:
    """The node as a program that makes one call more in every turn, and nothing else."""
    library = folder / "one_more_call.so"
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, Path(__file__).parent / "one_more_call.c", "-ldl"], check=True)
    program = folder / "coronet"
    # Behind what the harness preloads itself.
    program.write_text(f'#!/bin/sh\nLD_PRELOAD="{library}${{LD_PRELOAD:+:$LD_PRELOAD}}" exec {NODE} "$@"\n')
    program.chmod(0o755)
    return program


def measure(program: Path, out: Path) -> Path:
    subprocess.run([PERF / "run", "--scenario", "counts", "--server", "coronet", "--repeats", "2", "--coronet", program, "--out", out],
                   check=True, stdout=subprocess.DEVNULL, timeout=240)
    return out


def compare(before: Path, after: Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, PERF / "compare", before, after], capture_output=True, text=True, timeout=60)


def test_one_more_call_a_turn_is_a_regression_and_the_same_build_is_none(tmp_path):
    first, again = measure(NODE, tmp_path / "first.json"), measure(NODE, tmp_path / "again.json")
    slow = measure(slowed(tmp_path), tmp_path / "slow.json")

    same = compare(first, again)
    assert same.returncode == 0, same.stdout + same.stderr
    assert "worse" not in same.stdout.rpartition("\n\n")[2]

    found = compare(first, slow)
    assert found.returncode == 1, found.stdout + found.stderr
    # Every cell, by both counts: a turn had one call and has two.
    assert found.stdout.rstrip().endswith("\n8 worse"), found.stdout
    ratios = [float(line.split("|")[7]) for line in found.stdout.splitlines() if "callsPerTurn" in line]
    assert len(ratios) == 4 and all(1.9 < ratio < 2.1 for ratio in ratios), found.stdout

    # And the way back is a gain.
    back = compare(slow, first)
    assert back.returncode == 0 and "8 better" in back.stdout, back.stdout
