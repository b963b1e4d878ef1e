"""The scenarios: each starts its servers anew for every repetition, since runs differ most between starts.

Contenders take turns within a repetition, so that what the machine does meanwhile touches all of them.
"""

import re
import signal
import subprocess
import time

from .load import load
from .report import median, ratio, spread, table
from .servers import Contender, settle

KEYS = 100_000
MIB = 1 << 20


class Run:
    """What the command line asked for."""

    def __init__(self, programs: dict, repetitions: int, seconds: float, sizes, pipelines):
        self.programs = programs
        self.repetitions = repetitions
        self.seconds = seconds
        self.sizes = sizes
        self.pipelines = pipelines

    def count(self, pipeline: int) -> int:
        """Operations for about `seconds`, by what redis-server manages on a middling machine."""
        rate = {1: 60_000, 4: 200_000, 8: 300_000}.get(pipeline, 450_000)
        return int(rate * self.seconds)

    def contender(self, name: str, **options) -> Contender:
        return Contender(name, self.programs[name], **options)


def speed(run: Run):
    """CPU per operation on one core: GET and SET, pipelines and value sizes."""
    rows = []
    for size in run.sizes:
        measured = _one_core(run, size)
        for pipeline in run.pipelines:
            for command in ("get", "set"):
                rows.append(_speed_row(run, measured, size, pipeline, command))
    head = ["value", "pipeline", "command"] + [f"{name} µs/op" for name in run.programs]
    head += ["coronet / redis", "coronet / floor", "redis ops/s", "coronet ops/s"]
    table("One core: server CPU per operation", head, rows)


def _one_core(run: Run, size: int) -> dict:
    """(name, pipeline, command) -> costs, one for each repetition."""
    measured = {}
    for _ in range(run.repetitions):
        servers = [run.contender(name, value_size=size).start() for name in run.programs]
        for server in servers:
            server.fill(KEYS, size)
        settle()
        for pipeline in run.pipelines:
            for command in ("get", "set"):
                for server in servers:
                    cost = load(server, command, run.count(pipeline), pipeline, size, KEYS)
                    measured.setdefault((server.name, pipeline, command), []).append(cost)
        for server in servers:
            server.stop()
    return measured


def _speed_row(run: Run, measured, size, pipeline, command) -> list:
    costs = {name: [cost.micros for cost in measured[name, pipeline, command]] for name in run.programs}
    rates = {name: median([cost.rate for cost in measured[name, pipeline, command]]) for name in run.programs}
    cells = [size, pipeline, command.upper()] + [f"{median(costs[name]):.2f} ±{spread(costs[name]) * 100:.0f} %" for name in run.programs]
    for other in ("redis", "floor"):
        cells.append(ratio(costs["coronet"], costs[other]) if "coronet" in costs and other in costs else "-")
    return cells + [f"{rates[name]:,.0f}" if name in rates else "-" for name in ("redis", "coronet")]


def cores(run: Run):
    """Two cores: through core ports without hops, through one port with a hop for half of the keys, and one core."""
    if "coronet" not in run.programs:
        return
    ways = {
        "one core": {"cpus": (0,)},
        "two cores, cluster client": {"cpus": (0, 1), "directives": [("core-ports", "yes")]},
        "two cores, one port": {"cpus": (0, 1)},
    }
    measured = {}
    for _ in range(run.repetitions):
        for way, options in ways.items():
            server = run.contender("coronet", **options).start()
            server.fill(KEYS, 64)
            settle()
            for pipeline in (1, 16):
                for command in ("get", "set"):
                    before = _hops(server)
                    count = run.count(pipeline)
                    cost = load(server, command, count, pipeline, 64, KEYS, cpus=(0, 1), cluster="cluster" in way)
                    measured.setdefault((way, pipeline, command), []).append((cost, (_hops(server) - before) / count))
            server.stop()
    rows = []
    for pipeline in (1, 16):
        for command in ("get", "set"):
            base = [cost.micros for cost, _ in measured["one core", pipeline, command]]
            for way in ways:
                found = measured[way, pipeline, command]
                costs = [cost.micros for cost, _ in found]
                rows.append([pipeline, command.upper(), way, f"{median(costs):.2f}", ratio(costs, base), f"{median([hops for _, hops in found]):.2f}"])
    table("Two cores: server CPU per operation, against one core", ["pipeline", "command", "way", "µs/op", "/ one core", "hops/op"], rows)


def _hops(server) -> int:
    return int(server.info("everything").get("hops", 0))


