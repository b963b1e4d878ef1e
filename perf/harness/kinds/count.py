"""Counts: one client that waits for each answer, so that what the server does for it is the same on any machine, quiet or
not: system calls, turns of its loop, and (of the node's cores) allocations and references counted."""

import tempfile
from pathlib import Path

from ..results import Measurement
from ..servers import counter

starts_own = True


def measure(scenario, cells, servers, run):
    with tempfile.TemporaryDirectory(prefix="coronet-perf-") as scratch:
        library = counter.build(Path(scratch)) if any(server.name == "coronet" for server in servers) else None
        answer = Path(scratch) / "counts"
        for server in servers:
            if server.name == "coronet":
                server.environment = counter.environment(library, answer)
            with server:
                for cell in cells:
                    metrics, detail = _measure(server, cell, run, answer)
                    yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, detail)


def _measure(server, cell, run, answer: Path) -> tuple:
    run.generator.populate(server, cell.load)
    run.generator.run(server, cell.load, cell.load.seconds)  # arrays and buffers reach their size
    calls, metrics = run.generator.calls(server, cell.load, cell.load.seconds)
    if server.name != "coronet":
        return metrics, {"calls": calls}
    before = counter.counts(server, answer)
    units = run.generator.run(server, cell.load, cell.load.seconds)["operations"] * cell.load.per
    allocations, references = (late - early for early, late in zip(before, counter.counts(server, answer)))
    metrics |= {"allocationsPerOperation": allocations / units, "referencesPerOperation": references / units}
    return metrics, {"calls": calls}
