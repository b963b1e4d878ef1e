"""Cost: CPU time, switches and system calls of the server per operation under a closed loop, cell by cell, the servers in
turn within each. A cell that is `apart` fills and measures one server after the other: filling gigabytes beside a server slows it
for seconds on a virtual machine."""

from ..results import Measurement

CALLS_SECONDS = 0.2
WARM_SECONDS = 0.1

starts_own = False


def measure(scenario, cells, servers, run):
    for cell in cells:
        present = [server for server in servers if server.name in cell.options.get("servers", scenario.servers)]
        for group in [[server] for server in present] if cell.options.get("apart") else [present]:
            yield from _measure_group(scenario, cell, group, run)


def _measure_group(scenario, cell, servers, run):
    for server in servers:
        run.generator.populate(server, cell.load)
        run.generator.run(server, cell.load, WARM_SECONDS)
    for server in servers:
        hops = server.hops() if cell.setup.cores > 1 else 0
        metrics, report = run.generator.measure(server, cell.load, cell.load.seconds)
        detail = {}
        if cell.setup.cores > 1:
            metrics["hopsPerOperation"] = (server.hops() - hops) / report["operations"] / cell.load.per
        if scenario.calls and run.repetition == 0:
            detail["calls"], counted = run.generator.calls(server, cell.load, CALLS_SECONDS)
            metrics |= counted
        yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, detail)
