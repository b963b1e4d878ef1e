"""`tuning/tune` and changes that reset a link: refused, confirmed, or undone by the clock."""

import json
import re
import time
from pathlib import Path

import pytest

from support.fake_machine import JOURNAL, FakeMachine


def runs(process: str) -> bool:
    """False when a process has ended, waited for or not."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def test_a_link_reset_on_the_default_route_is_refused(remote):
    applied = remote.run("apply")
    assert "REFUSED  eth0 rings rx: 512 -> 1024" in applied and "--allow-link-reset" in applied
    assert not any(words.startswith("-G") for words in remote.set_by_ethtool())
    # The rest is done.
    assert remote.sysctl("net/core/somaxconn") == "65535"


@pytest.mark.parametrize("route", ["bond", "ipv6", "unknown"])
def test_the_default_route_is_found_wherever_it_is(tmp_path, route):
    machine = FakeMachine(tmp_path).card(queues=2).settled()
    if route == "bond":
        machine.folder("sys/class/net/bond0/lower_eth0")
        machine.folder("sys/class/net/vlan7/lower_bond0")
        machine._append("proc/net/route", "vlan7\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0")
    elif route == "ipv6":
        machine.file("proc/net/ipv6_route", f"{'0' * 32} 00 {'0' * 32} 00 {'f' * 32} 00000400 00000001 00000000 00450003 eth0")
    else:
        (machine.root / "proc/net/route").unlink()
    assert "REFUSED  eth0 rings rx" in machine.run("plan")


def test_unconfirmed_link_resets_are_undone(remote):
    applied = remote.run("apply", "--allow-link-reset", "--confirm-within", 2)
    assert "undone in 2 s unless you say `tune confirm`" in applied
    assert "set      eth0 rings rx: 512 -> 1024" in applied
    until(lambda: remote.ethtool()["rings"]["now"]["RX"] == "512")
    until(lambda: "undone in" not in remote.run("status"))
    # What does not reset the link is kept, and known.
    assert remote.sysctl("net/core/somaxconn") == "65535"
    remote.run("revert")
    assert remote.sysctl("net/core/somaxconn") == "4096"


def test_confirmed_link_resets_stay(remote):
    applied = remote.run("apply", "--only", "nic", "--allow-link-reset")
    assert "undone in 120 s unless you say `tune confirm`" in applied
    assert "undone in" in remote.run("status")
    assert "kept: eth0 rings rx" in remote.run("confirm")
    # The clock finds nothing to do, and ends.
    clock = re.search(r"process (\d+)", applied)[1]
    until(lambda: not runs(clock))
    assert remote.ethtool()["rings"]["now"]["RX"] == "1024"
    assert "nothing waits" in remote.run("confirm", status=1)
    remote.run("revert")
    assert remote.ethtool()["rings"]["now"]["RX"] == "512"


def test_the_clock_runs_before_the_link_is_touched(remote):
    """Killed by the very change: nobody is left to start a clock, and the link comes back all the same."""
    remote.ethtool(deadly_after=["-G"])
    remote.run("apply", "--only", "nic", "--allow-link-reset", "--confirm-within", 2, status=-9)
    until(lambda: remote.set_by_ethtool() == ["-G eth0 rx 1024", "-G eth0 rx 512"])


def test_the_clock_is_systemds_where_it_runs(remote):
    remote.folder("run/systemd/system")
    asked = remote.root / "usr/sbin/asked"
    for name in ("systemd-run", "systemctl"):
        remote.program(name, f"#!/bin/sh\necho {name} \"$@\" >> {asked}\n")
    applied = remote.run("apply", "--only", "nic", "--allow-link-reset")
    assert "systemd timer coronet-tune-undo-" in applied
    token = json.loads(remote.text(JOURNAL))["pending"]["token"]
    start = asked.read_text()
    assert "--on-active=120s" in start and f"--unconfirmed {token}" in start
    # What the timer would run.
    remote.run("revert", "--unconfirmed", "another")
    assert remote.ethtool()["rings"]["now"]["RX"] == "1024"
    remote.run("revert", "--unconfirmed", token)
    assert remote.ethtool()["rings"]["now"]["RX"] == "512"


def test_a_failing_timer_falls_back_to_a_process(remote):
    remote.folder("run/systemd/system")
    remote.program("systemd-run", "#!/bin/sh\necho no bus >&2\nexit 1\n")
    applied = remote.run("apply", "--only", "nic", "--allow-link-reset", "--confirm-within", 1)
    assert "no timer of systemd: " in applied and "(process " in applied
    until(lambda: remote.ethtool()["rings"]["now"]["RX"] == "512")
