"""`tuning/tune` where a machine lacks or refuses something, where it dies half-way, and where several run at once."""

import fcntl
import json
import subprocess
import sys

from support.fake_machine import JOURNAL, LOG, TUNE


# What the machine does not have, or does not take


def test_a_knob_that_this_kernel_lacks_is_skipped_with_the_reason(machine):
    (machine.root / "proc/sys/kernel/numa_balancing").unlink()
    (machine.root / "usr/sbin/ethtool").unlink()
    before = machine.tree()
    applied = machine.run("apply")
    assert "skipped  kernel/numa_balancing  (there is no /proc/sys/kernel/numa_balancing here)" in applied
    assert "skipped  eth0 rings rx  (ethtool is not installed)" in applied
    machine.run("revert")
    assert machine.tree() == before


def test_a_congestion_control_that_is_not_offered_is_not_asked_for(machine):
    machine.file("proc/sys/net/ipv4/tcp_available_congestion_control", "reno bbr")
    assert "does not offer cubic" in machine.run("apply", "--only", "sysctl")
    assert machine.sysctl("net/ipv4/tcp_congestion_control") == "bbr"


def test_a_file_that_cannot_be_written_fails_and_the_others_are_set(machine):
    # A file of the real kernel that nobody may write, root neither.
    path = machine.root / "proc/sys/net/core/netdev_max_backlog"
    path.unlink()
    path.symlink_to("/proc/sys/kernel/cap_last_cap")
    applied = machine.run("apply", "--only", "sysctl", status=1)
    assert "FAILED   net/core/netdev_max_backlog" in applied and "was refused: Permission denied" in applied
    assert machine.sysctl("net/core/somaxconn") == "65535"
    machine.run("revert")
    assert machine.sysctl("net/core/somaxconn") == "4096"


def test_a_value_that_the_kernel_refuses_fails(machine):
    # The real kernel again: this one takes at most 1000.
    path = machine.root / "proc/sys/net/core/somaxconn"
    path.unlink()
    path.symlink_to("/proc/self/oom_score_adj")
    applied = machine.run("apply", "--only", "sysctl", status=1)
    assert "FAILED   net/core/somaxconn" in applied and "Invalid argument" in applied


def test_a_value_that_is_taken_differently_is_reported_and_reverted(machine):
    before = machine.tree(without=[LOG])
    machine.ethtool(stubborn={"RX": "1008"})
    applied = machine.run("apply", "--only", "nic", status=1)
    assert "FAILED   eth0 rings rx: 512 -> 1024  (the machine took 1008 instead)" in applied
    # Known as ours, so that it is no drift.
    assert "drift" not in machine.run("status")
    machine.ethtool(stubborn={})
    machine.run("revert")
    assert machine.tree(without=[LOG]) == before


def test_what_cannot_be_restored_stays_known(machine):
    machine.run("apply", "--only", "nic")
    machine.ethtool(stubborn={"RX": "2000"})
    assert "the machine took 2000 instead of 512" in machine.run("revert", status=1)
    machine.ethtool(stubborn={})
    assert "eth0 rings rx" in machine.run("status", status=1)
    machine.run("revert", "--force")
    assert machine.ethtool()["rings"]["now"]["RX"] == "512"


# Dying half-way


def test_killed_after_recording_and_before_the_first_write(machine):
    before = machine.tree(without=[LOG, "usr/sbin/ethtool.json"])
    machine.ethtool(deadly=["-G"])
    # Its first write is the ring's: queues are steered afterwards.
    machine.run("apply", "--only", "nic", status=-9)
    assert machine.set_by_ethtool() == []
    known = json.loads(machine.text(JOURNAL))
    assert any(entry["address"] == "ethtool:eth0:rings:rx" and entry["original"] == "512" for entry in known["entries"])
    machine.ethtool(deadly=[])
    machine.run("revert")
    assert machine.tree(without=[LOG, "usr/sbin/ethtool.json"]) == before


def test_killed_between_two_writes(machine):
    before = machine.tree(without=[LOG, "usr/sbin/ethtool.json"])
    # The channels are already 4, so the first ring is where it dies: sysctls are set, queues are not.
    machine.ethtool(deadly=["-G"])
    machine.run("apply", status=-9)
    assert machine.sysctl("net/core/somaxconn") == "65535"
    assert machine.text("sys/class/net/eth0/queues/tx-1/xps_cpus") == "00000000,00000000"
    machine.ethtool(deadly=[])
    machine.run("revert")
    assert machine.tree(without=[LOG, "usr/sbin/ethtool.json"]) == before


def test_an_apply_after_a_death_keeps_the_first_originals(machine):
    machine.ethtool(deadly=["-G"])
    machine.run("apply", status=-9)
    machine.ethtool(deadly=[])
    machine.run("apply")
    machine.run("revert")
    assert machine.sysctl("net/core/somaxconn") == "4096"
    assert machine.ethtool()["rings"]["now"]["RX"] == "512"


def test_a_journal_that_cannot_be_understood_stops_everything(machine):
    machine.run("apply", "--only", "sysctl")
    machine.file(JOURNAL, "{ half a jour")
    before = machine.tree()
    for verb in ("apply", "revert", "status", "confirm"):
        assert "cannot be understood" in machine.run(verb, status=1)
    assert machine.tree() == before


# One at a time


def test_two_at_once_are_excluded(machine):
    before = machine.tree()
    lock = machine.file("var/lib/coronet/tune/lock", "")
    with open(lock) as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert "another run is changing this machine" in machine.run("apply", "--only", "sysctl", status=1)
        assert machine.sysctl("net/core/somaxconn") == "4096"
    lock.unlink()
    for folder in ("var/lib/coronet/tune", "var/lib/coronet", "var/lib", "var"):
        (machine.root / folder).rmdir()
    assert machine.tree() == before


def test_many_at_once_leave_one_journal(machine):
    """Whoever gets the lock applies or reverts as a whole; in the end everything can be taken back."""
    before = machine.tree()
    command = [sys.executable, str(TUNE), "--root", str(machine.root), "--only", "sysctl,irq"]
    running = [
        subprocess.Popen([*command[:2], verb, *command[2:]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for verb in ("apply", "revert", "apply", "apply", "revert", "apply")]
    assert {process.wait(60) for process in running} <= {0, 1}
    machine.run("revert")
    assert machine.tree() == before
