"""CPUs, cores, NUMA nodes and network cards, as sysfs tells them."""

import re
from dataclasses import dataclass, field, replace

from . import cpulist
from .machine import Machine


@dataclass(frozen=True)
class Core:
    """A physical core: the CPUs (hardware threads) of it that are online and allowed to us, lowest first."""

    threads: tuple
    node: int


@dataclass(frozen=True)
class Card:
    """A network card. `node` is None when the machine does not tell; `interrupts` pairs a queue with its IRQ number."""

    name: str
    node: object
    receive_queues: int
    send_queues: int
    interrupts: tuple
    carries_default_route: bool


@dataclass
class Topology:
    cores: list
    isolated: set
    offline: list
    forbidden: list
    cards: list = field(default_factory=list)

    @property
    def nodes(self) -> list:
        return sorted({core.node for core in self.cores})

    @property
    def cpus(self) -> list:
        return sorted(cpu for core in self.cores for cpu in core.threads)

    def core_of(self, cpu: int) -> Core:
        return next(core for core in self.cores if cpu in core.threads)


def read(machine: Machine, cards=None, cpus: str = "", cgroup: str = "") -> Topology:
    """The machine's shape. `cards` names the cards to look at (default: all real ones that are up), `cpus` and
    `cgroup` narrow the CPUs further than our own process is."""
    present = _cpus_present(machine)
    online = set(cpulist.parse(machine.read_or("/sys/devices/system/cpu/online"))) or set(present)
    isolated = set(cpulist.parse(machine.read_or("/sys/devices/system/cpu/isolated"))) & online
    allowed = _allowed(machine, online, isolated, cgroup)
    if cpus:
        allowed &= set(cpulist.parse(cpus))
    if not allowed:
        raise ValueError("no CPU is both online and allowed: look at --cpus, --cgroup, the cpuset")
    cores = _cores(machine, allowed)
    return Topology(
        cores=cores,
        isolated=isolated & allowed,
        offline=sorted(set(present) - online),
        forbidden=sorted(online - allowed),
        cards=[_placed(card(machine, name), cores) for name in (cards or default_cards(machine))])


def _placed(card: Card, cores: list) -> Card:
    """Where there is one NUMA node, that is where the card is, told or not."""
    nodes = {core.node for core in cores}
    return replace(card, node=nodes.pop()) if len(nodes) == 1 and card.node is None else card


def _cpus_present(machine: Machine) -> list:
    return sorted(int(name[3:]) for name in machine.names("/sys/devices/system/cpu") if re.fullmatch(r"cpu\d+", name))


def _allowed(machine: Machine, online: set, isolated: set, cgroup: str) -> set:
    """What our own process may use, and the cpuset above it. Isolated CPUs are missing from every process's mask
    unless it asked for them; they are ours to give."""
    allowed = set(online)
    for line in machine.read_or("/proc/self/status").splitlines():
        if line.startswith("Cpus_allowed_list:"):
            allowed &= set(cpulist.parse(line.split(":", 1)[1])) | isolated
    for folder in _cgroups(machine, cgroup):
        effective = machine.read_or(f"{folder}/cpuset.cpus.effective") or machine.read_or(f"{folder}/cpuset.effective_cpus")
        if effective:
            return allowed & set(cpulist.parse(effective))
    return allowed


def _cgroups(machine: Machine, cgroup: str) -> list:
    """Folders whose cpuset may hold us, nearest first: the one asked for, else our own in versions 2 and 1."""
    if cgroup:
        return [f"/sys/fs/cgroup/{cgroup.lstrip('/')}".rstrip("/"), f"/sys/fs/cgroup/cpuset/{cgroup.lstrip('/')}".rstrip("/")]
    folders = []
    for line in machine.read_or("/proc/self/cgroup").splitlines():
        _, controllers, path = (line.split(":", 2) + ["", ""])[:3]
        if controllers not in ("", "cpuset"):
            continue
        base = "/sys/fs/cgroup" + ("/cpuset" if controllers else "")
        parts = [part for part in path.split("/") if part]
        folders += [base + "".join(f"/{part}" for part in parts[:depth]) for depth in range(len(parts), -1, -1)]
    return folders


