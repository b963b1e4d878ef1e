"""How each kind of scenario is measured. Each module has `measure(scenario, cells, servers, run)`, a generator of
`Measurement`s, and `starts_own`, true if it starts and stops its servers by itself."""

from . import cost, count, expiry, idle, latency, load, memory, snapshot

BY_NAME = {"cost": cost, "count": count, "latency": latency, "memory": memory, "idle": idle, "expiry": expiry, "snapshot": snapshot,
           "load": load}
