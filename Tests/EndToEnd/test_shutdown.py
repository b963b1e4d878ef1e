"""Ending: SIGTERM and SHUTDOWN stop accepting, finish what is in flight, and exit 0."""

import signal
import threading
import time

import pytest

from support import settings
from support.load import Flood
from support.resp import Connection, ConnectionClosed, Incomplete, encode, parse, reply_end
from support.server import free_port

END_SECONDS = 10


def _end(server, seconds: float = END_SECONDS) -> int:
    """Waits for the exit that something else has asked for."""
    process, server.process = server.process, None
    return process.wait(seconds)


class Worker(threading.Thread):
    """Sends pipelines and counts whole replies until the connection ends."""

    def __init__(self, server):
        super().__init__()
        self.connection = server.connect()
        self.whole = 0
        self.rest = b""
        self.ended = False

    def run(self):
        request = encode("INCR", "n") + encode("GET", "k")
        try:
            while True:
                self.connection.send(request * 50)
                self.whole += len(self.connection.read_many(100))
        except ConnectionClosed as closed:
            self._count(closed.received)
        except OSError:
            self._count(bytes(self.connection.buffer))
        self.ended = True

    def _count(self, data: bytes):
        position = 0
        try:
            while position < len(data):
                position = reply_end(data, position)
                self.whole += 1
        except Incomplete:
            self.rest = data[position:]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_under_load(start, cores, number):
    server = start(cores=cores)
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 2000)
    workers = [Worker(server) for _ in range(8)]
    for worker in workers:
        worker.start()
    time.sleep(0.5)
    server.process.send_signal(number)
    assert _end(server) == 0
    for worker in workers:
        worker.join(5)
        assert worker.ended and worker.whole > 0
        assert not worker.rest, f"a reply was cut: {worker.rest[:100]!r}"


def test_signal_under_load_with_a_last_snapshot(start, cores, folder):
    """Writers are held for the last snapshot; they go with the node, and what they were told is in the file."""
    server = start({"save": "3600 1", "dir": folder}, cores=cores)
    workers = [Worker(server) for _ in range(8)]
    for worker in workers:
        worker.start()
    time.sleep(0.5)
    server.process.send_signal(signal.SIGTERM)
    assert _end(server, 5) == 0
    for worker in workers:
        worker.join(5)
        assert worker.ended and not worker.rest
    with start({"dir": folder}, cores=cores).connect() as connection:
        assert int(parse(connection.command("GET", "n"))) >= sum((worker.whole + 1) // 2 for worker in workers)


def test_signal_while_writers_are_paused(start, cores):
    server = start(cores=cores)
    with server.connect() as connection, server.connect() as writer:
        connection.command("CLIENT", "PAUSE", "60000", "WRITE")
        writer.send(encode("SET", "k", "v"))
        time.sleep(0.1)
        server.process.send_signal(signal.SIGTERM)
        assert _end(server, 3) == 0
        assert writer.read_to_close() == b""


@pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="core ports are ours")
@pytest.mark.parametrize("core", [0, 1])
def test_a_core_without_clients_stays_for_those_of_others(start, core):
    """A core that is busy when the signal comes asks the other one for keys only afterwards."""
    base = free_port(run=3)
    server = start({"core-ports": "yes", "core-port-base": base + 1}, cores=2, port=base)
    with Connection(("127.0.0.1", base + 1 + core)) as connection:
        connection.send(encode("DEBUG", "SLEEP", "1") + b"".join(encode("SET", f"k{key}", "v") for key in range(50)))
        time.sleep(0.3)
        server.process.send_signal(signal.SIGTERM)
        assert connection.read_to_close() == b"+OK\r\n" * 51
    assert _end(server, 3) == 0


def test_requests_already_sent_are_answered(start, cores):
    """What a client sent before the signal is in flight: its replies come, then the end."""
    server = start(cores=cores)
    if server.is_redis:
        pytest.skip("redis-server may drop replies that were not yet written")
    connections = [server.connect() for _ in range(20)]
    for number, connection in enumerate(connections):
        connection.command("PING")
        connection.send(encode("SET", f"k{number}", "v") * 200)
    time.sleep(0.05)
    server.process.send_signal(signal.SIGTERM)
    for connection in connections:
        assert connection.read_to_close() == b"+OK\r\n" * 200
    assert _end(server) == 0


def test_signal_with_a_reader_that_never_reads(start, cores):
    """A stuck client must not keep the node from ending for longer than `shutdown-timeout`."""
    server = start({"shutdown-timeout": "2"}, cores=cores)
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 1_000_000)
    with Flood(server.address, encode("GET", "k") * 50, receive_buffer=4096) as flood:
        flood.run(1)
        server.process.send_signal(signal.SIGTERM)
        assert _end(server, 8) == 0


def test_signal_when_idle_is_quick(start, cores):
    server = start(cores=cores)
    connections = [server.connect() for _ in range(50)]
    began = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    assert _end(server) == 0 and time.monotonic() - began < 2
    for connection in connections:
        assert connection.read_to_close() == b""


@pytest.mark.parametrize("words", [["SHUTDOWN"], ["SHUTDOWN", "NOSAVE"], ["shutdown", "nosave", "now"], ["SHUTDOWN", "NOSAVE", "FORCE"]], ids=" ".join)
def test_shutdown_command(start, words):
    server = start(cores=2)
    with server.connect() as connection:
        connection.send(encode(*words))
        assert connection.read_to_close() == b""
    assert _end(server) == 0


def test_the_port_is_free_again_at_once(start):
    first = start()
    with Connection(first.address) as connection:
        connection.command("PING")
        first.process.send_signal(signal.SIGTERM)
        assert _end(first) == 0
    second = start(port=first.port)
    assert second.is_alive()


def test_killed_and_started_again(start):
    """kill -9 leaves nothing that would keep the next start from the port."""
    first = start()
    with Connection(first.address) as connection:
        connection.command("PING")
        first.kill()
        first.process = None
    assert start(port=first.port).is_alive()
