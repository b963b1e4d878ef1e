"""Optimistic locking, ours: GETS, CAS and SET IFEQ, checked against a model in Python.

Redis has no such commands, so the measure is a dictionary: a version never repeats, any write to a key ends the
versions handed out before, and a CAS that loses changes nothing.
"""

import random
import threading

import pytest

from support import settings
from support.resp import ErrorReply

pytestmark = pytest.mark.skipif(settings.is_redis(settings.CORONET), reason="redis-server has no versions")

STEPS = settings.scaled(4000, 100_000)


def _gets(connection, key):
    reply = connection.ask("GETS", key)
    return None if reply is None else (reply[0], reply[1])


def test_gets_and_cas(node):
    with node.connect() as connection:
        connection.command("FLUSHALL")
        assert connection.ask("GETS", "k") is None
        connection.command("SET", "k", "one")
        value, version = _gets(connection, "k")
        assert value == b"one"
        assert _gets(connection, "k") == (value, version), "looking changes nothing"
        assert connection.ask("CAS", "k", version, "two") == b"OK"
        assert connection.ask("CAS", "k", version, "three") is None
        assert connection.ask("GET", "k") == b"two"
        assert connection.ask("CAS", "missing", version, "x") is None
        assert connection.ask("EXISTS", "missing") == 0


@pytest.mark.parametrize("protocol,gone", [(2, b"$-1\r\n"), (3, b"_\r\n")])
def test_reply_bytes(node1, protocol, gone):
    with node1.connect(protocol=protocol) as connection:
        connection.command("FLUSHALL")
        assert connection.command("GETS", "k") in (gone, b"*-1\r\n")
        assert connection.command("CAS", "k", 1, "v") == gone
        connection.command("SET", "k", "v")
        reply = connection.command("GETS", "k")
        assert reply.startswith(b"*2\r\n$1\r\nv\r\n:")


WRITES = [
    ("SET", "k", "v1"), ("APPEND", "k", "x"), ("SETRANGE", "k", 0, "y"), ("SETBIT", "k", 3, 1), ("GETSET", "k", "z"),
    ("MSET", "k", "m"), ("INCRBYFLOAT", "k", 1), ("EXPIRE", "k", 1000), ("PERSIST", "k"), ("BITFIELD", "k", "SET", "u8", 0, 7),
    ("RENAME", "other", "k"), ("COPY", "other", "k", "REPLACE"), ("BITOP", "NOT", "k", "other"), ("SET", "k", "v0", "KEEPTTL"),
]
# Changing only the time of death is a write in Redis; memcached's `touch` keeps the version. Either is sound.
MAY_KEEP = ("EXPIRE", "PERSIST")


@pytest.mark.parametrize("write", WRITES, ids=lambda write: write[0])
def test_every_write_ends_the_version(node, write):
    with node.connect() as connection:
        connection.command("FLUSHALL")
        connection.pipeline([("SET", "k", "1", "EX", 5000), ("SET", "other", "2")])
        _, version = _gets(connection, "k")
        assert not isinstance(connection.ask(*write), ErrorReply)
        kept = connection.ask("CAS", "k", version, "new")
        assert kept is None or write[0] in MAY_KEEP


def test_a_version_never_comes_back(node):
    """Not after delete and re-create, not after expiry, not after FLUSHALL."""
    seen = set()
    with node.connect() as connection:
        connection.command("FLUSHALL")
        for end in (("DEL", "k"), ("GETDEL", "k"), ("PEXPIREAT", "k", 1), ("FLUSHALL",), ("RENAME", "k", "z")) * 20:
            connection.command("SET", "k", "v")
            _, version = _gets(connection, "k")
            assert version not in seen
            seen.add(version)
            connection.command(*end)
            assert connection.ask("CAS", "k", version, "w") is None


