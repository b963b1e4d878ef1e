"""Which CPU does what: shards, interrupts, the system. Decided as a value from the topology; nothing is read or written.

The rules, in their order, and why:

1. CPUs that somebody isolated at boot are for shards: nothing else runs there. The rest keeps interrupts and system.
2. One shard a physical core, on its first thread. A second thread shares the core's caches: the best place for the
   interrupts of the card's queues, which then neither interrupt the shard nor fetch its packets into a cache far away.
   `siblings="shards"` gives the second threads to shards too: more throughput, longer tails.
3. Up to 16 physical cores give none away. Where there are no second threads, queue i interrupts the core of shard i.
4. Beyond 16, one core (the lowest, where the kernel keeps its house) is left to the system; and where there are no
   second threads, one core in 16 is left to interrupts, on the card's NUMA node.
5. Interrupts stay on the card's NUMA node; a packet that crosses between sockets is paid for by every request.
"""

from dataclasses import dataclass, field

from . import cpulist
from .topology import Topology

#: Physical cores up to which none is given away; beyond, one in so many takes interrupts.
SMALL = 16


@dataclass
class Layout:
    """CPUs by role. A CPU may be both a shard's and an interrupt's on small machines; `system` has no other role."""

    shards: list
    interrupts: list
    system: list
    notes: list = field(default_factory=list)

    def letter(self, cpu: int) -> str:
        """The role in one letter of the drawing."""
        if cpu in self.shards:
            return "B" if cpu in self.interrupts else "S"
        return "I" if cpu in self.interrupts else "."


def decide(topology: Topology, siblings: str = "interrupts") -> Layout:
    cores = list(topology.cores)
    if topology.isolated and set(topology.cpus) - topology.isolated:
        return _around_isolated(topology)
    notes = []
    reserved = []
    if len(cores) > SMALL:
        reserved = [cores.pop(0)]
    elif len(cores) == 1 and len(cores[0].threads) == 1:
        notes.append("one CPU does everything: shard, interrupts and system share it")
    else:
        notes.append(f"{len(cores)} physical cores are too few to leave one to the system")
    near = _near(topology, cores, notes)
    second = [cpu for core in near for cpu in core.threads[1:]] if siblings == "interrupts" else []
    if second:
        interrupts = second
    elif len(topology.cores) > SMALL:
        taken = near[:-(-len(topology.cores) // SMALL)]
        if len(taken) == len(cores):
            taken = taken[:-1]
        cores = [core for core in cores if core not in taken]
        interrupts = [cpu for core in taken for cpu in core.threads]
    else:
        interrupts = None
    shards = [cpu for core in cores for cpu in (core.threads if siblings == "shards" else core.threads[:1])]
    if interrupts is None:
        interrupts = [cpu for core in near for cpu in core.threads if cpu in shards]
    used = set(shards) | set(interrupts)
    if reserved:
        notes.append(f"left to the system, a whole core: {cpulist.text(reserved[0].threads)}")
    return Layout(sorted(shards), sorted(interrupts), [cpu for cpu in topology.cpus if cpu not in used], notes)


def _around_isolated(topology: Topology) -> Layout:
    shards = sorted(topology.isolated)
    others = [cpu for cpu in topology.cpus if cpu not in topology.isolated]
    nodes = {card.node for card in topology.cards if card.node is not None}
    near = [cpu for cpu in others if topology.core_of(cpu).node in nodes] or others
    note = f"isolated at boot, so for shards: {cpulist.text(shards)}; the others take interrupts and the system"
    return Layout(shards, near, [cpu for cpu in others if cpu not in near], [note])


def _near(topology: Topology, cores: list, notes: list) -> list:
    """The cores on the cards' NUMA nodes; all of them when no card says where it is, or none of its node's are ours."""
    if len(topology.nodes) < 2:
        return cores
    nodes = {card.node for card in topology.cards if card.node is not None}
    if not nodes:
        notes.append("no network card tells its NUMA node: interrupts are spread over all of them")
        return cores
    near = [core for core in cores if core.node in nodes]
    if not near:
        notes.append(f"no CPU of the card's NUMA node {cpulist.text(nodes)} is allowed: its packets cross between sockets")
        return cores
    if len(near) < len(cores):
        notes.append(
            f"the card is on NUMA node {cpulist.text(nodes)}; shards elsewhere reach it across sockets: "
            "a node for each NUMA node keeps at least their memory near")
    return near
