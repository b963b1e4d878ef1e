"""Values that depend on the machine: `value = layout NAME` in a profile."""

from dataclasses import dataclass

from . import cpulist
from .layout import Layout
from .machine import Absent
from .topology import Card, Topology

#: Entries of the flow table for receive flow steering, shared by a card's queues.
FLOWS = 32768


@dataclass(frozen=True)
class Place:
    """Where a value is wanted: which card and which of its queues. Both may be nothing."""

    card: Card = None
    queue: int = 0


def compute(name: str, topology: Topology, layout: Layout, place: Place) -> str:
    computations = {
        "channels": _channels, "irq": _irq, "rps": _rps, "rfs-queue": _rfs_queue, "rfs": _rfs, "xps": _xps,
    }
    if name not in computations:
        raise ValueError(f"layout {name}: the layout gives {', '.join(sorted(computations))}")
    return computations[name](topology, layout, place)


def _channels(topology: Topology, layout: Layout, place: Place) -> str:
    """A queue for each CPU that takes interrupts; the hardware's limit is put on it later."""
    return f"{len(layout.interrupts)}"


def _irq(topology: Topology, layout: Layout, place: Place) -> str:
    return str(layout.interrupts[place.queue % len(layout.interrupts)])


def _steered(layout: Layout, card: Card) -> bool:
    """Fewer queues than CPUs that could take their packets: then software spreads them."""
    return card.receive_queues < len(layout.interrupts)


def _rps(topology: Topology, layout: Layout, place: Place) -> str:
    return cpulist.mask(layout.interrupts) if _steered(layout, place.card) else "0"


def _rfs(topology: Topology, layout: Layout, place: Place) -> str:
    if not topology.cards:
        raise Absent("there is no network card to steer flows of")
    return str(FLOWS if any(_steered(layout, card) for card in topology.cards) else 0)


def _rfs_queue(topology: Topology, layout: Layout, place: Place) -> str:
    """An equal share, a power of two: the kernel would make one of it by itself."""
    if not _steered(layout, place.card):
        return "0"
    return str(1 << (FLOWS // max(place.card.receive_queues, 1)).bit_length() - 1)


def _xps(topology: Topology, layout: Layout, place: Place) -> str:
    """Send queue i belongs to shards i, i + n, ...: each shard has one queue, whose interrupt is near it."""
    if place.card.send_queues < 2:
        raise Absent(f"{place.card.name} has one send queue: there is nothing to choose")
    ours = [cpu for index, cpu in enumerate(layout.shards) if index % place.card.send_queues == place.queue]
    return cpulist.mask(ours)
