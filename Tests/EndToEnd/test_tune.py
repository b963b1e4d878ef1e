"""`tuning/tune` on a folder that plays a machine: what it plans, changes, takes back, refuses, and survives."""

import fcntl
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from support.fake_machine import TUNE, FakeMachine
from support.settings import ROOT

JOURNAL = "var/lib/coronet/tune/journal.json"
# The stand-in's log of what it was asked for is no part of the machine.
LOG = "usr/sbin/ethtool.json.log"


@pytest.fixture
def machine(tmp_path):
    """Four cores, one card with four queues that carries no default route."""
    return FakeMachine(tmp_path, nodes=[[(0,), (1,), (2,), (3,)]]).card().settled()


@pytest.fixture
def remote(tmp_path):
    """The same with the default route on the card."""
    return FakeMachine(tmp_path, nodes=[[(0,), (1,), (2,), (3,)]]).card(default_route=True).settled()


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


# Planning


@pytest.mark.parametrize("verb", [[], ["plan"], ["plan", "--all"], ["check"], ["status"], ["explain", "net.core.somaxconn"], ["revert"]])
def test_looking_changes_nothing(machine, verb):
    before = machine.tree(times=True)
    machine.run(*verb, status=1 if verb == ["check"] else 0)
    assert machine.tree(times=True) == before


def test_the_plan_says_from_what_to_what(machine):
    plan = machine.run("plan")
    assert "net/core/somaxconn: 4096 -> 65535" in plan
    assert "net/ipv4/tcp_congestion_control: bbr -> cubic" in plan
    # Only the numbers that are too small grow, and what is enough is no change.
    assert "net/ipv4/tcp_rmem: 4096 131072 6291456 -> 4096 131072 16777216" in plan
    assert "net/ipv4/tcp_wmem" not in plan
    assert "eth0 rings rx: 512 -> 1024" in plan
    assert "isolcpus" not in plan and "advice   boot.nohz_full" in plan


def test_modes_differ_and_groups_narrow(machine):
    assert "net/core/busy_read: 0 -> 50" in machine.run("plan", "--mode", "latency")
    assert "busy_read" not in machine.run("plan")
    only = machine.run("plan", "--only", "irq,cpu")
    assert "irq/40/smp_affinity_list" in only and "somaxconn" not in only
    assert "there is no group" in machine.run("plan", "--only", "wishes", status=2)


# Applying and reverting


def test_apply_then_revert_leaves_the_machine_byte_for_byte(machine):
    before = machine.tree(without=[LOG])
    applied = machine.run("apply")
    assert "set      net/core/somaxconn: 4096 -> 65535" in applied
    assert machine.sysctl("net/core/somaxconn") == "65535"
    assert machine.text("proc/irq/42/smp_affinity_list") == "2"
    assert machine.text("sys/class/net/eth0/queues/tx-1/xps_cpus") == "2"
    # The processor's settings are shown, and left to whoever owns the machine.
    assert machine.text("sys/devices/system/cpu/cpu3/cpufreq/scaling_governor") == "schedutil"
    assert machine.ethtool()["rings"]["now"]["RX"] == "1024"
    # The link's settings wait for confirmation; the rest holds.
    machine.run("confirm")
    machine.run("check")
    machine.run("revert")
    assert machine.tree(without=[LOG]) == before


def test_two_applies_then_revert_restore_the_first_originals(machine):
    before = machine.tree(without=[LOG])
    machine.run("apply", "--only", "sysctl,nic")
    machine.run("apply", "--mode", "latency", "--siblings", "shards")
    assert machine.sysctl("net/core/busy_read") == "50"
    # A second apply of the same finds nothing to do.
    assert "nothing to change" in machine.run("apply", "--mode", "latency")
    machine.run("revert")
    assert machine.tree(without=[LOG]) == before


def test_a_choice_is_read_from_its_brackets(machine):
    machine.file("sys/kernel/mm/transparent_hugepage/enabled", "[always] madvise never")
    assert "transparent_hugepage/enabled: always -> madvise" in machine.run("plan")
    machine.file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never")
    assert "transparent_hugepage/enabled" not in machine.run("plan")


