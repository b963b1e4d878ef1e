"""Connections by the thousand: accepted, cheap while idle, and refused in Redis's words at the limit."""

import os
import time
from contextlib import contextmanager

import pytest

from support.resp import Connection
from support.server import raise_file_limit

IDLE = 10_000
IDLE_BYTES_MOST = 2048
MANY = 20_000
SPARE = 200  # files a process needs beside its connections


@pytest.fixture(scope="module", autouse=True)
def files() -> int:
    """The limit of open files, raised as far as this process may; servers that it starts inherit the hard limit."""
    limit = raise_file_limit(MANY + 2000)
    if limit < IDLE + SPARE:
        pytest.skip(f"this process may open only {limit} files")
    return limit


@contextmanager
def _opened(server, count: int):
    """`count` connections, from several loopback addresses so that local ports do not run out."""
    connections = []
    try:
        for number in range(count):
            connections.append(Connection(server.address, source=(f"127.0.0.{2 + number // 8000}", 0), timeout=20))
        yield connections
    finally:
        for connection in connections:
            connection.close()


def _start(start, maxclients: int, **options):
    """Redis takes 127.0.0.1 alone for loopback; protected-mode would refuse the other addresses."""
    return start({"maxclients": str(maxclients), "protected-mode": "no"}, **options)


def test_refused_at_maxclients(start, cores):
    server = _start(start, 20, cores=cores)
    # The connection that found the server up has been closed by us; its core may not have noticed yet.
    assert _eventually(lambda: server.info("clients")["connected_clients"] == "1")
    time.sleep(0.2)
    with _opened(server, 20) as connections:
        for connection in connections:
            assert connection.command("PING") == b"+PONG\r\n"
        with Connection(server.address) as refused:
            assert refused.read_to_close() == b"-ERR max number of clients reached\r\n"
        connections.pop().close()
        assert _eventually(lambda: _pings(server))
        text = connections[0].ask("INFO", "stats").decode()
        assert int(text.split("rejected_connections:")[1].split("\r\n")[0]) >= 1


def _pings(server) -> bool:
    with Connection(server.address) as connection:
        try:
            return connection.command("PING") == b"+PONG\r\n"
        except Exception:
            return False


def _eventually(question, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(0.05)
    return False


def test_maxclients_at_run_time(start, cores):
    server = start(cores=cores)
    with server.connect() as connection:
        assert connection.command("CONFIG", "SET", "maxclients", "1") == b"+OK\r\n"
        with Connection(server.address) as refused:
            assert refused.read_to_close() == b"-ERR max number of clients reached\r\n"
        assert connection.command("CONFIG", "SET", "maxclients", "100") == b"+OK\r\n"
        assert _pings(server)


def test_twenty_thousand(start, cores, files):
    """All are accepted and all are answered; the node raises its own file limit, here from 1024.

    Where the hard limit of this machine is lower, as many as it lets a process have.
    """
    many = min(MANY, files - SPARE)
    server = _start(start, many + 50, cores=cores, file_limit=1024)
    with _opened(server, many) as connections:
        for connection in connections:
            connection.send(b"PING\r\n")
        for connection in connections:
            assert connection.read() == b"+PONG\r\n"
        assert int(server.info("clients")["connected_clients"]) >= many
    assert _eventually(lambda: int(server.info("clients")["connected_clients"]) < 10)
    print(f"{many} connections")


def test_idle_connections_are_cheap(start, cores):
    """Ten thousand that have each said something and now wait: at most 2 KiB each of our memory, and no CPU."""
    server = _start(start, IDLE + 150, cores=cores)
    with _opened(server, 100):
        pass  # first costs are not theirs
    before, used_before = server.rss(), int(server.info("memory")["used_memory"])
    with _opened(server, IDLE) as connections:
        for connection in connections:
            connection.command("PING")
        time.sleep(1)
        used, resident = int(server.info("memory")["used_memory"]) - used_before, server.rss() - before
        cpu = server.cpu_seconds()
        time.sleep(2)
        cpu = server.cpu_seconds() - cpu
    print(f"per idle connection: {used / IDLE:.0f} B of used_memory, {resident / IDLE:.0f} B resident; CPU {cpu * 1000:.1f} ms in 2 s")
    if not server.is_redis:
        assert used <= IDLE * IDLE_BYTES_MOST
        assert resident <= IDLE * IDLE_BYTES_MOST
        assert cpu < 0.01


def test_an_idle_node_sleeps(start, cores):
    server = start(cores=cores)
    time.sleep(0.5)
    before = server.cpu_seconds()
    time.sleep(2)
    used = server.cpu_seconds() - before
    print(f"CPU {used * 1000:.1f} ms in 2 s")
    assert used < (0.1 if server.is_redis else 0.01)


def test_file_descriptors_run_out(start, cores):
    """At the process's limit of open files the node neither spins nor dies, and goes on when files are free again."""
    server = _start(start, 1000, cores=cores)
    _limit_files(server, 64)
    with _opened(server, 100) as connections:
        before = server.cpu_seconds()
        time.sleep(1)
        if not server.is_redis:  # redis-server spins here
            assert server.cpu_seconds() - before < 0.2
        assert connections[0].command("PING") == b"+PONG\r\n"
    assert _eventually(lambda: _pings(server))


def _limit_files(server, count: int):
    """Lowers the limit of the running process."""
    import resource

    used = len(os.listdir(f"/proc/{server.process.pid}/fd"))
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (used + count, used + count))
