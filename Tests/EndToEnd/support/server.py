"""A server as a process: started on a free port, waited for with a bound, stopped, its log at hand.

The same class runs Coronet and redis-server, so that every test can take either.
"""

import atexit
import os
import random
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from . import settings
from .resp import Connection, ConnectionClosed

START_SECONDS = 10
STOP_SECONDS = 20

# Directives of ours that redis-server would refuse; dropped when Redis stands in.
OURS = ("cpus", "cpu-pinning", "core-ports", "core-port-base", "receive-buffers", "receive-buffer-size", "ring-entries",
        "unsafe-unordered-multishard", "log-format")


class ServerFailed(AssertionError):
    """The server did not start, died, or did not stop as it should. Carries the end of its log."""


def raise_file_limit(wanted: int) -> int:
    """Lets this process (and the servers it starts) open more files. Gives what it got."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(wanted, hard)))
    except (ValueError, PermissionError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def free_port(run: int = 1) -> int:
    """A port of our range on which nobody listens; with `run` > 1, the first of so many in a row."""
    low, high = (int(part) for part in settings.PORTS.split("-"))
    for _ in range(200):
        port = random.SystemRandom().randrange(low, high - run + 1)
        if all(_is_free(port + step) for step in range(run)):
            return port
    raise RuntimeError(f"no free port in {settings.PORTS}")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


class Directories:
    """The folders of this process's servers. They go when it ends, unless something failed: then they say why."""

    def __init__(self):
        self.owner = os.getpid()
        self.made = []
        self.are_kept = False
        atexit.register(self._remove)

    def make(self) -> Path:
        self.made.append(Path(tempfile.mkdtemp(prefix="coronet-test-")))
        return self.made[-1]

    def _remove(self):
        if self.are_kept or os.getpid() != self.owner:
            return
        for directory in self.made:
            # Something mounted in it, or a process that still writes: not worth failing for.
            shutil.rmtree(directory, ignore_errors=True)


directories = Directories()


class Server:
    """One running server. Use as a context manager, or `start` and `stop`."""

    # Any answer to this means that it is up.
    greeting = b"*1\r\n$4\r\nPING\r\n"

    def __init__(self, binary: str = None, cores: int = 1, port: int = None, directives=(), environment=None,
                 file_limit: int = None):
        self.binary = binary or settings.CORONET
        self.is_redis = settings.is_redis(self.binary)
        self.cores = cores
        self.port = port or free_port()
        # A list, not a dict: some directives come several times.
        self.directives = list(directives.items()) if isinstance(directives, dict) else list(directives)
        self.environment = environment
        self.file_limit = file_limit  # a soft limit to start under; servers raise it themselves
        self.directory = directories.make()
        self.log = self.directory / "log"
        self.process = None

    # Starting

    def arguments(self) -> list:
        """The command line. Persistence is off: these tests are about the cache."""
        defaults = [
            ("port", self.port),
            ("save", ""),
            ("appendonly", "no"),
            ("dir", self.directory),
            ("enable-debug-command", "yes"),
        ]
        given = {name for name, _ in self.directives}
        pairs = [pair for pair in defaults if pair[0] not in given] + self.directives
        if not self.is_redis and "cpus" not in given:
            pairs.append(("cpus", ",".join(str(core) for core in range(self.cores))))
        line = [self.binary] if self.is_redis else [self.binary, "node"]
        for name, value in pairs:
            if self.is_redis and name in OURS:
                continue
            line += [f"--{name}", *self._values(value)]
        return line

    @staticmethod
    def _values(value) -> list:
        return [str(part) for part in value] if isinstance(value, (list, tuple)) else [str(value)]

    def start(self, wait: bool = True):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.arguments(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                cwd=self.directory, env={**os.environ, **(self.environment or {})},
                preexec_fn=self._lower_file_limit if self.file_limit else None)
        if wait:
            self._wait_until_it_answers()
        return self

    def _lower_file_limit(self):
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(self.file_limit, hard), hard))

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise ServerFailed(f"{self.arguments()} ended with {self.process.returncode}\n{self.log_end()}")
            try:
                with Connection(("127.0.0.1", self.port), timeout=2) as connection:
                    connection.send(self.greeting)
                    if not connection.read().startswith(b"-LOADING"):
                        return
            except (OSError, ConnectionClosed):  # refused, reset or silent: not up yet
                pass
            time.sleep(0.02)
        self.kill()
        raise ServerFailed(f"{self.arguments()} did not answer in {START_SECONDS} s\n{self.log_end()}")

    # Stopping

    def stop(self) -> int:
        """SIGTERM, a bounded wait, the exit code. A server that died before, or will not go, is a failure."""
        if self.process is None:
            return 0
        process, self.process = self.process, None
        early = process.poll()
        if early is not None:
            raise ServerFailed(f"the server had ended with {early} before it was stopped\n{self.log_end()}")
        process.send_signal(signal.SIGTERM)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)
            raise ServerFailed(f"the server did not end within {STOP_SECONDS} s of SIGTERM\n{self.log_end()}")

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait(STOP_SECONDS)

    def __enter__(self):
        return self.start()

    def __exit__(self, kind, *_):
        if kind is None:
            self.stop()
        else:
            directories.are_kept = True
            self.kill()
            print(f"--- end of {self.log}\n{self.log_end()}")

    # Looking at it

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def connect(self, **options) -> Connection:
        return Connection(self.address, **options)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def check_alive(self):
        """Alive and answering: what every hostile input must leave behind."""
        if not self.is_alive():
            raise ServerFailed(f"the server ended with {self.process.poll()}\n{self.log_end()}")

    def log_end(self, lines: int = 40) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return "(no log)"

    def info(self, section: str = "everything") -> dict:
        """INFO as a dictionary of its fields."""
        with self.connect() as connection:
            text = connection.ask("INFO", section)
        fields = {}
        for line in text.decode().split("\r\n"):
            name, colon, value = line.partition(":")
            if colon:
                fields[name] = value
        return fields

    def rss(self) -> int:
        """Resident bytes of the process."""
        return self._status("VmRSS")

    def peak_rss(self) -> int:
        """The most that was resident since `forget_peak`."""
        return self._status("VmHWM")

    def forget_peak(self):
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def _status(self, field: str) -> int:
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) * 1024
        return 0

    def cpu_seconds(self) -> float:
        """CPU time of all threads, with the scheduler's nanoseconds where the kernel keeps them."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                total += int((task / "schedstat").read_text().split()[0])
            except (OSError, IndexError, ValueError):
                continue
        return total / 1e9
