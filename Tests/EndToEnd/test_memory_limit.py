"""maxmemory under noeviction: writes that need memory are refused in Redis's words, everything else goes on."""

import time

import pytest

from support.commands import ALL
from support.resp import encode, shown

MIB = 1 << 20
OOM = b"-OOM command not allowed when used memory > 'maxmemory'.\r\n"
# Would end, hold or silence the connection, or answer with clocks.
LEFT_OUT = {"SHUTDOWN", "MONITOR", "QUIT", "DEBUG", "CLIENT", "RESET", "TIME", "INFO", "LOLWUT", "COMMAND", "MEMORY", "SLOWLOG", "LATENCY",
            "CONFIG", "HELLO", "AUTH"}


def test_the_same_commands_are_refused(start, redis, cores):
    """With no byte to spare, each command is refused or served as redis-server does."""
    server = start(cores=cores)
    calls = [[name] + words for name in ALL if name not in LEFT_OUT for words in ([], ["k"], ["k", "1"], ["k", "1", "v"], ["k", "k2"], ["k", "10", "GT"])]
    different = []
    with server.connect() as ours, redis.connect() as theirs:
        for connection in (ours, theirs):
            connection.pipeline([("FLUSHALL",), ("SET", "k", "1"), ("CONFIG", "SET", "maxmemory", "1")])
        for words in calls:
            a, b = ours.command(*words), theirs.command(*words)
            if (a == OOM) != (b == OOM):
                different.append(f"{words}: {shown(a)}, not {shown(b)}")
        for connection in (ours, theirs):
            connection.pipeline([("CONFIG", "SET", "maxmemory", "0"), ("SELECT", "0"), ("FLUSHALL",)])
    assert not different, "\n".join(different)


def test_filled_to_the_limit(start, cores):
    """The limit holds, deleting makes room, and nothing that was stored is lost."""
    server = start(cores=cores)
    with server.connect(timeout=30) as connection:
        limit = int(server.info("memory")["used_memory"]) + 20 * MIB
        connection.command("CONFIG", "SET", "maxmemory", limit)
        stored = _fill(connection)
        assert 10_000 < stored < 25_000
        used = int(server.info("memory")["used_memory"])
        assert limit * 0.9 < used < limit + 2 * MIB
        assert connection.ask("GET", "fill:0") == b"v" * 1000
        assert connection.command("INCR", "n") == OOM
        assert connection.command("APPEND", "fill:0", "x") == OOM
        for number in range(0, stored, 2):
            assert connection.command("DEL", f"fill:{number}") == b":1\r\n"
        assert connection.command("SET", "again", "v") == b"+OK\r\n"
        assert connection.ask("DBSIZE") == stored - (stored + 1) // 2 + 1


def _fill(connection) -> int:
    """Stores kilobytes until refused for good; gives how many went in."""
    stored = 0
    for start in range(0, 40_000, 100):
        connection.send(b"".join(encode("SET", f"fill:{stored + step}", "v" * 1000) for step in range(100)))
        replies = connection.read_many(100)
        good = next((place for place, reply in enumerate(replies) if reply != b"+OK\r\n"), 100)
        stored += good
        if good < 100:
            assert replies[good] == OOM
            connection.pipeline([("DEL", f"fill:{number}") for number in range(stored, stored + 100)])
            # The buffers that the pipelines needed count too, until the node's next round of housekeeping, once a second.
            time.sleep(2.2)
            return _top_up(connection, stored)
    return stored


def _top_up(connection, stored: int) -> int:
    """One by one, which needs no buffers worth counting."""
    while connection.command("SET", f"fill:{stored}", "v" * 1000) == b"+OK\r\n":
        stored += 1
    return stored


@pytest.mark.parametrize("size", [1 << 20, 8 << 20])
def test_a_value_larger_than_what_is_left(start, size):
    """Refused, or let in once as Redis does (it looks at the limit before it knows the size): never a crash."""
    server = start()
    with server.connect(timeout=30) as connection:
        limit = int(server.info("memory")["used_memory"]) + size // 2
        connection.command("CONFIG", "SET", "maxmemory", limit)
        assert connection.command("SET", "large", "v" * size) in (b"+OK\r\n", OOM)
        assert connection.command("SETRANGE", "larger", size, "x") in (b":%d\r\n" % (size + 1), OOM)
        assert connection.command("PING") == b"+PONG\r\n"
        assert connection.command("DEL", "large", "larger")[:1] == b":"
    with server.connect() as connection:  # the first one's buffers may count as well
        assert connection.command("SET", "small", "v") == b"+OK\r\n"
