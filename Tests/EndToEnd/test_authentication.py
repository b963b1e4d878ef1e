"""AUTH and HELLO with a password set, and what the unauthenticated may do."""

import pytest

from support import settings
from support.compare import same
from support.resp import Connection, encode, shown, words
from support.server import Server

PASSWORD = "s3cret"


@pytest.fixture(scope="module")
def ours():
    with Server(directives={"requirepass": PASSWORD}) as server:
        yield server


@pytest.fixture(scope="module")
def theirs():
    with Server(binary=settings.REDIS, directives={"requirepass": PASSWORD}) as server:
        yield server


FLOWS = {
    "nothing works before": ["PING", "GET k", "ECHO a", "SELECT 0", "CLIENT ID", "COMMAND", "FOO", "GET", "INFO", "CONFIG GET *"],
    "wrong password": ["AUTH wrong", "PING", "AUTH default wrong", "AUTH nobody s3cret", "AUTH s3cret extra words"],
    "right password": ["AUTH s3cret", "PING", "AUTH wrong", "PING", "AUTH default s3cret", "AUTH"],
    "user and password": ["AUTH default s3cret", "PING"],
    "hello without": ["HELLO 3", "HELLO", "HELLO 2", "HELLO 4", "HELLO abc", "PING"],
    "hello with": ["HELLO 3 AUTH default s3cret", "PING", "GET missing"],
    "hello with and a name": ["HELLO 3 AUTH default s3cret SETNAME me", "CLIENT GETNAME"],
    "hello wrong": ["HELLO 3 AUTH default wrong", "PING", "HELLO 2 AUTH nobody s3cret", "HELLO 4 AUTH default s3cret", "PING"],
    "reset logs out": ["AUTH s3cret", "PING", "RESET", "PING", "GET k"],
    "quit": ["QUIT"],
}


@pytest.mark.parametrize("flow", FLOWS)
def test_flow(ours, theirs, flow):
    with ours.connect() as a, theirs.connect() as b:
        for line in FLOWS[flow]:
            arguments = words(line)
            our_reply, their_reply = a.command(*arguments), b.command(*arguments)
            assert same(arguments, our_reply, their_reply), f"{line}: {shown(our_reply)}, not {shown(their_reply)}"


def test_quit_closes(ours):
    with ours.connect() as connection:
        connection.send(encode("QUIT") + encode("PING"))
        assert connection.read_to_close() == b"+OK\r\n"


def test_password_set_at_run_time(start):
    server = start()
    with server.connect() as first, server.connect() as second:
        assert first.command("CONFIG", "SET", "requirepass", PASSWORD) == b"+OK\r\n"
        assert second.command("PING") in (b"+PONG\r\n",), "connections of before stay logged in"
        with server.connect() as third:
            assert third.command("PING").startswith(b"-NOAUTH")
            assert third.command("AUTH", PASSWORD) == b"+OK\r\n"
        assert first.command("CONFIG", "SET", "requirepass", "") == b"+OK\r\n"


@pytest.mark.parametrize("request_bytes", [
    b"*11\r\n" + b"$1\r\na\r\n" * 11,
    b"*2\r\n$4\r\nAUTH\r\n$16385\r\n" + b"x" * 16385 + b"\r\n",
    b"*1000000\r\n",
], ids=["11 arguments", "16385 bytes", "a million arguments"])
def test_tight_limits_before_login(ours, theirs, request_bytes):
    replies = [_until_closed(server, request_bytes) for server in (ours, theirs)]
    assert replies[0] == replies[1] and replies[0].startswith(b"-ERR Protocol error: unauthenticated")


def _until_closed(server, request_bytes) -> bytes:
    with Connection(server.address) as connection:
        connection.send(request_bytes)
        return connection.read_to_close(5)


def test_limits_are_lifted_by_login(ours):
    with ours.connect() as connection:
        connection.command("AUTH", PASSWORD)
        assert connection.ask("ECHO", "x" * 20_000) == b"x" * 20_000
        assert connection.ask("EXISTS", *["k"] * 20) == 0
