"""The contenders of the scripts beside this file, each pinned to its cores, and redis-benchmark as their load."""

import csv
import io
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from support.resp import Connection, encode  # noqa: E402
from support.server import Server, free_port  # noqa: E402

REDIS = shutil.which("redis-server") or "/usr/bin/redis-server"
CORONET = ROOT / ".build" / "release" / "coronet"
FLOOR = ROOT / ".build" / "release" / "floor"


class Contender(Server):
    """A server pinned to `cpus`. The name says what it is: redis, coronet or floor."""

    def __init__(self, name: str, binary: str, cpus=(0,), directives=(), value_size: int = 64):
        directives = list(directives)
        if name == "coronet":
            directives.append(("cpus", ",".join(str(cpu) for cpu in cpus)))
        if name == "redis":
            # The measure runs as shipped, without the reports that our side does not make either.
            directives += [("latency-tracking", "yes")]
        super().__init__(binary=str(binary), cores=len(cpus), directives=directives, port=free_port(run=len(cpus) + 1))
        self.name = name
        self.cpus = cpus
        self.value_size = value_size

    def arguments(self) -> list:
        pinned = ["taskset", "-c", ",".join(str(cpu) for cpu in self.cpus)]
        if self.name == "floor":
            return [*pinned, self.binary, "--port", str(self.port), "--value", str(self.value_size)]
        return pinned + super().arguments()

    def fill(self, count: int, size: int, width: int = 12):
        """Stores every key that redis-benchmark -r `count` may ask for."""
        if self.name == "floor":
            return
        value = b"$%d\r\n%b\r\n" % (size, b"x" * size)
        head = b"*3\r\n$3\r\nSET\r\n$%d\r\nkey:" % (4 + width)
        with Connection(self.address, timeout=120) as connection:
            for start in range(0, count, 10_000):
                numbers = range(start, min(start + 10_000, count))
                connection.send(b"".join([head + b"%0*d\r\n" % (width, number) + value for number in numbers]) + encode("ECHO", "ok"))
                connection.read_until(b"$2\r\nok\r\n")


def binaries(names, coronet, floor) -> dict:
    """The programs of the contenders that exist; tells of those that do not."""
    found = {"redis": REDIS, "coronet": Path(coronet or CORONET), "floor": Path(floor or FLOOR)}
    present = {}
    for name in names:
        if Path(found[name]).exists():
            present[name] = str(found[name])
        else:
            print(f"{name} is left out: {found[name]} does not exist", file=sys.stderr)
    return present



def run(*arguments, seconds: float = 120) -> str:
    """Runs a program to its end and gives what it printed."""
    result = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, text=True)
    if result.returncode:
        raise RuntimeError(f"{arguments}: {result.stdout}")
    return result.stdout


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
