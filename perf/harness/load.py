"""`coronet bench` as the load: one run of it, what it reports, and what the run cost the server."""

import json
import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

from . import counters, filling
from .scenario import Load

# Beyond this part of its cores' time the load generator, not the server, may be what sets the pace.
MACHINE_CORES = os.cpu_count() or 1
GENERATOR_SHARE_MAX = 0.95
SERVER_SHARE_MIN = 0.90
# So many connections are set up and closed in a time that does not show beside a run.
CONNECTIONS_FREE = 500
# What a run may take beyond its seconds, on a machine with other things to do.
SPARE_SECONDS = 60
# Up to so many keys the load generator itself stores them, and counters too.
KEYS_POPULATED = 1_000_000
# A key is this and a number of so many digits.
KEY_PREFIX, KEY_DIGITS = b"key:", 12


class LoadFailed(RuntimeError):
    """The load generator ended badly, or the server answered something wrong."""


@dataclass
class Generator:
    """The load generator's program and the cores it may use."""

    binary: str
    cpus: tuple

    def arguments(self, server, load: Load, amount: list, rate: float = 0) -> list:
        line = [self.binary, "bench", "--host", "127.0.0.1", "--port", str(server.port), "--protocol", server.protocol,
                "--cpus", ",".join(str(cpu) for cpu in self.cpus), "--connections", str(load.connections),
                "--pipeline", str(load.pipeline), *amount, "--warmup", "0", "--keys", str(load.keys),
                "--key-prefix", KEY_PREFIX.decode(), "--key-size", str(len(KEY_PREFIX) + KEY_DIGITS), "--distribution", load.distribution, "--value-size", load.value_size, "--quiet"]
        line += ["--command", load.command] if load.command else ["--mix", load.mix]
        if load.mget_keys:
            line += ["--mget-keys", str(load.mget_keys)]
        if load.ttl:
            line += ["--ttl", str(load.ttl)]
        if load.cluster:
            line.append("--cluster")
        if rate:
            line += ["--rate", f"{rate:.0f}"] + ["--spin"] * load.spin
        return line

    def run(self, server, load: Load, seconds: float, rate: float = 0) -> dict:
        """One run to its end; the report as the load generator wrote it. Loads of so many round trips have no seconds."""
        if load.round_trips:
            amount = ["--requests", str(load.round_trips * load.pipeline)]
        else:
            amount = ["--duration", f"{seconds:g}"]
        return self._run(server, self.arguments(server, load, amount, rate), seconds, load.connections * load.pipeline)

    def populate(self, server, load: Load):
        """Stores every key that the load may ask for, unless that was done; the floor stores nothing."""
        wanted = (load.keys, load.value_size, "incr" in load.mix)
        if server.name == "floor" or server.filled == wanted:
            return
        if load.keys <= KEYS_POPULATED:
            self._run(server, self.arguments(server, replace(load, connections=8, pipeline=64), ["--requests", "64", "--populate"]), 0)
        else:
            # memcached alone would need minutes for the answers to so many stores.
            filling.fill(server, load.keys, int(load.value_size), prefix=KEY_PREFIX, width=KEY_DIGITS)
        server.filled = wanted

    def _run(self, server, line: list, seconds: float, in_flight: int = 0) -> dict:
        with tempfile.NamedTemporaryFile(suffix=".json", prefix="coronet-perf-") as file:
            result = subprocess.run(line + ["--json", file.name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                    stderr=subprocess.STDOUT, timeout=seconds + SPARE_SECONDS, text=True)
            text = Path(file.name).read_text()
        report = json.loads(text) if text else {}
        if result.returncode or not report or what_went_wrong(report, in_flight):
            raise LoadFailed(f"{' '.join(line)}: exit {result.returncode}, {what_went_wrong(report, in_flight)} {result.stdout[-1000:]}\n"
                             f"{server.name}: {server.log_end(5)}")
        return report

    def measure(self, server, load: Load, seconds: float, rate: float = 0) -> tuple:
        """One run and its metrics: (metrics by name, the load generator's report)."""
        connecting = self._connecting(server, load)
        before = counters.usage(server)
        report = self.run(server, load, seconds, rate)
        used = counters.usage(server) - before
        used.cpu_seconds -= connecting
        return self._metrics(server, load, report, used), report

    def _connecting(self, server, load: Load) -> float:
        """CPU seconds that it takes the server to accept and close as many connections: no part of an operation."""
        if load.connections < CONNECTIONS_FREE:
            return 0
        before = server.cpu_seconds()
        self._run(server, self.arguments(server, load, ["--requests", "1"]), 0)
        return server.cpu_seconds() - before

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
            "unsentShare": report.get("unsent", 0) / (report["operations"] + report.get("unsent", 0)),
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


def what_went_wrong(report: dict, in_flight: int = 0) -> dict:
    """Errors, wrong answers, and misses: every key that is asked for was stored, so a miss means that something else was
    measured than what was meant. What an open loop could not send is no error here, it is told as `unsentShare`; where
    there is such, what was `in_flight` at the end is none either."""
    if not report:
        return {"report": "none"}
    unsent = report.get("unsent", 0)
    errors = max(0, report["errors"] - unsent - (in_flight if unsent else 0))
    found = {"errors": errors, "wrongAnswers": report.get("wrongAnswers", 0), "misses": report.get("misses", 0)}
    return {name: count for name, count in found.items() if count} | ({"samples": report["errorSamples"]} if errors and "errorSamples" in report else {})


def is_bound_by_generator(metrics: dict) -> bool:
    """The server had time to spare while the generator had none: the rate says nothing about the server."""
    return metrics["generatorShare"] >= GENERATOR_SHARE_MAX and metrics["serverShare"] < SERVER_SHARE_MIN


