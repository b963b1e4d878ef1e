"""Latency: the maximum rate by a closed loop first, then an open loop at shares of it. Time counts from when a request was
due, so a server that falls behind cannot hide it."""

from ..results import Measurement

starts_own = False


def measure(scenario, cells, servers, run):
    most = {}
    for server in servers:
        run.generator.populate(server, cells[0].load)
        metrics, _ = run.generator.measure(server, cells[0].load, cells[0].load.seconds)
        most[server.name] = metrics["operationsPerSecond"]
    for cell in cells:
        for server in servers:
            rate = most[server.name] * cell.options["share"]
            metrics, report = run.generator.measure(server, cell.load, cell.load.seconds, rate=rate)
            metrics |= {"offeredPerSecond": rate, "maximumPerSecond": most[server.name]}
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, {"percentiles": report["percentiles"]})
