"""Memory: what a key costs beyond the bytes of itself and its value, by the server's own count and by resident memory.
Each cell has a server of its own: what was freed before must not be filled again."""

import time

from .. import filling
from ..results import Measurement

KEY_BYTES = 16
FAR_SECONDS = 86_400
# Longer than two rounds of a server's housekeeping: buffers that the filling needed are given back in them.
SETTLE_SECONDS = 2.3

starts_own = True


def measure(scenario, cells, servers, run):
    for cell in cells:
        for server in servers:
            with server:
                metrics = _measure(server, cell)
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, {})


def _measure(server, cell) -> dict:
    count, size = cell.options["keys"], int(cell.load.value_size)
    used, resident = server.used_memory(), server.rss()
    began = time.monotonic()
    filling.fill(server, count, size, int(time.time()) + FAR_SECONDS if cell.options.get("expires") else 0, width=KEY_BYTES)
    seconds = time.monotonic() - began
    time.sleep(SETTLE_SECONDS)
    if server.key_count() != count:
        raise RuntimeError(f"{server.name} holds {server.key_count()} of {count} keys")
    return {
        "usedBytesPerKey": (server.used_memory() - used) / count - KEY_BYTES - size,
        "residentBytesPerKey": (server.rss() - resident) / count - KEY_BYTES - size,
        "storedPerSecond": count / seconds,
    }
