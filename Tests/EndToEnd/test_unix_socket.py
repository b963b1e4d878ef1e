"""The Unix socket listener beside the TCP port."""

import os
import stat

import pytest

from support.resp import Connection, encode


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "coronet.sock")


def test_serves(start, cores, path):
    server = start([("unixsocket", path), ("unixsocketperm", "700")], cores=cores)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
    with Connection(path) as one, server.connect() as two:
        assert one.command("SET", "k", "v") == b"+OK\r\n"
        assert two.ask("GET", "k") == b"v"
        own = one.ask("CLIENT", "INFO").decode()
        assert f"addr={path}:0 " in own and "flags=U" in own
        assert one.pipeline([("GET", "k")] * 1000) == [b"$1\r\nv\r\n"] * 1000


def test_many_at_once(start, cores, path):
    start([("unixsocket", path)], cores=cores)
    connections = [Connection(path) for _ in range(200)]
    for number, connection in enumerate(connections):
        connection.send(encode("SET", f"k{number}", number) + encode("GET", f"k{number}"))
    for number, connection in enumerate(connections):
        assert connection.read_many(2)[1] == b"$%d\r\n%d\r\n" % (len(str(number)), number)


def test_without_a_tcp_port(start, path):
    """`port 0`: only the Unix socket."""
    from support.server import Server, free_port

    server = Server(directives=[("unixsocket", path), ("port", "0")], port=free_port())
    server.start(wait=False)
    try:
        _wait_for(path)
        with Connection(path) as connection:
            assert connection.command("PING") == b"+PONG\r\n"
        with pytest.raises(OSError):
            server.connect()
    finally:
        server.stop()


def _wait_for(path: str):
    import time

    for _ in range(200):
        if os.path.exists(path):
            return
        time.sleep(0.02)


def test_a_stale_socket_file_is_replaced_and_removed(start, path):
    """What a killed server left behind does not keep the next from starting; a stopped one leaves nothing."""
    first = start([("unixsocket", path)])
    first.kill()
    first.process = None
    second = start([("unixsocket", path)])
    with Connection(path) as connection:
        assert connection.command("PING") == b"+PONG\r\n"
    second.stop()
    assert not os.path.exists(path)