def test_what_somebody_changed_since_is_reported_and_stays(machine):
    machine.run("apply", "--only", "sysctl")
    machine.file("proc/sys/net/core/somaxconn", "8192")
    assert "drift    net/core/somaxconn" in machine.run("status", status=1)
    told = machine.run("revert", status=1)
    assert "drift    net/core/somaxconn: 8192 is neither ours (65535) nor the original (4096)" in told
    assert machine.sysctl("net/core/somaxconn") == "8192"
    # The others went back; what is left stays known, until it is forced.
    assert machine.sysctl("net/ipv4/tcp_congestion_control") == "bbr"
    assert machine.run("status", status=1).count("\n") == 1
    machine.run("revert", "--force")
    assert machine.sysctl("net/core/somaxconn") == "4096"
    assert "nothing is applied" in machine.run("status")


def test_somebody_who_restored_the_original_is_no_drift(machine):
    before = machine.tree()
    machine.run("apply", "--only", "sysctl")
    machine.file("proc/sys/net/core/somaxconn", "4096")
    assert "original net/core/somaxconn" in machine.run("status")
    machine.run("revert")
    assert machine.tree() == before


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


# Links


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


# Lasting


def test_nothing_lasts_unless_asked(machine):
    machine.run("apply")
    assert not (machine.root / "etc").exists()


def test_what_lasts_is_in_files_of_our_own_that_revert_removes(machine):
    machine.folder("etc/sysctl.d")
    before = machine.tree(without=[LOG])
    applied = machine.run("apply", "--persist", "--nic", "eth0")
    assert "made     /etc/sysctl.d/90-coronet.conf" in applied
    lines = machine.text("etc/sysctl.d/90-coronet.conf").splitlines()
    assert "net.core.somaxconn = 65535" in lines
    # Only what was changed: enough already, or ours to compute at boot, is not in it.
    assert not any("tcp_wmem" in line or "rps" in line for line in lines[1:] if "flow_entries" not in line)
    limits = machine.text("etc/systemd/system/coronet.service.d/90-tune.conf")
    assert "LimitNOFILE=1048576" in limits and "LimitMEMLOCK=infinity" in limits
    unit = machine.text("etc/systemd/system/coronet-tune.service")
    assert '"--only" "irq,memory,nic"' in unit and "--allow-link-reset" not in unit
    assert (machine.root / "etc/systemd/system/multi-user.target.wants/coronet-tune.service").is_symlink()
    assert "ours     /etc/sysctl.d/90-coronet.conf" in machine.run("status")
    machine.run("check", "--persist")
    machine.run("revert")
    assert machine.tree(without=[LOG]) == before


def test_two_lasting_applies_leave_one_whole_file(machine):
    before = machine.tree(without=[LOG])
    machine.run("apply", "--persist", "--only", "sysctl")
    machine.run("apply", "--persist", "--only", "memory,limits", "--mode", "latency")
    lines = machine.text("etc/sysctl.d/90-coronet.conf").splitlines()
    assert "net.core.somaxconn = 65535" in lines and "vm.swappiness = 1" in lines
    machine.run("revert")
    assert machine.tree(without=[LOG]) == before


def test_a_file_of_somebody_else_is_not_overwritten(machine):
    machine.file("etc/sysctl.d/90-coronet.conf", "net.core.somaxconn = 1024")
    before = machine.tree()
    assert "is there and not ours; nothing was changed" in machine.run("apply", "--persist", "--only", "sysctl", status=1)
    assert machine.tree() == before


def test_a_file_of_ours_that_somebody_changed_stays(machine):
    machine.run("apply", "--persist", "--only", "sysctl")
    path = machine.root / "etc/sysctl.d/90-coronet.conf"
    path.write_text(path.read_text() + "net.core.optmem_max = 131072\n")
    assert "somebody changed it since" in machine.run("revert", status=1)
    assert path.exists()
    machine.run("revert", "--force")
    assert not path.exists()


def test_what_was_not_taken_does_not_last(machine):
    path = machine.root / "proc/sys/net/core/somaxconn"
    path.unlink()
    path.symlink_to("/proc/self/oom_score_adj")
    machine.run("apply", "--persist", "--only", "sysctl", status=1)
    assert "somaxconn" not in machine.text("etc/sysctl.d/90-coronet.conf")


def test_after_a_boot_only_what_lasts_is_ours(machine):
    machine.run("apply", "--persist", "--only", "sysctl")
    machine.run("apply", "--only", "irq")
    # A boot: the kernel begins anew, systemd-sysctl sets what our file says, interrupts have other numbers.
    machine.boot()
    machine.file("proc/irq/41/smp_affinity_list", "3")
    told = machine.run("revert")
    assert "gone     irq/41/smp_affinity_list: the last boot undid it" in told
    assert machine.text("proc/irq/41/smp_affinity_list") == "3"
    assert machine.sysctl("net/core/somaxconn") == "4096"


# Interrupts and queues


