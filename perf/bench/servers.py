"""The contenders, each pinned to its cores, as processes whose CPU time can be read."""

import shutil
import subprocess
import sys
import tempfile
import time
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


def scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="coronet-perf-"))


def run(*arguments, seconds: float = 120) -> str:
    """Runs a program to its end and gives what it printed."""
    result = subprocess.run(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, text=True)
    if result.returncode:
        raise RuntimeError(f"{arguments}: {result.stdout}")
    return result.stdout


def settle(seconds: float = 0.2):
    """Lets the work of connecting and filling pass before anything is counted."""
    time.sleep(seconds)
