"""`tuning/cpu-layout` on machines of many shapes: who gets shards, interrupts, the rest; and what it prints."""

import json
import subprocess

import pytest

from support import settings
from support.fake_machine import CPU_LAYOUT, FakeMachine


def cores(first, count, smt=0):
    """Cores from CPU `first` on; with `smt`, each has a second thread that many CPUs later."""
    return [(cpu, cpu + smt) if smt else (cpu,) for cpu in range(first, first + count)]


def layout(machine, *arguments) -> dict:
    return json.loads(machine.run("--json", *arguments, program=CPU_LAYOUT))


def span(first, last) -> list:
    return list(range(first, last + 1))


def test_one_core(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 1)]).card(queues=1)
    roles = layout(machine)
    assert (roles["shards"], roles["interrupts"], roles["system"]) == ([0], [0], [])
    assert roles["notes"] == ["one CPU does everything: shard, interrupts and system share it"]


def test_two_cores(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 2)]).card(queues=2)
    roles = layout(machine)
    assert (roles["shards"], roles["interrupts"], roles["system"]) == ([0, 1], [0, 1], [])


def test_one_core_with_two_threads(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 1, smt=1)]).card(queues=1)
    assert layout(machine)["shards"] == [0] and layout(machine)["interrupts"] == [1]
    assert layout(machine, "--siblings", "shards")["shards"] == [0, 1]


def test_sixteen_cores_give_none_away(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 16)]).card(queues=16)
    roles = layout(machine)
    assert roles["shards"] == roles["interrupts"] == span(0, 15) and roles["system"] == []


def test_32_cores_of_two_threads(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 32, smt=32)]).card(queues=31)
    roles = layout(machine)
    # One core for the system; each other has its shard first and the interrupts of its queue second.
    assert roles["shards"] == span(1, 31)
    assert roles["interrupts"] == span(33, 63)
    assert roles["system"] == [0, 32]
    # Shards on both threads: then interrupts need cores, one in sixteen.
    roles = layout(machine, "--siblings", "shards")
    assert roles["interrupts"] == [1, 2, 33, 34]
    assert roles["shards"] == span(3, 31) + span(35, 63)


def test_two_nodes_of_32_with_the_card_on_the_second(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 32), cores(32, 32)]).card(queues=8, node=1)
    roles = layout(machine)
    assert roles["system"] == [0]
    assert roles["interrupts"] == span(32, 35)
    assert roles["shards"] == span(1, 31) + span(36, 63)
    assert any("the card is on NUMA node 1" in note for note in roles["notes"])


def test_two_nodes_with_threads_and_the_card_on_the_second(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 32, smt=64), cores(32, 32, smt=64)]).card(queues=32, node=1)
    roles = layout(machine)
    assert roles["shards"] == span(1, 63)
    # Second threads of the card's node; the others are spare.
    assert roles["interrupts"] == span(96, 127)
    assert roles["system"] == [0, *span(64, 95)]


def test_offline_cpus_have_no_role(tmp_path):
    # Core 3's second thread is off, cores 5 and 6 are off whole.
    machine = FakeMachine(tmp_path, nodes=[cores(0, 8, smt=8)], offline=[11, 5, 13, 6, 14]).card(queues=8)
    roles = layout(machine)
    assert roles["shards"] == [0, 1, 2, 3, 4, 7]
    assert roles["interrupts"] == [8, 9, 10, 12, 15]
    assert "x 5-6,11,13-14" in machine.run(program=CPU_LAYOUT)


def test_a_cpuset_of_the_control_group_holds(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 8)], cgroup_cpus="2-5").card(queues=4)
    assert layout(machine)["shards"] == [2, 3, 4, 5]
    assert "- 0-1,6-7" in machine.run(program=CPU_LAYOUT)


def test_the_cpuset_of_a_service_can_be_asked_for(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 8)]).card(queues=4)
    machine.file("sys/fs/cgroup/system.slice/coronet.service/cpuset.cpus.effective", "6-7")
    assert layout(machine, "--cgroup", "system.slice/coronet.service")["shards"] == [6, 7]
    assert layout(machine)["shards"] == span(0, 7)


def test_a_cpuset_of_version_1_holds(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 4)])
    machine.file("proc/self/cgroup", "4:memory:/jail\n3:cpuset:/jail\n")
    machine.file("sys/fs/cgroup/cpuset/jail/cpuset.effective_cpus", "1,3")
    assert layout(machine)["shards"] == [1, 3]


def test_our_own_mask_holds(tmp_path):
    assert layout(FakeMachine(tmp_path, nodes=[cores(0, 4)], allowed="0,2"))["shards"] == [0, 2]


def test_a_mask_that_cuts_through_cores(tmp_path):
    """Of two threads of a core only the second is allowed: it is then the core's first."""
    machine = FakeMachine(tmp_path, nodes=[cores(0, 4, smt=4)], allowed="4-7").card(queues=4)
    roles = layout(machine)
    assert roles["shards"] == roles["interrupts"] == [4, 5, 6, 7]


