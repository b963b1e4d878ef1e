"""protected-mode: without a password, only loopback may come in; others read why."""

import os
import subprocess

import pytest

from support import settings
from support.resp import Connection, parse
from support.server import Server

ADDRESS = "198.51.100.7"  # of the range kept for documentation: nobody's


@pytest.fixture(scope="module")
def outside():
    """An address of this machine that is not loopback: its own, or one made for the test."""
    found = subprocess.run(["hostname", "-I"], stdout=subprocess.PIPE, text=True).stdout.split()
    for address in found:
        if ":" not in address and not address.startswith("127."):
            yield address
            return
    if os.geteuid() != 0:
        pytest.skip("no address but loopback, and only root can add one")
    subprocess.run(["ip", "link", "add", "coronet-test", "type", "dummy"], check=True)
    try:
        subprocess.run(["ip", "addr", "add", f"{ADDRESS}/32", "dev", "coronet-test"], check=True)
        subprocess.run(["ip", "link", "set", "coronet-test", "up"], check=True)
        yield ADDRESS
    finally:
        subprocess.run(["ip", "link", "del", "coronet-test"], check=False)


def _refusal(server, address) -> bytes:
    with Connection((address, server.port)) as connection:
        return connection.read_to_close(5)


def test_refused_with_the_explanation(start, cores, outside):
    server = start([("bind", "* -::*".split())], cores=cores)
    refusal = _refusal(server, outside)
    assert refusal.startswith(b"-DENIED ") and refusal.endswith(b"\r\n")
    assert b"protected mode" in refusal and b"requirepass" in refusal.replace(b"authentication password", b"requirepass")
    with server.connect() as connection:
        assert connection.command("PING") == b"+PONG\r\n"
    assert int(server.info("stats")["rejected_connections"]) >= 1


def test_same_words_as_redis(start, outside):
    """Clients and people search for these words."""
    ours = start([("bind", "* -::*".split())])
    with Server(binary=settings.REDIS, directives=[("bind", "* -::*".split())]) as theirs:
        assert _refusal(ours, outside).split(b" ")[0] == _refusal(theirs, outside).split(b" ")[0]


@pytest.mark.parametrize("directives", [{"protected-mode": "no"}, {"requirepass": "s3cret"}], ids=["switched off", "password"])
def test_let_in(start, outside, directives):
    server = start([("bind", "* -::*".split()), *directives.items()])
    with Connection((outside, server.port)) as connection:
        if "requirepass" in directives:
            assert connection.command("AUTH", "s3cret") == b"+OK\r\n"
        assert connection.command("PING") == b"+PONG\r\n"


def test_switched_at_run_time(start, outside):
    server = start([("bind", "* -::*".split())])
    with server.connect() as connection:
        assert connection.command("CONFIG", "SET", "protected-mode", "no") == b"+OK\r\n"
        with Connection((outside, server.port)) as other:
            assert other.command("PING") == b"+PONG\r\n"
        assert parse(connection.command("CONFIG", "SET", "protected-mode", "yes")) == b"OK"
    assert _refusal(server, outside).startswith(b"-DENIED ")


def test_bind_keeps_others_out(start, outside):
    server = start([("bind", "127.0.0.1")])
    with pytest.raises(OSError):
        Connection((outside, server.port), timeout=2)