def _cores(machine: Machine, allowed: set) -> list:
    nodes = {}
    for name in machine.names("/sys/devices/system/node"):
        if re.fullmatch(r"node\d+", name):
            for cpu in cpulist.parse(machine.read_or(f"/sys/devices/system/node/{name}/cpulist")):
                nodes[cpu] = int(name[4:])
    groups = {}
    for cpu in sorted(allowed):
        topology = f"/sys/devices/system/cpu/cpu{cpu}/topology"
        siblings = machine.read_or(f"{topology}/core_cpus_list") or machine.read_or(f"{topology}/thread_siblings_list")
        threads = set(cpulist.parse(siblings)) | {cpu}
        groups[tuple(sorted(threads & allowed))] = nodes.get(cpu, 0)
    return sorted((Core(threads, node) for threads, node in groups.items()), key=lambda core: core.threads)


# Network cards


def default_cards(machine: Machine) -> list:
    """Every card with hardware behind it that is not down."""
    names = [name for name in machine.names("/sys/class/net") if machine.exists(f"/sys/class/net/{name}/device")]
    return [name for name in names if machine.read_or(f"/sys/class/net/{name}/operstate", "unknown") != "down"]


def card(machine: Machine, name: str) -> Card:
    folder = f"/sys/class/net/{name}"
    if not machine.exists(folder):
        raise ValueError(f"there is no network interface {name}")
    queues = machine.names(f"{folder}/queues")
    return Card(
        name=name,
        node=_node(machine, folder),
        receive_queues=sum(queue.startswith("rx-") for queue in queues),
        send_queues=sum(queue.startswith("tx-") for queue in queues),
        interrupts=tuple(_interrupts(machine, folder, name)),
        carries_default_route=name in default_route_cards(machine))


def _node(machine: Machine, folder: str):
    # A virtio card's own device has no node; the PCI device above it has.
    for above in ("device", "device/.."):
        text = machine.read_or(f"{folder}/{above}/numa_node")
        if text and int(text) >= 0:
            return int(text)
    return None


# What drivers call the interrupt that is not a queue's.
_NO_QUEUE = re.compile(r"config|async|mgmnt|mgmt|control|ctrl|firmware|cmd|pages|event|misc", re.IGNORECASE)


def _interrupts(machine: Machine, folder: str, name: str) -> list:
    """(queue, IRQ) of the card, from its MSI vectors and their names in /proc/interrupts."""
    vectors = set()
    for above in ("device", "device/.."):
        vectors |= {int(text) for text in machine.names(f"{folder}/{above}/msi_irqs") if text.isdigit()}
        if vectors:
            break
    found = []
    for line in machine.read_or("/proc/interrupts").splitlines():
        match = re.match(r"\s*(\d+):.*\s(\S+)$", line)
        if not match:
            continue
        number, label = int(match[1]), match[2]
        ours = number in vectors if vectors else re.match(re.escape(name) + r"(\W|$)", label)
        if not ours or _NO_QUEUE.search(label):
            continue
        # eth0-TxRx-3, virtio2-input.0, mlx5_comp3@pci:0000:81:00.0, or the bare name of the card.
        digits = re.search(r"(\d+)$", label.split("@")[0].removeprefix(name))
        found.append((int(digits[1]) if digits else 0, number))
    return sorted(found)


def default_route_cards(machine: Machine) -> set:
    """The interfaces that carry a default route, with what lies below them (bond, bridge, VLAN). When the routes cannot
    be read: all of them, since a machine that nobody can reach any more is worse than a ring left small."""
    tables = [machine.read_or("/proc/net/route"), machine.read_or("/proc/net/ipv6_route")]
    if not any(tables):
        return set(machine.names("/sys/class/net"))
    found = set()
    for line in tables[0].splitlines()[1:]:
        fields = line.split()
        if len(fields) >= 8 and fields[1] == "00000000" and fields[7] == "00000000":
            found.add(fields[0])
    for line in tables[1].splitlines():
        fields = line.split()
        if len(fields) == 10 and fields[0] == "0" * 32 and fields[1] == "00" and not int(fields[8], 16) & 0x200:
            found.add(fields[9])
    waiting = list(found)
    while waiting:
        name = waiting.pop()
        below = {entry[6:] for entry in machine.names(f"/sys/class/net/{name}") if entry.startswith("lower_")}
        waiting += below - found
        found |= below
    return found - {"lo"}
