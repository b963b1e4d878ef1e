"""Connections that end badly: half-closed, reset, abandoned, by the thousand. Nothing may leak."""

import os
import socket
import time

import pytest

from support.load import Bystander, Flood
from support.resp import Connection, encode


@pytest.fixture
def server(start, cores):
    return start(cores=cores)


def _clients(server) -> int:
    return int(server.info("clients")["connected_clients"])


def _clients_by(connection) -> int:
    """The same, asked over a connection that is there already."""
    return len(connection.ask("CLIENT", "LIST").splitlines())


def _descriptors(server) -> int:
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))


def _settles(question, wanted, seconds: float = 5.0):
    """Waits until `question()` gives at most `wanted`. What it gave last counts: asking may itself open a connection,
    and connections reset in the accept queue still come and go."""
    deadline = time.monotonic() + seconds
    while (answer := question()) > wanted:
        assert time.monotonic() < deadline, f"still {answer} after {seconds} s, at most {wanted} wanted"
        time.sleep(0.05)


def test_half_closed_after_requests(server):
    """A client that has said all it will say still gets its answers, then the end."""
    with Connection(server.address) as connection:
        connection.send(encode("PING") * 1000)
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.read_to_close() == b"+PONG\r\n" * 1000


def test_half_closed_in_the_middle_of_a_request(server):
    with Connection(server.address) as connection:
        connection.send(encode("PING") + b"*2\r\n$3\r\nGET\r\n$10\r\nabc")
        connection.socket.shutdown(socket.SHUT_WR)
        assert connection.read_to_close() == b"+PONG\r\n"


def test_half_closed_with_large_replies(server):
    """Many megabytes of replies to a client that closed its half: they come or they do not, but nothing stays."""
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 1_000_000)
    before = _descriptors(server)
    for _ in range(20):
        connection = Connection(server.address, receive_buffer=4096)
        connection.send(encode("GET", "k") * 10)
        connection.socket.shutdown(socket.SHUT_WR)
        connection.close()
    _settles(lambda: _descriptors(server), before)


def test_resets_with_replies_under_way(server):
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 1_000_000)
    before = _descriptors(server)
    with Bystander(server):
        for _ in range(200):
            Flood(server.address, encode("GET", "k") * 20, receive_buffer=4096).run(0.02).abort()
        _settles(lambda: _descriptors(server), before + 1)
    _settles(lambda: _clients(server), 1)


def test_connect_and_leave(server):
    """Five thousand connections that say nothing, a third of them reset."""
    before = _descriptors(server)
    with Bystander(server):
        for number in range(5000):
            flood = Flood(server.address, b"")
            flood.abort() if number % 3 == 0 else flood.close()
    _settles(lambda: _descriptors(server), before)
    _settles(lambda: _clients(server), 1)


def test_one_request_per_connection(server):
    for number in range(2000):
        with Connection(server.address) as connection:
            assert connection.command("INCR", "n") == b":%d\r\n" % (number + 1)
    _settles(lambda: _clients(server), 1)


def test_killed_while_it_floods(server):
    """CLIENT KILL in the midst of a pipeline of large replies."""
    with server.connect() as killer:
        killer.command("SET", "k", "v" * 100_000)
        for _ in range(20):
            flood = Flood(server.address, encode("GET", "k") * 200, receive_buffer=4096).run(0.05)
            _settles(lambda: 2 - _clients_by(killer), 0)
            assert killer.ask("CLIENT", "KILL", "TYPE", "normal") == 1
            flood.drain(2)
            assert flood.closed
            flood.close()
    _settles(lambda: _clients(server), 1)


def test_idle_timeout(start, cores):
    """`timeout 1` closes the idle and spares the busy."""
    server = start({"timeout": "1"}, cores=cores)
    with server.connect() as idle, server.connect() as busy:
        idle.command("PING")
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            busy.command("PING")
            if idle.read_for(0.1) == b"" and _is_closed(idle):
                break
        assert _is_closed(idle)
        assert busy.command("PING") == b"+PONG\r\n"


def _is_closed(connection) -> bool:
    connection.socket.settimeout(0.01)
    try:
        return connection.socket.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True
