"""redis-benchmark as the load, and what one run of it cost the server."""

import csv
import io
import shutil
from dataclasses import dataclass

from .servers import run

BENCHMARK = shutil.which("redis-benchmark") or "/usr/bin/redis-benchmark"
CLIENTS = 50


@dataclass
class Cost:
    """One run: server CPU per operation, throughput, and the client's view of latency (milliseconds)."""

    micros: float
    rate: float
    p50: float
    p95: float
    p99: float
    most: float


def load(server, command: str, count: int, pipeline: int, size: int, keys: int, cpus=(1,), cluster: bool = False) -> Cost:
    """`count` GETs or SETs by 50 connections over `keys` random keys; CPU time is counted around the run."""
    # In cluster mode redis-benchmark keeps to the port it is given for the node that answers as `myself`.
    port = server.port + 1 if cluster else server.port
    arguments = [
        "taskset", "-c", ",".join(str(cpu) for cpu in cpus), BENCHMARK, "-p", str(port), "-t", command, "-n", str(count),
        "-P", str(pipeline), "-d", str(size), "-r", str(keys), "-c", str(CLIENTS), "--csv"]
    if cluster:
        arguments += ["--cluster", "--threads", "2"]
    before = server.cpu_seconds()
    output = run(*arguments)
    used = server.cpu_seconds() - before
    row = _row(output)
    return Cost(used / count * 1e6, float(row["rps"]), *(float(row[f"{name}_latency_ms"]) for name in ("p50", "p95", "p99", "max")))


def _row(output: str) -> dict:
    """The result line under its header; redis-benchmark may say other things around it."""
    lines = [line for line in output.splitlines() if line.startswith('"')]
    return next(csv.DictReader(io.StringIO("\n".join(lines))))
