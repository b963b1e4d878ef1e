"""What a client can make the server hold: memory grows with the bytes it sent, not with those it promised."""

import time

import pytest

from support import settings
from support.load import Bystander, Flood
from support.resp import Connection, encode
from support.server import Server, raise_file_limit

MIB = 1 << 20
SLOW_SECONDS = 0.25  # what a bystander may wait at the 99th percentile; both cores are busy with the test itself


@pytest.fixture
def server(start, cores):
    return start(cores=cores)


def _start_watching(server) -> int:
    server.forget_peak()
    return server.rss()


def _growth(server, before: int) -> int:
    """The most it has held since, beyond what it held before: a spike counts as much as a leak."""
    return server.peak_rss() - before


CLAIMS = {
    "a million arguments": b"*1048576\r\n",
    "a million arguments, one begun": b"*1048576\r\n$3\r\nSET\r\n$1\r\n",
    "half a gigabyte": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n",
    "half a gigabyte, begun": b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n" + b"x" * 1000,
    "a key of half a gigabyte": b"*2\r\n$3\r\nGET\r\n$536870912\r\nx",
    "an inline line": b"SET k " + b"x" * 1000,
}


@pytest.mark.parametrize("claim", CLAIMS)
def test_claims_followed_by_silence(server, claim):
    """A thousand connections promise much and send little."""
    count = 1000
    raise_file_limit(8192)
    before = _start_watching(server)
    connections = [Connection(server.address) for _ in range(count)]
    for connection in connections:
        connection.send(CLAIMS[claim])
    with Bystander(server) as bystander, server.connect() as other:
        for number in range(500):
            other.command("SET", f"k{number}", "v")
    # A connection costs its buffers whatever it says: 48 KiB each is far below any claim here.
    assert _growth(server, before) < count * 48 * 1024
    assert bystander.percentile(0.99) < SLOW_SECONDS
    for connection in connections:
        connection.close()


def test_a_large_bulk_that_drips(server):
    """Half a gigabyte announced, 4 MiB sent: about 4 MiB held."""
    before = _start_watching(server)
    with Connection(server.address) as connection:
        connection.send(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$536870912\r\n")
        for _ in range(64):
            connection.send(b"x" * 65536)
        with server.connect() as other:
            assert other.command("PING") == b"+PONG\r\n"
        assert _growth(server, before) < 24 * MIB


def test_memory_comes_back(server):
    """A 64 MiB value and its reply leave nothing behind once they are gone."""
    with Connection(server.address, timeout=30) as connection:
        connection.command("SET", "warm", "x" * MIB)
        before = _start_watching(server)
        value = b"y" * (64 * MIB)
        assert connection.command("SET", "large", value) == b"+OK\r\n"
        assert connection.ask("STRLEN", "large") == len(value)
        assert connection.command("DEL", "large") == b":1\r\n"
    with server.connect() as other:
        other.command("MEMORY", "PURGE")
        assert int(server.info("memory")["used_memory"]) < 32 * MIB
    assert server.rss() - before < 32 * MIB


def test_a_million_requests_unread(server):
    """One client sends a million GETs and reads nothing for a while; then every reply is there, in order."""
    count = settings.scaled(1_000_000, 5_000_000)
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 16)
    request, reply = encode("GET", "k"), b"$16\r\n" + b"v" * 16 + b"\r\n"
    before = _start_watching(server)
    with Bystander(server) as bystander, Flood(server.address, request * count) as flood:
        flood.run(60)
        assert flood.drain(120, wanted=count * len(reply)) == count * len(reply)
        # Requests in waiting and replies in waiting, both in proportion to what was sent.
        assert _growth(server, before) < 4 * flood.sent + 32 * MIB
    assert bystander.percentile(0.99) < SLOW_SECONDS


def test_replies_do_not_pile_up(server):
    """A small request may have a large reply: 100,000 GETs of 10 KB, unread, would be 1 GB."""
    if server.is_redis:
        pytest.skip("redis-server keeps all replies of a normal client unless told otherwise")
    count, size = 100_000, 10_000
    with server.connect() as connection:
        connection.command("SET", "k", "v" * size)
    before = _start_watching(server)
    with Bystander(server) as bystander, Flood(server.address, encode("GET", "k") * count) as flood:
        flood.run(30)
        wanted = count * (len(b"$%d\r\n" % size) + size + 2)
        assert flood.drain(120, wanted=wanted) == wanted
        assert _growth(server, before) < 2 * flood.sent + 64 * MIB
    assert bystander.percentile(0.99) < SLOW_SECONDS