def test_isolated_cpus_take_the_shards(tmp_path):
    # The kernel keeps them out of every process's mask.
    machine = FakeMachine(tmp_path, nodes=[cores(0, 8)], isolated="2-7", allowed="0-1").card(queues=6)
    roles = layout(machine)
    assert (roles["shards"], roles["interrupts"], roles["system"]) == (span(2, 7), [0, 1], [])


def test_cpus_can_be_named(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 8)]).card(queues=4)
    assert layout(machine, "--cpus", "1,4-5")["shards"] == [1, 4, 5]
    assert "no CPU is both online and allowed" in machine.run("--cpus", "64", program=CPU_LAYOUT, status=1)
    assert "no list of CPUs" in machine.run("--cpus", "5-1", program=CPU_LAYOUT, status=1)


def test_a_machine_without_a_card_or_nodes(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 20)])
    for path in (tmp_path / "sys/devices/system/node/node0/cpulist", tmp_path / "sys/devices/system/node/node0"):
        path.unlink() if path.is_file() else path.rmdir()
    roles = layout(machine)
    assert roles["system"] == [0] and roles["interrupts"] == [1, 2] and roles["shards"] == span(3, 19)


def test_a_card_that_is_not_there(tmp_path):
    assert "no network interface eth7" in FakeMachine(tmp_path).run("--nic", "eth7", program=CPU_LAYOUT, status=1)


@pytest.mark.parametrize("nodes", [
    [cores(0, count, smt) for _ in range(1)] for count in (1, 2, 3, 5, 16, 17, 33, 64) for smt in (0, count)
] + [[cores(0, half, 2 * half * smt), cores(half, half, 2 * half * smt)] for half in (1, 9, 32) for smt in (0, 1)])
@pytest.mark.parametrize("siblings", ["interrupts", "shards"])
def test_every_cpu_has_a_role_and_somebody_has_each(tmp_path, nodes, siblings):
    from tuner import layout, topology
    from tuner.machine import Machine

    machine = FakeMachine(tmp_path, nodes=nodes).card(queues=4, node=len(nodes) - 1)
    roles = layout.decide(topology.read(Machine(str(tmp_path))), siblings)
    shards, interrupts, system = set(roles.shards), set(roles.interrupts), set(roles.system)
    assert shards and interrupts
    assert shards | interrupts | system == set(machine.cpus)
    assert not system & (shards | interrupts)
    # A CPU is both a shard's and an interrupt's only where there are few cores.
    if sum(map(len, nodes)) > 16:
        assert not shards & interrupts


# What it prints


def test_the_printed_page(tmp_path):
    machine = FakeMachine(tmp_path, nodes=[cores(0, 10), cores(10, 10)]).card(queues=4, node=1)
    page = machine.run(program=CPU_LAYOUT)
    assert page.splitlines()[:6] == [
        "NUMA node 0",
        "  cpu        0    1    2    3    4    5    6    7    8    9",
        "             .    S    S    S    S    S    S    S    S    S",
        "NUMA node 1  [eth0: 4 receive, 4 send queues, 4 interrupts]",
        "  cpu       10   11   12   13   14   15   16   17   18   19",
        "             I    I    S    S    S    S    S    S    S    S",
    ]
    assert "\ncpus 1-9,12-19\n" in page
    assert "taskset -c 1-9,12-19 coronet node redis.conf" in page
    assert "numactl --physcpubind=1-9 --membind=0 coronet node redis.conf --port 6379 --cpus 1-9" in page
    assert "numactl --physcpubind=12-19 --membind=1 coronet node redis.conf --port 6380 --cpus 12-19" in page
    assert machine.run("--line", program=CPU_LAYOUT) == "cpus 1-9,12-19\n"


def test_the_drawing_shows_second_threads_below_the_first(tmp_path):
    page = FakeMachine(tmp_path, nodes=[cores(0, 2, smt=2)]).card(queues=2).run(program=CPU_LAYOUT)
    assert page.splitlines()[1:5] == [
        "  cpu        0    1", "             S    S", "  thread     2    3", "             I    I"]


def test_it_changes_nothing(tmp_path):
    machine = FakeMachine(tmp_path).card()
    before = machine.tree(times=True)
    machine.run(program=CPU_LAYOUT)
    assert machine.tree(times=True) == before


@pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="a directive of ours")
def test_the_line_is_one_that_a_node_takes(tmp_path):
    machine = FakeMachine(tmp_path / "machine", nodes=[cores(0, 10), cores(10, 10)]).card(queues=4, node=1)
    (tmp_path / "redis.conf").write_text(machine.run("--line", program=CPU_LAYOUT))
    result = subprocess.run(
        [settings.CORONET, "node", str(tmp_path / "redis.conf"), "--check-config"], capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stdout + result.stderr
