"""DUMP and RESTORE: the bytes are redis-server's, and each takes the other's."""

import random

import pytest

from support import settings
from support.resp import ErrorReply


def values():
    dice = random.Random(settings.SEED or 7)
    fixed = [
        b"", b"0", b"-0", b"00", b"-1", b"127", b"128", b"-128", b"-129", b"32767", b"32768", b"-32769", b"2147483647",
        b"2147483648", b"-2147483648", b"-2147483649", b"9223372036854775807", b"-9223372036854775808", b"+1", b" 1", b"1 ",
        b"3.14", b"12345678901", b"123456789012", b"a" * 20, b"a" * 21, b"a" * 63, b"a" * 64, b"a" * 16383, b"a" * 16384,
        b"a" * 100_000, bytes(range(256)), dice.randbytes(63), dice.randbytes(64), dice.randbytes(20_000),
    ]
    words = [b"alpha", b"beta", b"gamma", b"42", b" ", b"\x00\xff"]
    return fixed + [b"".join(dice.choices(words, k=dice.randrange(40))) for _ in range(200)]


def test_payloads_are_redis_bytes(node, redis):
    with node.connect() as ours, redis.connect() as theirs:
        for value in values():
            for client in (ours, theirs):
                client.command("SET", "key", value)
            assert ours.command("DUMP", "key") == theirs.command("DUMP", "key"), value[:50]
        for client in (ours, theirs):
            client.command("SET", "key", "12")
            client.command("APPEND", "key", "34")
        assert ours.command("DUMP", "key") == theirs.command("DUMP", "key")
        assert ours.command("DUMP", "missing") == theirs.command("DUMP", "missing")


def test_each_restores_what_the_other_dumped(node, redis):
    with node.connect() as ours, redis.connect() as theirs:
        for source, target in ((ours, theirs), (theirs, ours)):
            for value in values():
                source.command("SET", "key", value)
                payload = source.ask("DUMP", "key")
                assert target.ask("RESTORE", "copy", "0", payload, "REPLACE") == b"OK"
                assert target.ask("GET", "copy") == value
                assert target.ask("PTTL", "copy") == -1
                source.command("SET", "copy", value)
                assert source.command("OBJECT", "ENCODING", "copy") == target.command("OBJECT", "ENCODING", "copy")


def test_options_and_mistakes(node, redis):
    with node.connect() as ours, redis.connect() as theirs:
        theirs.command("SET", "key", "some value that is long enough to be compressed, pressed, pressed, pressed")
        payload = theirs.ask("DUMP", "key")
        theirs.command("DEL", "list")
        theirs.command("RPUSH", "list", "a")
        damaged = payload[:-1] + bytes([payload[-1] ^ 1])
        lines = [
            ("RESTORE", "k", "0", payload), ("RESTORE", "k", "0", payload), ("RESTORE", "k", "0", damaged),
            ("RESTORE", "k", "0", damaged, "REPLACE"), ("RESTORE", "k", "-1", payload, "REPLACE"),
            ("RESTORE", "k", "x", payload, "REPLACE"), ("RESTORE", "k", "-1", payload), ("RESTORE", "k", "0", "", "REPLACE"),
            ("RESTORE", "k", "0", "short", "REPLACE"), ("RESTORE", "k", "0", payload, "NONSENSE"),
            ("RESTORE", "k", "0", payload, "REPLACE", "IDLETIME", "1000"), ("OBJECT", "IDLETIME", "k"),
            ("RESTORE", "k", "0", payload, "REPLACE", "IDLETIME", "-1"), ("RESTORE", "k", "0", payload, "IDLETIME"),
            ("RESTORE", "k", "0", payload, "REPLACE", "IDLETIME", "x"),
            ("RESTORE", "k", "0", payload, "REPLACE", "FREQ", "255"), ("RESTORE", "k", "0", payload, "REPLACE", "FREQ", "256"),
            ("RESTORE", "k", "0", payload, "REPLACE", "FREQ", "-1"),
            ("RESTORE", "k", "0", payload, "REPLACE", "FREQ", "1", "IDLETIME", "1"),
            ("RESTORE", "k", "4102444800000", payload, "REPLACE", "ABSTTL"), ("PEXPIRETIME", "k"),
            ("RESTORE", "k", "1000", payload, "REPLACE", "ABSTTL"), ("EXISTS", "k"),
            ("RESTORE", "new", "1", payload, "ABSTTL"), ("EXISTS", "new"), ("RESTORE", "k"), ("DUMP",),
        ]
        for client in (ours, theirs):
            client.command("DEL", "k", "new")
        for line in lines:
            assert ours.command(*line) == theirs.command(*line), line[:2] + line[4:]


@pytest.mark.parametrize("value", ["abcd" * 20, "0123456789abcdef" * 2 + "x" * 40, "12", "-70000"])
def test_cut_payloads_with_a_right_footer(node, redis, value):
    """A payload that ends too early, under a checksum that is right. Some are read all the same, and as Redis reads them:
    what is missing is taken from the footer."""
    with node.connect() as ours, redis.connect() as theirs:
        theirs.command("SET", "key", value)
        body = theirs.ask("DUMP", "key")[:-10]
        for client in (ours, theirs):
            client.command("DEL", "k")
        for length in range(len(body)):
            payload = with_footer(body[:length])
            replies = [client.ask("RESTORE", "k", "0", payload, "REPLACE") for client in (ours, theirs)]
            assert replies[0] == replies[1], length
            assert ours.command("GET", "k") == theirs.command("GET", "k"), length


def test_foreign_types_are_refused(node, redis):
    with node.connect() as ours, redis.connect() as theirs:
        theirs.command("DEL", "list")
        theirs.command("RPUSH", "list", "a", "b")
        reply = ours.ask("RESTORE", "k", "0", theirs.ask("DUMP", "list"), "REPLACE")
        assert reply == "ERR Bad data format"
        theirs.command("DEL", "list")


def with_footer(body: bytes) -> bytes:
    payload = body + b"\x0a\x00"
    return payload + crc64(payload).to_bytes(8, "little")


def crc64(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0x95AC9329AC4BC9B5 if value & 1 else 0)
    return value
