"""`tuning/tune` on the real kernel, in a network namespace of the test's own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.fake_machine import TUNE, knobs


def in_namespace(folder: Path, script: str):
    """Runs a script where /proc and /sys are the kernel's, as a new network namespace sees them; `root` plays the
    machine, so that nothing but them is touched."""
    if os.geteuid() != 0:
        pytest.skip("a network namespace takes root")
    root = folder / "root"
    root.mkdir()
    for name in ("proc", "sys", "usr", "sbin", "bin"):
        (root / name).symlink_to(f"/{name}")
    script = f"set -e; mount -t sysfs none /sys; ip link set lo up\ntune='{sys.executable} {TUNE} --root {root}'\n{script}"
    result = subprocess.run(["unshare", "-n", "-m", "sh", "-c", script], capture_output=True, text=True, timeout=60)
    if result.returncode and ("unshare" in result.stderr or "mount:" in result.stderr):
        pytest.skip(result.stderr.strip())
    assert result.returncode == 0, result.stdout + result.stderr
    assert not (root / "var").exists()
    return result.stdout


def test_sysctls_of_the_real_kernel(tmp_path):
    # (In a namespace, congestion control is limited to what the machine allows to everybody.)
    kept = [
        knob for knob in knobs()
        if knob.group == "sysctl" and knob.scope == "network namespace" and not knob.name.endswith("congestion_control")]
    assert len(kept) >= 5
    (tmp_path / "sysctl.conf").write_text("".join(
        f"[{knob.name}]\nfile = {knob.address}\nvalue = {knob.value('throughput')}\nwhat = w\nwhy = y\nmeasured = 1\n" for knob in kept))
    names = " ".join(knob.address for knob in kept)
    in_namespace(tmp_path, f"""
        cat {names} > {tmp_path}/before
        $tune apply --profiles {tmp_path} --only sysctl
        $tune check --profiles {tmp_path} --only sysctl
        cat {names} > {tmp_path}/during
        $tune revert
        cat {names} > {tmp_path}/after
    """)
    before, during, after = ((tmp_path / name).read_text() for name in ("before", "during", "after"))
    assert before == after != during


def test_a_card_of_the_real_kernel(tmp_path):
    """A virtual one with one receive and two send queues: the kernel's own spelling of masks and tables, its own refusals."""
    show = "cat /sys/class/net/v0/queues/*/rps_* /sys/class/net/v0/queues/*/xps_cpus"
    told = in_namespace(tmp_path, f"""
        ip link add v0 numtxqueues 2 numrxqueues 1 type veth peer name v1 2>/dev/null || {{ echo no veth; exit 0; }}
        {show} > {tmp_path}/before
        $tune apply --nic v0 --only nic,irq
        $tune check --nic v0 --only nic,irq
        {show} > {tmp_path}/during
        $tune status
        $tune revert
        {show} > {tmp_path}/after
    """)
    if "no veth" in told:
        pytest.skip("this kernel has no veth")
    before, during, after = ((tmp_path / name).read_text() for name in ("before", "during", "after"))
    assert before == after
    assert during != before
    assert "skipped  v0 rings rx" in told
