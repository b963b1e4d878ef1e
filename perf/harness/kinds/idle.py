"""Idle: what a server costs when nobody asks anything, alone and with connections that stay silent. All servers are
watched over the same seconds."""

import socket
import time

from .. import counters
from ..results import Measurement
from ..servers import raise_file_limit

SPARE_FILES = 256
SETTLE_SECONDS = 0.5

starts_own = False


def measure(scenario, cells, servers, run):
    for cell in cells:
        clients = cell.options["clients"]
        raise_file_limit(clients * len(servers) + SPARE_FILES)
        alone = {server.name: server.rss() for server in servers}
        held = [socket.create_connection(server.address, 10) for server in servers for _ in range(clients)]
        try:
            time.sleep(SETTLE_SECONDS)
            before = {server.name: counters.usage(server) for server in servers}
            time.sleep(cell.load.seconds)
            used = {server.name: counters.usage(server) - before[server.name] for server in servers}
        finally:
            for connection in held:
                connection.close()
        for server in servers:
            seconds = used[server.name].seconds
            metrics = {
                "cpuMicrosPerSecond": used[server.name].cpu_seconds / seconds * 1e6,
                "switchesPerSecond": used[server.name].switches / seconds,
                "residentBytes": server.rss(),
            }
            if clients:
                metrics["residentBytesPerClient"] = (metrics["residentBytes"] - alone[server.name]) / clients
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, {})
