"""A folder that plays a machine: the parts of /proc and /sys that `tuning/tune` and `tuning/cpu-layout` read, and a
stand-in for ethtool that keeps a card's settings in a file."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

from .settings import ROOT

TUNE = ROOT / "tuning" / "tune"
CPU_LAYOUT = ROOT / "tuning" / "cpu-layout"
JOURNAL = "var/lib/coronet/tune/journal.json"
# The stand-in's log of what it was asked for is no part of the machine.
LOG = "usr/sbin/ethtool.json.log"

# For tests that ask its parts instead of running it.
sys.path.insert(0, str(ROOT / "tuning"))


def knobs() -> list:
    """Every knob there is, as `tuning/tune` reads them."""
    from tuner import profile

    return profile.load()


SYSCTLS = {
    "net/core/somaxconn": "4096", "net/core/netdev_max_backlog": "1000", "net/core/busy_poll": "0", "net/core/busy_read": "0",
    "net/core/rps_sock_flow_entries": "0", "net/ipv4/tcp_max_syn_backlog": "2048",
    "net/ipv4/tcp_rmem": "4096\t131072\t6291456", "net/ipv4/tcp_wmem": "4096\t16384\t33554432",
    "net/ipv4/tcp_congestion_control": "bbr", "net/ipv4/tcp_available_congestion_control": "reno cubic bbr",
    "net/ipv4/tcp_slow_start_after_idle": "1", "vm/swappiness": "60", "vm/overcommit_memory": "0", "vm/zone_reclaim_mode": "0",
    "kernel/numa_balancing": "1", "fs/nr_open": "1048576", "fs/file-max": "9223372036854775807",
}

ETHTOOL = {
    "rings": {"most": {"RX": "4096", "TX": "4096"}, "now": {"RX": "512", "TX": "2048"}},
    "channels": {"most": {"Combined": "8"}, "now": {"Combined": "4"}},
    "coalescing": {"now": {"Adaptive RX": "off", "rx-usecs": "0"}},
    "features": {"now": {"generic-receive-offload": "on", "large-receive-offload": "off [fixed]"}},
    #: name -> what the card makes of any value set: a card that rounds.
    "stubborn": {},
    #: options that end the program that called: a death in the middle, before or after the setting.
    "deadly": [], "deadly_after": [],
}

# What ethtool prints and takes, over a file beside it.
STAND_IN = '''#!{python} -ES
import json, os, signal, sys
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "ethtool.json")
state = json.load(open(FILE))
option, card, *words = sys.argv[1:]
kinds = {{"g": "rings", "l": "channels", "c": "coalescing", "k": "features"}}
names = {{"adaptive-rx": "Adaptive RX", "rx": "RX", "tx": "TX", "combined": "Combined",
         "gro": "generic-receive-offload", "lro": "large-receive-offload"}}
part = state[kinds[option[1].lower()]]
if option in state["deadly"]:
    os.kill(os.getppid(), signal.SIGKILL)
    sys.exit(1)
if option[1].islower():
    if "most" in part:
        print("Parameters for " + card + ":\\nPre-set maximums:")
        for name, value in part["most"].items():
            print(name + ":\\t" + value)
    print("Current hardware settings:" if "most" in part else "Settings for " + card + ":")
    for name, value in part["now"].items():
        print("Adaptive RX: " + value + "  TX: n/a" if name == "Adaptive RX" else name + ": " + value)
else:
    name = names.get(words[0], words[0])
    part["now"][name] = state["stubborn"].get(name, words[1])
    with open(FILE + ".log", "a") as log:
        log.write(" ".join(sys.argv[1:]) + "\\n")
    with open(FILE + ".new", "w") as file:
        json.dump(state, file)
    os.replace(FILE + ".new", FILE)
    if option in state["deadly_after"]:
        os.kill(os.getppid(), signal.SIGKILL)
'''


class FakeMachine:
    """`nodes` is a list of NUMA nodes, each a list of cores, each a list of CPUs (hardware threads)."""

    def __init__(self, root: Path, nodes=(((0,), (1,)),), offline=(), allowed="", isolated="", cgroup_cpus=""):
        self.root = root
        cpus = sorted(cpu for node in nodes for core in node for cpu in core)
        online = [cpu for cpu in cpus if cpu not in offline]
        self.cpus = online
        self._cpus(nodes, offline, online, isolated)
        self.file("proc/self/status", f"Name:\ttune\nCpus_allowed_list:\t{allowed or _list(online)}\n")
        self.file("proc/self/cgroup", "0::/system.slice/shell.scope\n")
        if cgroup_cpus:
            self.file("sys/fs/cgroup/system.slice/cpuset.cpus.effective", cgroup_cpus)
        self.file("proc/sys/kernel/random/boot_id", "first-boot")
        self.file("proc/interrupts", "            CPU0 CPU1\n")
        self.file("proc/net/route", "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n")

    def _cpus(self, nodes, offline, online, isolated):
        self.file("sys/devices/system/cpu/online", _list(online))
        self.file("sys/devices/system/cpu/isolated", isolated)
        for index, node in enumerate(nodes):
            self.file(f"sys/devices/system/node/node{index}/cpulist", _list(cpu for core in node for cpu in core if cpu in online))
            for core in node:
                for cpu in core:
                    self.folder(f"sys/devices/system/cpu/cpu{cpu}")
                    if cpu not in offline:
                        siblings = _list(other for other in core if other not in offline)
                        self.file(f"sys/devices/system/cpu/cpu{cpu}/topology/core_cpus_list", siblings)

    def folder(self, path: str) -> Path:
        folder = self.root / path
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def file(self, path: str, text: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text if text.endswith("\n") else f"{text}\n")
        return target

    def text(self, path: str) -> str:
        return (self.root / path).read_text().strip()

    def sysctl(self, name: str) -> str:
        return self.text(f"proc/sys/{name}")

    def card(self, name="eth0", queues=4, node=None, first_irq=40, default_route=False, label="{card}-TxRx-{queue}"):
        """A card whose queues each have an interrupt, and one more that is none's."""
        base = f"sys/class/net/{name}"
        self.file(f"{base}/operstate", "up")
        self.file(f"{base}/device/numa_node", str(-1 if node is None else node))
        lines = [f" {first_irq + queues}: 0 0 PCI-MSIX 9-edge {name}-config"]
        for queue in range(queues):
            self.file(f"{base}/queues/rx-{queue}/rps_cpus", "00000000,00000000")
            self.file(f"{base}/queues/rx-{queue}/rps_flow_cnt", "0")
            self.file(f"{base}/queues/tx-{queue}/xps_cpus", "00000000,00000000")
            lines.append(f" {first_irq + queue}: 0 0 PCI-MSIX {queue}-edge {label.format(card=name, queue=queue)}")
        for number in range(first_irq, first_irq + queues + 1):
            self.file(f"{base}/device/msi_irqs/{number}", "msix")
            self.file(f"proc/irq/{number}/smp_affinity_list", _list(self.cpus))
        self._append("proc/interrupts", "\n".join(lines))
        if default_route:
            self._append("proc/net/route", f"{name}\t00000000\t0102A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0")
        return self

    def _append(self, path: str, text: str):
        with open(self.root / path, "a") as file:
            file.write(f"{text}\n")

    def settled(self):
        """What a server offers to be tuned: sysctls, memory, clocks, ethtool."""
        for name, value in SYSCTLS.items():
            self.file(f"proc/sys/{name}", value)
        self.file("sys/kernel/mm/transparent_hugepage/enabled", "always")
        self.file("sys/kernel/mm/transparent_hugepage/defrag", "madvise")
        for cpu in self.cpus:
            clock = f"sys/devices/system/cpu/cpu{cpu}/cpufreq"
            self.file(f"{clock}/scaling_governor", "schedutil")
            self.file(f"{clock}/scaling_available_governors", "performance schedutil")
        self.program("ethtool", STAND_IN.format(python=sys.executable))
        self.ethtool(ETHTOOL)
        return self

    def program(self, name: str, text: str):
        self.file(f"usr/sbin/{name}", text).chmod(0o755)

    def ethtool(self, state=None, **changes) -> dict:
        """The stand-in's settings, after replacing some of them."""
        path = self.root / "usr/sbin/ethtool.json"
        current = {**(state or json.loads(path.read_text())), **changes}
        # Written only when something changes: the undoing process may write at the same time.
        if state or changes:
            path.write_text(json.dumps(current))
        return current

    def set_by_ethtool(self) -> list:
        """What ethtool was asked to set, in order."""
        log = self.root / "usr/sbin/ethtool.json.log"
        return log.read_text().splitlines() if log.exists() else []

    def boot(self):
        self.file("proc/sys/kernel/random/boot_id", "second-boot")

    def run(self, *arguments, program=TUNE, status=0, timeout=60) -> str:
        """Runs a tool on this machine; its output, after its exit status was the one expected."""
        result = subprocess.run(
            [sys.executable, "-S", str(program), *map(str, arguments), "--root", str(self.root)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, env={**os.environ, "TUNE_ROOT": ""})
        assert result.returncode == status, f"exit status {result.returncode}, expected {status}\n{result.stdout}"
        return result.stdout

    def tree(self, times=False, without=()) -> dict:
        """Every path with what it is and holds: two equal trees are the same byte for byte."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            for name in [*folders, *files]:
                path = os.path.join(folder, name)
                short = os.path.relpath(path, self.root)
                if short in without:
                    continue
                status = os.lstat(path)
                content = ""
                if os.path.islink(path):
                    content = os.readlink(path)
                elif name in files:
                    content = hashlib.sha256(Path(path).read_bytes()).hexdigest()
                found[short] = (status.st_mode, content, status.st_mtime_ns if times else 0)
        return found


def _list(cpus) -> str:
    """CPUs as the kernel writes them; gaps are what the tests are about, so runs are joined, too."""
    runs = []
    for cpu in sorted(cpus):
        if runs and runs[-1][1] == cpu - 1:
            runs[-1][1] = cpu
        else:
            runs.append([cpu, cpu])
    return ",".join(f"{low}-{high}" if low < high else str(low) for low, high in runs)
