"""The contenders, each pinned to its cores, as processes that can be filled, read and stopped."""

import hashlib
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "EndToEnd"))

from support import counter  # noqa: E402
from support.resp import Connection, encode  # noqa: E402
from support.server import Server, ServerFailed, free_port, raise_file_limit  # noqa: E402

RELEASE = ROOT / ".build" / "release"
BUILDS = "swift build -c release --product coronet && swift build -c release --product floor"
# Where each program comes from when it is not there.
REMEDIES = {
    "coronet": BUILDS, "floor": BUILDS,
    "redis": "tuning/setup perf (Debian's redis-server 7.0)", "memcached": "tuning/setup perf (Debian's memcached)",
}


class Contender(Server):
    """A server that speaks RESP, on the first `cores` cores. `name` is coronet, redis or floor."""

    protocol = "resp2"

    def __init__(self, name: str, binary: str, cores: int = 1, directives=(), value_size: int = 64, environment=None):
        self.cpus = list(range(cores))
        directives = list(directives)
        if name == "coronet":
            directives.append(("cpus", ",".join(str(cpu) for cpu in self.cpus)))
        # A run of ports: with core-ports each core takes one after the main port.
        super().__init__(binary=str(binary), cores=cores, directives=directives, port=free_port(run=cores + 1), environment=environment)
        self.name = name
        self.value_size = value_size
        self.filled = None  # what `filling` has stored

    def arguments(self) -> list:
        return self._pinned() + (self._floor() if self.name == "floor" else super().arguments())

    def _pinned(self) -> list:
        return ["taskset", "-c", ",".join(str(cpu) for cpu in self.cpus)]

    def _floor(self) -> list:
        return [self.binary, "--port", str(self.port), "--value", str(self.value_size)]

    def used_memory(self) -> int:
        """Bytes that the server itself says it uses for data, or 0 where it does not say."""
        return 0 if self.name == "floor" else int(self.info("memory")["used_memory"])

    def key_count(self) -> int:
        with self.connect() as connection:
            return int(connection.ask("DBSIZE"))

    def turns(self) -> int:
        """Turns of the event loops so far, where the server counts them."""
        return int(self.info("everything").get("ring_turns", 0)) if self.name == "coronet" else 0

    def hops(self) -> int:
        """Commands that went to another core so far."""
        return int(self.info("everything").get("hops", 0)) if self.name == "coronet" else 0

    def store_request(self, key: bytes, value: bytes, expires_at: int) -> bytes:
        """One request that stores, due at a Unix time if that is not 0."""
        return encode(b"SET", key, value, b"EXAT", expires_at) if expires_at else encode(b"SET", key, value)

    # What ends a run of stores, and the answer that says they are all done.
    fence = (encode("ECHO", "stored"), b"$6\r\nstored\r\n")


class Memcached(Contender):
    """Debian's memcached, one thread a core, room for everything that the scenarios store."""

    protocol = "memcached"
    greeting = b"version\r\n"
    fence = (b"mn\r\n", b"MN\r\n")

    def arguments(self) -> list:
        return [*self._pinned(), self.binary, "-l", "127.0.0.1", "-p", str(self.port), "-U", "0", "-u", "root",
                "-t", str(len(self.cpus)), "-m", "12000", "-c", "16384", "-I", "4m"]

    def statistics(self) -> dict:
        with socket.create_connection(self.address, 10) as connection:
            connection.sendall(b"stats\r\n")
            text = b""
            while not text.endswith(b"END\r\n"):
                part = connection.recv(1 << 16)
                if not part:
                    raise ConnectionError("memcached closed the connection before the end of its stats")
                text += part
        return dict(line.split(" ", 2)[1:] for line in text.decode().split("\r\n") if line.startswith("STAT "))

    def used_memory(self) -> int:
        return int(self.statistics()["bytes"])

    def key_count(self) -> int:
        return int(self.statistics()["curr_items"])

    def store_request(self, key: bytes, value: bytes, expires_at: int) -> bytes:
        return b"set %b 0 %d %d noreply\r\n%b\r\n" % (key, expires_at, len(value), value)


def make(name: str, binary: str, **options) -> Contender:
    return (Memcached if name == "memcached" else Contender)(name, binary, **options)


def programs(names, coronet=None, floor=None) -> dict:
    """The programs of the servers that exist, by name; says of the others what to do."""
    places = {
        "coronet": coronet or RELEASE / "coronet", "floor": floor or RELEASE / "floor",
        "redis": shutil.which("redis-server") or "/usr/bin/redis-server",
        "memcached": shutil.which("memcached") or "/usr/bin/memcached",
    }
    found = {}
    for name in names:
        if Path(places[name]).exists():
            # Servers run in folders of their own.
            found[name] = str(Path(places[name]).absolute())
        else:
            print(f"{name} is left out, its program is not there; get it by: {REMEDIES[name]}", file=sys.stderr)
    return found


def identity(name: str, binary: str) -> dict:
    """The version and the hash of a program: what a result was measured with, without saying where it lay."""
    commands = {"coronet": ["--version"], "redis": ["--version"], "memcached": ["-V"]}
    version = ""
    if name in commands:
        result = subprocess.run([binary, *commands[name]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, timeout=10)
        version = next(iter(re.findall(r"\d+(?:\.\d+)+", result.stdout)), "")
    return {"version": version, "sha256": hashlib.sha256(Path(binary).read_bytes()).hexdigest()[:16]}


__all__ = ["Connection", "Contender", "Memcached", "ServerFailed", "counter", "identity", "make", "programs", "raise_file_limit"]
