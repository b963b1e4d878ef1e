"""A layout for people and for files: the machine drawn in text, the `cpus` line, the command lines."""

from . import cpulist
from .layout import Layout
from .topology import Topology

#: CPUs in one row of the drawing.
WIDTH = 16

LEGEND = "S shard   I interrupts   B both   . system   x offline   - not allowed"


def report(topology: Topology, layout: Layout) -> str:
    parts = [
        draw(topology, layout),
        LEGEND,
        "",
        f"shards      {cpulist.text(layout.shards)}",
        f"interrupts  {cpulist.text(layout.interrupts)}",
        f"system      {cpulist.text(layout.system) or 'shares the others'}",
        *[f"note: {note}" for note in layout.notes],
        "",
        "# redis.conf",
        f"cpus {cpulist.text(layout.shards)}",
        "",
        *command_lines(topology, layout),
    ]
    return "\n".join(parts) + "\n"


def draw(topology: Topology, layout: Layout) -> str:
    """NUMA nodes one below the other; in each, the cores' first threads, then their second ones below them."""
    lines = []
    for node in topology.nodes:
        cores = [core for core in topology.cores if core.node == node]
        lines.append(f"NUMA node {node}{_cards_at(topology, node)}")
        for start in range(0, len(cores), WIDTH):
            row = cores[start:start + WIDTH]
            for thread in range(max(len(core.threads) for core in row)):
                cpus = [core.threads[thread] if thread < len(core.threads) else None for core in row]
                lines += _cells("thread" if thread else "cpu", cpus, layout)
    unplaced = [card for card in topology.cards if card.node not in topology.nodes]
    lines += [f"{_card(card)}, on no node that it tells of" for card in unplaced]
    for letter, cpus in (("x", topology.offline), ("-", topology.forbidden)):
        if cpus:
            lines.append(f"  {letter} {cpulist.text(cpus)}")
    return "\n".join(lines)


def _cells(title: str, cpus: list, layout: Layout) -> list:
    numbers = "".join(f"{'' if cpu is None else cpu:>5}" for cpu in cpus)
    letters = "".join(f"{' ' if cpu is None else layout.letter(cpu):>5}" for cpu in cpus)
    return [f"  {title:<7}{numbers}", f"  {'':<7}{letters}"]


def _cards_at(topology: Topology, node: int) -> str:
    return "".join(f"  [{_card(card)}]" for card in topology.cards if card.node == node)


def _card(card) -> str:
    queues = f"{card.receive_queues} receive, {card.send_queues} send queues"
    return f"{card.name}: {queues}, {len(card.interrupts)} interrupts"


def command_lines(topology: Topology, layout: Layout) -> list:
    """One node on all shards; and where there are several NUMA nodes, one node on each as the other way."""
    every = cpulist.text(layout.shards)
    lines = [
        "# one node; it keeps each shard's memory on its NUMA node by itself",
        f"taskset -c {every} coronet node redis.conf",
        "# the same by systemd, in a drop-in of coronet.service",
        f"# CPUAffinity={every.replace(',', ' ')}",
    ]
    nodes = [(node, [cpu for cpu in layout.shards if topology.core_of(cpu).node == node]) for node in topology.nodes]
    nodes = [(node, cpus) for node, cpus in nodes if cpus]
    if len(nodes) > 1:
        lines.append("# or one for each NUMA node, joined by a cluster: no memory is ever far")
        for index, (node, cpus) in enumerate(nodes):
            list_text = cpulist.text(cpus)
            lines.append(
                f"numactl --physcpubind={list_text} --membind={node} "
                f"coronet node redis.conf --port {6379 + index} --cpus {list_text}")
    return lines