def test_options(node1):
    with node1.connect() as connection:
        connection.command("FLUSHALL")
        connection.command("SET", "k", "v", "EXAT", 4102444800)
        assert connection.ask("CAS", "k", _gets(connection, "k")[1], "a", "KEEPTTL") == b"OK"
        assert connection.ask("EXPIRETIME", "k") == 4102444800
        assert connection.ask("CAS", "k", _gets(connection, "k")[1], "b", "PXAT", 4102444800123) == b"OK"
        assert connection.ask("PEXPIRETIME", "k") == 4102444800123
        assert connection.ask("CAS", "k", _gets(connection, "k")[1], "c") == b"OK"
        assert connection.ask("TTL", "k") == -1
        for words in (["EX"], ["EX", "0"], ["EX", "abc"], ["BAD"], ["EX", "10", "PX", "10"], ["NX"]):
            assert isinstance(connection.ask("CAS", "k", 1, "v", *words), ErrorReply), words
        for version in ("abc", "", "1.5", "99999999999999999999999"):
            assert isinstance(connection.ask("CAS", "k", version, "v"), ErrorReply), version
        for version in ("0", "-1", "9223372036854775807"):
            assert connection.ask("CAS", "k", version, "v") is None or version == "-1"


def test_set_ifeq(node):
    with node.connect() as connection:
        connection.command("FLUSHALL")
        assert connection.ask("SET", "k", "v", "IFEQ", "old") is None
        assert connection.ask("EXISTS", "k") == 0
        connection.command("SET", "k", "old")
        assert connection.ask("SET", "k", "new", "IFEQ", "wrong") is None
        assert connection.ask("SET", "k", "new", "IFEQ", "old") == b"OK"
        assert connection.ask("SET", "k", "newer", "IFEQ", "new", "GET") == b"new"
        assert connection.ask("SET", "k", "n", "IFEQ", "newer", "EXAT", 4102444800) == b"OK"
        assert connection.ask("EXPIRETIME", "k") == 4102444800
        for words in (["IFEQ"], ["NX", "IFEQ", "n"], ["IFEQ", "n", "XX"]):
            assert isinstance(connection.ask("SET", "k", "v", *words), ErrorReply), words


def test_against_a_model(node):
    seed = settings.SEED or random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    values, versions, handed_out = {}, {}, {}
    keys = [f"k{i}" for i in range(8)]
    with node.connect() as connection:
        connection.command("FLUSHALL")
        for step in range(STEPS):
            _model_step(connection, dice, dice.choice(keys), step, values, versions, handed_out)


def _model_step(connection, dice, key, step, values, versions, handed_out):
    """`versions` holds what is current; `handed_out` the last version given for a key, perhaps stale."""
    kind = dice.choice(["gets", "gets", "cas", "cas", "set", "del", "append"])
    new = b"v%d" % step
    if kind == "gets":
        found = _gets(connection, key)
        assert (found and found[0]) == values.get(key), f"step {step}"
        if found:
            assert versions.get(key, found[1]) == found[1], f"step {step}"
            versions[key] = handed_out[key] = found[1]
    elif kind == "cas":
        stale = handed_out.get(key)
        won = connection.ask("CAS", key, stale or 1, new) == b"OK"
        assert won == (key in values and stale is not None and versions.get(key) == stale), f"step {step}"
        if won:
            values[key] = new
            versions.pop(key)
    elif kind == "del":
        connection.command("DEL", key)
        values.pop(key, None)
        versions.pop(key, None)
    else:
        connection.command("SET" if kind == "set" else "APPEND", key, new)
        values[key] = new if kind == "set" else values.get(key, b"") + new
        versions.pop(key, None)


def test_concurrent_increments_lose_nothing(node):
    """Many clients count with GETS and CAS: every success must be there at the end."""
    rounds, workers = settings.scaled(300, 3000), 4
    with node.connect() as connection:
        connection.command("FLUSHALL")
        connection.command("SET", "n", 0)
    failures = []

    def count():
        try:
            with node.connect() as own:
                for _ in range(rounds):
                    while True:
                        value, version = _gets(own, "n")
                        if own.ask("CAS", "n", version, int(value) + 1) == b"OK":
                            break
        except Exception as failure:  # a thread's failure must fail the test
            failures.append(failure)

    threads = [threading.Thread(target=count) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    with node.connect() as connection:
        assert connection.ask("GET", "n") == b"%d" % (rounds * workers)