def keys(run: Run):
    """A table far larger than the CPU's cache: 10M keys against 10K, at pipeline 16."""
    rows = []
    for name in run.programs:
        if name == "floor":
            continue
        measured = {}
        for count in (10_000, 10_000_000):
            server = run.contender(name).start()
            server.fill(count, 16)
            settle(1)
            measured[count] = [load(server, "get", run.count(16), 16, 16, count) for _ in range(max(3, run.repetitions))]
            server.stop()
        few, many = measured[10_000], measured[10_000_000]
        rows.append([name, *(f"{median([cost.rate for cost in costs]):,.0f}" for costs in (few, many)),
                     ratio([cost.rate for cost in many], [cost.rate for cost in few]),
                     ratio([cost.micros for cost in few], [cost.micros for cost in many])])
    table("GET at pipeline 16: 10M keys against 10K", ["server", "10K ops/s", "10M ops/s", "throughput ratio", "by CPU per op"], rows)


def latency(run: Run):
    """What clients wait at pipeline 8 (closed loop: redis-benchmark sends as fast as it is answered)."""
    rows = []
    servers = [run.contender(name).start() for name in run.programs]
    for server in servers:
        server.fill(KEYS, 64)
    for command in ("get", "set"):
        found = {server.name: [] for server in servers}
        for _ in range(run.repetitions):
            for server in servers:
                found[server.name].append(load(server, command, run.count(8), 8, 64, KEYS))
        for name, costs in found.items():
            rows.append([command.upper(), name, f"{median([cost.rate for cost in costs]):,.0f}"] + [
                f"{median([getattr(cost, part) for cost in costs]):.3f}" for part in ("p50", "p95", "p99", "most")])
    for server in servers:
        server.stop()
    table("Latency at pipeline 8, 64 B (ms)", ["command", "server", "ops/s", "p50", "p95", "p99", "max"], rows)


def syscalls(run: Run):
    """System calls per operation, counted by strace on a sample (which slows the server, so batches grow: an upper
    bound of batching, a lower bound of calls)."""
    rows = []
    for name in run.programs:
        for pipeline in (1, 16):
            server = run.contender(name).start()
            server.fill(10_000, 64)
            count = 20_000 * (1 if pipeline == 1 else 10)
            calls = _counted(server, lambda: load(server, "get", count, pipeline, 64, 10_000))
            server.stop()
            names = ", ".join(f"{call} {number / count:.3f}" for call, number in sorted(calls.items(), key=lambda item: -item[1])[:4])
            rows.append([name, pipeline, f"{sum(calls.values()) / count:.3f}", names])
    table("System calls per GET", ["server", "pipeline", "calls/op", "of which"], rows)


def _counted(server, work) -> dict:
    """Call -> number while `work` runs."""
    tracer = subprocess.Popen(["strace", "-c", "-f", "-p", str(server.process.pid)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    work()
    tracer.send_signal(signal.SIGINT)
    _, text = tracer.communicate(timeout=20)
    calls = {}
    for line in text.splitlines():
        match = re.match(r"\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+)\s+(?:\d+\s+)?(\w+)$", line)
        if match and match.group(2) != "total":
            calls[match.group(2)] = int(match.group(1))
    return calls


def memory(run: Run):
    """Bytes a key costs beyond its own key and value bytes, at a million keys."""
    rows = []
    count, key = 1_000_000, 16
    for name in run.programs:
        if name == "floor":
            continue
        for value, expires in ((16, False), (64, False), (1024, False), (16, True), (64, True)):
            server = run.contender(name).start()
            used, resident = int(server.info("memory")["used_memory"]), server.rss()
            _fill_plain(server, count, value, expires)
            info = server.info("memory")
            used, resident = int(info["used_memory"]) - used, server.rss() - resident
            rows.append([name, value, "yes" if expires else "no", f"{used / count - key - value:.1f}", f"{resident / count - key - value:.1f}"])
            server.stop()
    table("Overhead per key: 16-byte keys, 1M of them", ["server", "value", "expires", "used_memory B/key", "resident B/key"], rows)


def _fill_plain(server, count: int, size: int, expires: bool):
    from .servers import Connection, encode

    value = b"$%d\r\n%b\r\n" % (size, b"x" * size)
    tail = value + (b"$4\r\nPXAT\r\n$13\r\n4102444800000\r\n" if expires else b"")
    head = b"*%d\r\n$3\r\nSET\r\n$16\r\nkey:" % (5 if expires else 3)
    with Connection(server.address, timeout=120) as connection:
        for start in range(0, count, 10_000):
            connection.send(b"".join([head + b"%012d\r\n" % number + tail for number in range(start, start + 10_000)]) + encode("ECHO", "ok"))
            connection.read_until(b"$2\r\nok\r\n")
