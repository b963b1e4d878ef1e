"""`coronet bench` as the load: one run of it, what it reports, and what the run cost the server."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import counters
from .scenario import Load

# Beyond this part of its cores' time the load generator, not the server, may be what sets the pace.
MACHINE_CORES = os.cpu_count() or 1
GENERATOR_SHARE_MAX = 0.95
SERVER_SHARE_MIN = 0.90


class LoadFailed(RuntimeError):
    """The load generator ended badly, or the server answered something wrong."""


@dataclass
class Generator:
    """The load generator's program and the cores it may use."""

    binary: str
    cpus: tuple

    def arguments(self, server, load: Load, seconds: float, rate: float = 0, populate: bool = False) -> list:
        line = [self.binary, "bench", "--host", "127.0.0.1", "--port", str(server.port), "--protocol", server.protocol,
                "--cpus", ",".join(str(cpu) for cpu in self.cpus), "--connections", str(load.connections),
                "--pipeline", str(load.pipeline), "--duration", f"{seconds:g}", "--warmup", "0", "--keys", str(load.keys),
                "--distribution", load.distribution, "--value-size", load.value_size, "--quiet"]
        line += ["--command", load.command] if load.command else ["--mix", load.mix]
        if load.mget_keys:
            line += ["--mget-keys", str(load.mget_keys)]
        if load.ttl:
            line += ["--ttl", str(load.ttl)]
        if load.cluster:
            line.append("--cluster")
        if rate:
            line += ["--rate", f"{rate:.0f}"]
        if populate:
            line.append("--populate")
        return line

    def run(self, server, load: Load, seconds: float, rate: float = 0, populate: bool = False, allowed_errors: bool = False) -> dict:
        """One run to its end; the report as the load generator wrote it."""
        with tempfile.NamedTemporaryFile(suffix=".json", prefix="coronet-perf-") as report:
            line = self.arguments(server, load, seconds, rate, populate) + ["--json", report.name]
            result = subprocess.run(line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    timeout=seconds + 300, text=True)
            if result.returncode:
                raise LoadFailed(f"{' '.join(line)}: {result.stdout[-1000:]}\n{server.name}: {server.log_end(5)}")
            found = json.loads(Path(report.name).read_text())
        if (found["errors"] or found.get("wrongAnswers", 0)) and not allowed_errors:
            raise LoadFailed(f"{' '.join(line)}: {found['errors']} errors, {found.get('wrongAnswers', 0)} wrong answers from {server.name}")
        return found

    def populate(self, server, load: Load):
        """Stores every key that the load may ask for, unless that was done; the floor stores nothing."""
        wanted = (load.keys, load.value_size)
        if server.name == "floor" or server.filled == wanted:
            return
        filler = Load(mix="get=100", value_size=load.value_size, keys=load.keys, connections=8, pipeline=64)
        self.run(server, filler, seconds=0.05, populate=True)
        server.filled = wanted

    def measure(self, server, load: Load, seconds: float, rate: float = 0) -> tuple:
        """One run and its metrics: (metrics by name, the load generator's report)."""
        before = counters.usage(server)
        report = self.run(server, load, seconds, rate)
        used = counters.usage(server) - before
        return self._metrics(server, load, report, used), report

    def _metrics(self, server, load: Load, report: dict, used) -> dict:
        """Names end in their unit; an operation of an MGET of 20 keys counts as 20."""
        units = report["operations"] * load.per
        if not units:
            raise LoadFailed(f"{server.name} answered nothing in {report['elapsedSeconds']} s")
        latency = report["latencyMicros"]
        generator = report["cpuSeconds"]["user"] + report["cpuSeconds"]["system"]
        others = used.machine_busy_seconds - used.cpu_seconds - generator
        return {
            "cpuMicrosPerOperation": used.cpu_seconds / units * 1e6,
            "operationsPerSecond": units / report["elapsedSeconds"],
            "switchesPerOperation": used.switches / units,
            "residentBytes": server.rss(),
            "latencyMicrosP50": latency["p50"], "latencyMicrosP90": latency["p90"], "latencyMicrosP99": latency["p99"],
            "latencyMicrosP999": latency["p99.9"], "latencyMicrosMax": latency["max"],
            "serverShare": used.cpu_seconds / used.seconds / server.cores,
            "generatorShare": generator / used.seconds / len(self.cpus),
            "othersShare": max(0.0, others + used.machine_stolen_seconds) / used.seconds / MACHINE_CORES,
        }

    def calls(self, server, load: Load, seconds: float) -> tuple:
        """System calls per operation by name, and the metrics of them, in a run of its own: counting slows the server
        a little. Both empty where nothing can count them."""
        turns = server.turns()
        with counters.counted_calls(server.process.pid) as found:
            report = self.run(server, load, seconds)
        turns = server.turns() - turns
        units = max(1, report["operations"] * load.per)
        if not found:
            return {}, {}
        total = sum(found.values())
        metrics = {"callsPerOperation": total / units}
        if turns:
            metrics |= {"callsPerTurn": total / turns, "turnsPerOperation": turns / units}
        return {name: count / units for name, count in found.items()}, metrics


def is_bound_by_generator(metrics: dict) -> bool:
    """The server had time to spare while the generator had none: the rate says nothing about the server."""
    return metrics["generatorShare"] >= GENERATOR_SHARE_MAX and metrics["serverShare"] < SERVER_SHARE_MIN


