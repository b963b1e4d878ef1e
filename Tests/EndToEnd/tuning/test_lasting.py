"""`tuning/tune --persist`: what outlives a boot lies in files of our own."""

from support.fake_machine import LOG


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
    # Instances have the same.
    assert machine.text("etc/systemd/system/coronet@.service.d/90-tune.conf") == limits
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


def test_limits_of_one_of_the_two_services_are_not_enough(machine):
    before = machine.tree(without=[LOG])
    machine.run("apply", "--persist", "--only", "limits")
    machine.run("check", "--persist", "--only", "limits")
    (machine.root / "etc/systemd/system/coronet@.service.d/90-tune.conf").unlink()
    machine.run("check", "--persist", "--only", "limits", status=1)
    machine.run("apply", "--persist", "--only", "limits")
    machine.run("check", "--persist", "--only", "limits")
    machine.run("revert")
    assert machine.tree(without=[LOG]) == before
