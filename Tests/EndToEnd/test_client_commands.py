"""CLIENT: what connections know and do to each other."""

import re
import time

import pytest

from support.resp import ConnectionClosed, ErrorReply, encode

# redis-server 7.0.15's fields; ours may add the ones of later versions behind them.
FIELDS = ("id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem multi-mem rbs rbp obl oll "
          "omem tot-mem events cmd user redir resp").split()


def _fields(line: str) -> dict:
    return dict(part.split("=", 1) for part in line.split(" "))


def _own(connection) -> dict:
    return _fields(connection.ask("CLIENT", "INFO").decode().rstrip("\n"))


def test_list_lines(node):
    with node.connect() as one, node.connect(protocol=3) as two:
        one.command("CLIENT", "SETNAME", "one")
        two.command("SELECT", 5)
        text = two.ask("CLIENT", "LIST").decode()
    assert text.endswith("\n") and "\r" not in text
    lines = [_fields(line) for line in text[:-1].split("\n")]
    named = next(line for line in lines if line["name"] == "one")
    names = [name for name in named if name in FIELDS]
    assert names == FIELDS
    assert re.fullmatch(r"127\.0\.0\.1:\d+", named["addr"]) and named["laddr"].endswith(f":{node.port}")
    other = next(line for line in lines if line["cmd"] == "client|list")
    assert other["db"] == "5" and other["resp"] == "3" and other["user"] == "default"


def test_info_is_the_list_line(node):
    with node.connect() as connection:
        own = _own(connection)
        assert own["cmd"] == "client|info"
        assert int(own["id"]) == connection.ask("CLIENT", "ID")
        listed = connection.ask("CLIENT", "LIST", "ID", own["id"]).decode()
        assert _fields(listed.rstrip("\n"))["addr"] == own["addr"]


def test_list_by_type_and_ids(node):
    with node.connect() as one, node.connect() as two:
        ids = [str(connection.ask("CLIENT", "ID")) for connection in (one, two)]
        listed = one.ask("CLIENT", "LIST", "ID", *ids).decode().splitlines()
        assert [_fields(line)["id"] for line in listed] == ids
        assert len(one.ask("CLIENT", "LIST", "TYPE", "normal").decode().splitlines()) >= 2
        assert one.ask("CLIENT", "LIST", "TYPE", "pubsub") == b""


def test_ids_grow(node):
    with node.connect() as one:
        first = one.ask("CLIENT", "ID")
    with node.connect() as two:
        assert two.ask("CLIENT", "ID") > first


def test_setinfo(node1):
    if node1.is_redis:
        pytest.skip("redis-server 7.0 does not know CLIENT SETINFO")
    with node1.connect() as connection:
        assert connection.command("CLIENT", "SETINFO", "LIB-NAME", "redis-py") == b"+OK\r\n"
        assert connection.command("CLIENT", "SETINFO", "lib-ver", "8.1.0") == b"+OK\r\n"
        own = _own(connection)
        assert own["lib-name"] == "redis-py" and own["lib-ver"] == "8.1.0"
        for words in (["LIB-NAME", "with space"], ["LIB-NAME"], ["NOSUCH", "x"], ["LIB-VER", "new\nline"]):
            assert isinstance(connection.ask("CLIENT", "SETINFO", *words), ErrorReply)


@pytest.mark.parametrize("how", ["id", "addr", "old form", "laddr and id"])
def test_kill(node, how):
    with node.connect() as killer, node.connect() as victim:
        own = _own(victim)
        words, answer = {
            "id": (["ID", own["id"]], 1), "addr": (["ADDR", own["addr"]], 1), "old form": ([own["addr"]], b"OK"),
            "laddr and id": (["LADDR", own["laddr"], "ID", own["id"]], 1),
        }[how]
        assert killer.ask("CLIENT", "KILL", *words) == answer
        with pytest.raises(ConnectionClosed):
            victim.command("PING")
        assert killer.command("PING") == b"+PONG\r\n"


def test_kill_oneself(node):
    with node.connect() as connection:
        own = str(connection.ask("CLIENT", "ID"))
        assert connection.ask("CLIENT", "KILL", "ID", own) == 0, "SKIPME is yes unless said otherwise"
        assert connection.ask("CLIENT", "KILL", "ID", own, "SKIPME", "no") == 1
        with pytest.raises(ConnectionClosed):
            connection.command("PING")


def test_kill_by_type_and_user(start, cores):
    server = start(cores=cores)
    with server.connect() as killer:
        victims = [server.connect() for _ in range(5)]
        for victim in victims:
            victim.command("PING")
        assert killer.ask("CLIENT", "KILL", "TYPE", "normal", "USER", "default") == 5
        for victim in victims:
            with pytest.raises(ConnectionClosed):
                victim.command("PING")


def test_reply_off_skip_on(node, redis):
    request = b"".join(encode(*words) for words in [
        ["CLIENT", "REPLY", "SKIP"], ["SET", "k", "1"], ["GET", "k"], ["CLIENT", "REPLY", "OFF"], ["SET", "k", "2"], ["PING"],
        ["CLIENT", "REPLY", "SKIP"], ["PING"], ["PING"], ["CLIENT", "REPLY", "ON"], ["GET", "k"], ["ECHO", "end"]])
    received = []
    for server in (node, redis):
        with server.connect() as connection:
            connection.send(request)
            received.append(connection.read_until(b"$3\r\nend\r\n"))
    assert received[0] == received[1]


def test_pause_holds_writes_only(node):
    with node.connect() as pauser, node.connect() as writer, node.connect() as reader:
        pauser.command("SET", "k", "old")
        assert pauser.command("CLIENT", "PAUSE", 5000, "WRITE") == b"+OK\r\n"
        writer.send(encode("SET", "k", "new"))
        assert reader.ask("GET", "k") == b"old"
        assert writer.read_for(0.1) == b""
        assert pauser.command("CLIENT", "UNPAUSE") == b"+OK\r\n"
        assert writer.read() == b"+OK\r\n"
        assert reader.ask("GET", "k") == b"new"


def test_pause_of_all_ends_by_itself(node):
    with node.connect() as pauser, node.connect() as other:
        began = time.monotonic()
        pauser.command("CLIENT", "PAUSE", 200)
        assert other.command("GET", "k")
        assert 0.15 < time.monotonic() - began < 2


def test_no_touch(node1):
    if node1.is_redis:
        pytest.skip("redis-server 7.0 does not know CLIENT NO-TOUCH")
    with node1.connect() as connection:
        assert connection.command("CLIENT", "NO-TOUCH", "on") == b"+OK\r\n"
        assert connection.command("CLIENT", "NO-TOUCH", "off") == b"+OK\r\n"
        assert isinstance(connection.ask("CLIENT", "NO-TOUCH", "maybe"), ErrorReply)