def test_interrupts_go_to_their_queues_cores(machine):
    machine.run("apply", "--only", "irq")
    assert [machine.text(f"proc/irq/{number}/smp_affinity_list") for number in range(40, 45)] == ["0", "1", "2", "3", "0-3"]


@pytest.mark.parametrize("label", ["{card}-TxRx-{queue}", "mlx5_comp{queue}@pci:0000:81:00.0", "virtio2-input.{queue}", "{card}-rx-{queue}"])
def test_interrupts_are_known_by_the_names_that_drivers_give(tmp_path, label):
    machine = FakeMachine(tmp_path, nodes=[[(0,), (1,), (2,)]]).card(queues=3, label=label).settled()
    machine.run("apply", "--only", "irq")
    assert [machine.text(f"proc/irq/{number}/smp_affinity_list") for number in range(40, 43)] == ["0", "1", "2"]


def test_irqbalance_is_warned_of(machine):
    assert "irqbalance" not in machine.run("plan")
    machine.folder("run/irqbalance")
    assert "careful: irqbalance runs" in machine.run("plan")


def test_a_share_of_the_flow_table_is_a_power_of_two(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[[(cpu,) for cpu in range(8)]]).card(queues=3).settled()
    machine.run("apply", "--only", "nic")
    assert machine.text("sys/class/net/eth0/queues/rx-2/rps_flow_cnt") == "8192"


def test_software_steers_where_there_are_too_few_queues(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[[(cpu,) for cpu in range(8)]]).card(queues=2).settled()
    applied = machine.run("apply", "--only", "nic")
    assert machine.text("sys/class/net/eth0/queues/rx-1/rps_cpus") == "ff"
    assert machine.sysctl("net/core/rps_sock_flow_entries") == "32768"
    assert machine.text("sys/class/net/eth0/queues/rx-0/rps_flow_cnt") == "16384"
    assert machine.text("sys/class/net/eth0/queues/tx-1/xps_cpus") == "aa"
    assert "apply once more" in applied
    assert machine.ethtool()["channels"]["now"]["Combined"] == "8"


# The data and what is said about it


def knobs() -> list:
    from tuner import profile

    return profile.load()


def test_every_knob_has_its_row_in_the_readme():
    tables = subprocess.run([sys.executable, str(TUNE), "explain", "--markdown"], capture_output=True, text=True, check=True).stdout
    readme = (ROOT / "tuning/README.md").read_text()
    assert tables.strip() in readme, "put `tuning/tune explain --markdown` into tuning/README.md"
    assert all(f"`{knob.name}`" in tables for knob in knobs())


def test_every_knob_says_whether_it_was_measured():
    for knob in knobs():
        said = knob.measured.split(":")[0].split(".")[0]
        assert any(character.isdigit() for character in knob.measured) or said.startswith(("Not here", "Nothing to measure", "As ", "The node ")), (
            f"{knob.name}: figures, or why there are none: {knob.measured}")


def test_every_knob_can_be_explained(machine):
    listed = machine.run("explain")
    assert all(knob.name in listed for knob in knobs())
    for knob in {knob.way: knob for knob in knobs()}.values():
        told = machine.run("explain", knob.name)
        assert knob.why in told and knob.measured in told and "undo " in told
    assert "there is no knob" in machine.run("explain", "net.core.wishes", status=1)


@pytest.mark.parametrize("text, complaint", [
    ("[a]\nfile = /x\nvalue = 1\nwhat = w\nwhy = y\n", "measured must be said"),
    ("[a]\nvalue = 1\nwhat = w\nwhy = y\nmeasured = m\n", "exactly one of"),
    ("[a]\nfile = /x\nvalu = 1\n", "nothing is called valu"),
    ("", "holds no profile"),
])
def test_a_profile_that_is_wrong_says_where(machine, tmp_path_factory, text, complaint):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "sysctl.conf").write_text(text)
    assert complaint in machine.run("plan", "--profiles", folder, status=1)


def test_profiles_of_ones_own(machine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("profiles")
    (folder / "sysctl.conf").write_text("[a]\nfile = /proc/sys/vm/swappiness\nvalue = 7\nwhat = w\nwhy = y\nmeasured = 1\n")
    machine.run("apply", "--profiles", folder)
    assert machine.sysctl("vm/swappiness") == "7" and machine.sysctl("net/core/somaxconn") == "4096"
    # Taking back needs no profile: what was done is in the journal.
    machine.run("revert")
    assert machine.sysctl("vm/swappiness") == "60"


# The real kernel, in a network namespace of our own


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
