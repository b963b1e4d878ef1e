"""`tuning/tune` on a folder that plays a machine: what it plans, changes and takes back."""

import pytest

from support.fake_machine import LOG, FakeMachine


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
