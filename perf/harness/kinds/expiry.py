"""Expiry storm: many keys fall due in the same second while clients read others at a steady rate. How much later are
they answered, what does the server spend, and how soon is the memory back?"""

import math
import threading
import time

from .. import filling
from ..results import Measurement

POLL_SECONDS = 0.05
# The load is under way when the keys fall due.
LEAD_SECONDS = 0.2
# A busy machine may need this much longer than it needed for a tenth.
SPARE = 1.5

starts_own = True


def measure(scenario, cells, servers, run):
    for cell in cells:
        for server in servers:
            with server:
                metrics = _measure(server, cell, run)
            yield Measurement(scenario.name, cell.name, server.name, run.repetition, metrics, {})


def _measure(server, cell, run) -> dict:
    keys, size, rate = cell.options["keys"], int(cell.load.value_size), cell.options["rate"]
    run.generator.populate(server, cell.load)
    staying = server.key_count()
    quiet, _ = run.generator.measure(server, cell.load, cell.options["quiet-seconds"], rate=rate)
    due = math.ceil(time.time() + _fill_seconds(server, keys, size))
    filling.fill(server, keys, size, due)
    left = due - LEAD_SECONDS - time.time()
    if left < 0:
        raise RuntimeError(f"{server.name} was filled {-left:.1f} s too late: the machine slowed down meanwhile")
    time.sleep(left)
    with _Watch(server, staying, due) as watch:
        storm, _ = run.generator.measure(server, cell.load, cell.load.seconds, rate=rate)
    metrics = {
        "quietMicrosP99": quiet["latencyMicrosP99"], "quietMicrosMax": quiet["latencyMicrosMax"],
        "stormMicrosP99": storm["latencyMicrosP99"], "stormMicrosMax": storm["latencyMicrosMax"],
        "cpuMicrosPerExpiredKey": (storm["cpuMicrosPerOperation"] - quiet["cpuMicrosPerOperation"])
        * storm["operationsPerSecond"] * cell.load.seconds / keys,
        "leftShare": watch.left / keys,
        "unsentShare": storm["unsentShare"],
    }
    if watch.reclaimed_after is not None:
        metrics["reclaimedAfterSeconds"] = watch.reclaimed_after
    return metrics


def _fill_seconds(server, keys: int, size: int) -> float:
    """How long storing all keys will take here, with room to spare: by storing a tenth that is due at once."""
    began = time.monotonic()
    filling.fill(server, keys // 10, size, math.ceil(time.time()) + 1)
    return (time.monotonic() - began) * 10 * SPARE + 2


class _Watch:
    """Asks for the number of keys until only those that stay are left; a server may leave them until they are asked for."""

    def __init__(self, server, staying: int, due: float):
        self.server, self.staying, self.due = server, staying, due
        self.reclaimed_after = None
        self.left = None
        self._failure = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join(10)
        if self._failure:
            raise self._failure

    def _run(self):
        try:
            while not self._ended.is_set() and self.reclaimed_after is None:
                self._look()
                self._ended.wait(POLL_SECONDS)
            self._look()
        except Exception as failure:  # carried to the thread that waits for it
            self._failure = failure

    def _look(self):
        self.left = max(0, self.server.key_count() - self.staying)
        if not self.left and time.time() >= self.due and self.reclaimed_after is None:
            self.reclaimed_after = time.time() - self.due