def test_many_slow_readers(server):
    """200 clients each ask for 20 MB and read none of it: 4 GB, if all of it were kept."""
    if server.is_redis:
        pytest.skip("redis-server keeps all replies of a normal client unless told otherwise")
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 10_000)
    before = _start_watching(server)
    with Bystander(server) as bystander, server.connect() as other:
        floods = [Flood(server.address, encode("GET", "k") * 2000, receive_buffer=4096).run(5) for _ in range(200)]
        for number in range(1000):
            assert other.command("SET", f"k{number}", "v") == b"+OK\r\n"
            time.sleep(0.001)
    # For each client 1 MiB of replies, and what 256 requests under way to another core bring.
    assert _growth(server, before) < 800 * MIB
    assert bystander.percentile(0.99) < SLOW_SECONDS
    for flood in floods:
        flood.abort()


def _is_cut(flood, wanted: int, seconds: float) -> bool:
    """True when the server closed before all that was asked for came."""
    return flood.drain(seconds, wanted=wanted) < wanted and flood.closed


def test_hard_output_limit(start, cores):
    """A client beyond `client-output-buffer-limit` is closed; others are not."""
    server = start([("client-output-buffer-limit", ["normal", "1mb", "0", "0"])], cores=cores)
    with server.connect() as connection:
        connection.command("SET", "k", "v" * 100_000)
    with Bystander(server), Flood(server.address, encode("GET", "k") * 1000, receive_buffer=4096) as flood:
        flood.run(3)
        assert _is_cut(flood, 100_000_000, 20)


def test_soft_output_limit(start, cores):
    """Over the soft limit for longer than its seconds: closed; a client that reads stays."""
    server = start(cores=cores)
    with server.connect() as connection:
        connection.command("CONFIG", "SET", "client-output-buffer-limit", "normal 0 256kb 1")
        connection.command("SET", "k", "v" * 100_000)
        with Flood(server.address, encode("GET", "k") * 1000, receive_buffer=4096) as flood:
            flood.run(4)
            for _ in range(25):
                assert connection.ask("STRLEN", "k") == 100_000
                time.sleep(0.1)
            assert _is_cut(flood, 100_000_000, 20)


def test_query_buffer_limit(start):
    """More unprocessed input than `client-query-buffer-limit`: closed."""
    server = start([("client-query-buffer-limit", "1mb")])
    with Bystander(server), Flood(server.address, b"*2\r\n$4\r\nECHO\r\n$8000000\r\n" + b"x" * 8_000_000) as flood:
        flood.run(5)
        flood.drain(5)
        assert flood.closed


def test_the_unauthenticated_cannot_pile_up_replies(cores):
    """A million refusals, unread, by someone who never logged in."""
    with Server(cores=cores, directives={"requirepass": "s3cret"}) as server:
        before = _start_watching(server)
        with Flood(server.address, b"PING\r\n" * 1_000_000, receive_buffer=4096) as flood:
            flood.run(10)
            limit = 64 if server.is_redis else 16
            assert _growth(server, before) < limit * MIB
        with server.connect() as other:
            assert other.command("AUTH", "s3cret") == b"+OK\r\n"


def test_an_endless_login(cores):
    """An unauthenticated megabyte of one request is refused, not kept."""
    with Server(cores=cores, directives={"requirepass": "s3cret"}) as server:
        with Flood(server.address, encode("AUTH", "x" * 4_000_000)) as flood:
            flood.run(5)
            flood.drain(5)
            assert flood.closed
        assert server.rss() < 256 * MIB


def test_monitors_that_do_not_read(start):
    """MONITOR makes others' traffic pile up for a client that does not read: beyond its limit it is cut."""
    limits = ["normal", "4mb", "0", "0", "replica", "4mb", "0", "0"]
    server = start([("client-output-buffer-limit", limits)])
    monitors = [Flood(server.address, encode("MONITOR"), receive_buffer=4096).run(1) for _ in range(20)]
    before = _start_watching(server)
    with server.connect(timeout=30) as connection:
        for _ in range(50):
            connection.pipeline([("SET", "k", "v" * 1000)] * 500)
        assert connection.ask("CLIENT", "LIST").count(b"flags=O") == 0
    assert _growth(server, before) < 200 * MIB
    for monitor in monitors:
        monitor.close()
