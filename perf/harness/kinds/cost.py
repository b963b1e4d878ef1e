"""Cost: CPU time, switches and system calls of the server per operation under a closed loop, cell by cell, the servers in
turn within each."""

from ..results import Measurement

CALLS_SECONDS = 0.2
WARM_SECONDS = 0.1

starts_own = False


def measure(scenario, cells, servers, run):
    for cell in cells:
        present = [server for server in servers if server.name in cell.options.get("servers", scenario.servers)]
        for server in present:
            run.generator.populate(server, cell.load)
            run.generator.run(server, cell.load, WARM_SECONDS)
        for server in present:
            hops = server.hops() if cell.setup.cores > 1 else 0
            metrics, report = run.generator.measure(server, cell.load, cell.load.seconds)
            detail = {}
            if cell.setup.cores > 1:
                metrics["hopsPerOperation"] = (server.hops() - hops) / report["operations"] / cell.load.per
            if scenario.calls and run.repetition == 0:
                detail["calls"], counted = run.generator.calls(server, cell.load, CALLS_SECONDS)
                metrics |= counted
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, detail)
