"""Arguments at and beyond every border: redis-server's reply, and never a trap."""

import itertools
import random
import time

import pytest

from support import settings
from support.compare import same
from support.resp import encode, shown
from support.server import Server

NUMBERS = [
    b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"-9223372036854775809", b"0", b"-1", b"1",
    b"2147483647", b"2147483648", b"-2147483648", b"4294967295", b"4294967296", b"18446744073709551615",
    b"0x10", b" 1", b"1 ", b"+1", b"-0", b"01", b"1e3", b"nan", b"inf", b"-inf", b"1e308", b"1e-400", b"1e5000", b"", b"\x00", b"1.5",
]
OTHERS = [b"k", b"", b"{}", b"}{", b"*", b"NX", b"EX", b"GET", b"\xff\x00\r\n", b"x" * 300]

# What would end, silence or hold up the connection, or answer with clocks and addresses.
LEFT_OUT = {"SHUTDOWN", "MONITOR", "QUIT", "DEBUG", "CLIENT", "RESET", "TIME", "INFO", "LOLWUT", "COMMAND", "MEMORY", "SLOWLOG",
            "LATENCY", "CONFIG", "HELLO", "AUTH", "RANDOMKEY", "SCAN"}
# Half a gigabyte of zeros each time: tried by name below instead.
LARGE = {b"SETRANGE", b"SETBIT", b"BITFIELD"}


def _templates() -> list:
    """Correct calls; one argument after the other is replaced by something terrible."""
    return [line.split() for line in """
        GET k|GETDEL k|GETEX k EX 100|GETEX k PXAT 4102444800000|GETRANGE k 0 -1|SUBSTR k 0 1|GETSET k v|INCR k|INCRBY k 1|DECR k
        DECRBY k 1|INCRBYFLOAT k 1.5|APPEND k v|STRLEN k|MGET k k|MSET k v|MSETNX k v z v|SETNX k v|SETEX k 100 v|PSETEX k 100000 v
        SET k v EX 100|SET k v PX 100000|SET k v EXAT 4102444800|SET k v PXAT 4102444800000|LCS k z IDX MINMATCHLEN 1 WITHMATCHLEN
        GETBIT k 1|BITCOUNT k 0 -1 BIT|BITPOS k 1 0 -1 BIT|BITOP AND d k z|BITOP NOT d k|BITFIELD_RO k GET u8 0|BITFIELD k GET i64 #1
        DEL k z|UNLINK k|EXISTS k z|TYPE k|TOUCH k|RENAME k z|RENAMENX k y|COPY k z DB 1 REPLACE|MOVE k 1|KEYS k
        EXPIRE k 100 NX|PEXPIRE k 100000 NX|EXPIREAT k 4102444800 XX|PEXPIREAT k 4102444800000 LT|TTL k|PERSIST k|EXPIRETIME k
        OBJECT ENCODING k|OBJECT REFCOUNT k|SWAPDB 1 2|SELECT 1|DBSIZE|FLUSHDB SYNC|PING x|ECHO x
    """.replace("\n", "|").split("|") if line.split()]


def _attempts():
    for template in _templates():
        for place in range(1, len(template)):
            for value in NUMBERS + OTHERS:
                words = [word.encode() for word in template]
                words[place] = value
                yield words


def _is_tame(words) -> bool:
    """Leaves out relative times that would run out while the test looks."""
    return not (words[0] in (b"PSETEX", b"PEXPIRE") and words[2] == b"1" or words[:1] in ([b"SETEX"], [b"EXPIRE"]) and words[2] == b"1"
                or b"PX" in words and words[-1] == b"1" or b"EX" in words and words[-1] == b"1")


def test_every_argument_replaced(node, redis):
    """Some 5,000 calls; the value under `k` is a number in one pass and text in the other."""
    for initial in (b"100", b"some text \xff"):
        attempts = [words for words in _attempts() if _is_tame(words)]
        reset = [[b"SELECT", b"0"], [b"SET", b"k", initial], [b"SET", b"z", b"other"], [b"DEL", b"y", b"d"]]
        commands = [command for words in attempts for command in [*reset, words]]
        _compare(node, redis, commands)


def _compare(node, redis, commands):
    with node.connect(timeout=60) as ours, redis.connect(timeout=60) as theirs:
        for connection in (ours, theirs):
            connection.command("FLUSHALL")
        for some in (commands[place : place + 500] for place in range(0, len(commands), 500)):
            for words, a, b in zip(some, ours.pipeline(some), theirs.pipeline(some)):
                assert same(words, a, b), f"{words}: {shown(a)}, not {shown(b)}"


def test_random_words_for_every_command(node, redis):
    """Words without any sense, any number of them."""
    from support.commands import ALL

    seed = settings.SEED or random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    names = [name for name in ALL if name not in LEFT_OUT and name.encode() not in LARGE]
    commands = []
    for name, _ in itertools.product(names, range(settings.scaled(40, 1000))):
        words = [name.encode()] + [dice.choice(NUMBERS + OTHERS) for _ in range(dice.randrange(7))]
        if not _expires_soon(words):
            commands.append(words)
    dice.shuffle(commands)
    _compare(node, redis, commands)


_SOON = {b"0", b"-1", b"1", b"2147483647", b"2147483648", b"4294967295", b"4294967296"}


def _expires_soon(words) -> bool:
    """True when the words could set a relative time that runs out, or differs, while the test runs."""
    relative = words[0] in (b"EXPIRE", b"PEXPIRE", b"SETEX", b"PSETEX") or b"EX" in words
    return relative and any(word in _SOON for word in words)


KILLERS = {
    "setrange to the limit": [["SETRANGE", "k", 536870911, "x"], ["STRLEN", "k"], ["GETRANGE", "k", 536870900, -1], ["SETRANGE", "k", 536870911, "xy"],
                              ["APPEND", "k", "x"], ["BITCOUNT", "k"], ["BITPOS", "k", 1], ["DEL", "k"]],
    "setbit to the limit": [["SETBIT", "k", 4294967295, 1], ["STRLEN", "k"], ["BITPOS", "k", 1], ["BITFIELD", "k", "GET", "u8", "#536870911"],
                            ["BITFIELD", "k", "INCRBY", "i64", 4294967232, -1], ["BITOP", "NOT", "k2", "k"], ["UNLINK", "k", "k2"]],
    "lcs of two 100 KB strings": [["SET", "a", "x" * 100_000], ["SET", "b", "y" * 100_000], ["LCS", "a", "b", "LEN"], ["DEL", "a", "b"]],
    "float to infinity": [["SET", "k", "1e4932"], ["INCRBYFLOAT", "k", "1e4932"], ["INCRBYFLOAT", "k", "inf"], ["INCRBYFLOAT", "k", "-1e4932"],
                          ["GET", "k"], ["DEL", "k"]],
    "a thousand overflows": [["SET", "k", "9223372036854775807"]] + [["INCR", "k"], ["INCRBY", "k", "9223372036854775807"]] * 500,
    "msetnx of one key twice": [["DEL", "k"], ["MSETNX", "k", 1, "k", 2, "k", 3], ["GET", "k"], ["DEL", "k"]],
    "bitfield of many fields": [["DEL", "k"], ["BITFIELD", "k", *["INCRBY", "u8", "#1", "100"] * 2000], ["BITFIELD", "k", *["GET", "i64", "7"] * 2000]],
}


@pytest.mark.parametrize("killer", KILLERS)
def test_killers_of_old(killer):
    with Server() as ours, Server(binary=settings.REDIS) as theirs:
        with ours.connect(timeout=60) as a, theirs.connect(timeout=60) as b:
            for words in KILLERS[killer]:
                our_reply, their_reply = a.command(*words), b.command(*words)
                assert our_reply == their_reply, f"{words[:5]}: {shown(our_reply)}, not {shown(their_reply)}"


GLOBS = {
    "stars": b"a*" * 30 + b"b", "more stars": b"*a" * 2000 + b"*b", "question marks": b"*?" * 30_000, "open brackets": b"[" * 65_536,
    "mixed": b"*?[" * 20_000, "negated": b"[^]" * 10_000, "escapes": b"\\" * 60_001, "ranges": b"*[a-z]" * 5000 + b"!",
}


@pytest.mark.parametrize("glob", GLOBS)
def test_glob_bombs(node1, glob):
    """Patterns made to explode are answered at once, wherever a pattern is taken."""
    with node1.connect(timeout=20) as connection:
        connection.command("FLUSHALL")
        connection.command("SET", b"a" * 20_000, 1)
        began = time.monotonic()
        for words in (["KEYS", GLOBS[glob]], ["SCAN", 0, "COUNT", 100, "MATCH", GLOBS[glob]], ["CONFIG", "GET", GLOBS[glob]],
                      ["COMMAND", "LIST", "FILTERBY", "PATTERN", GLOBS[glob]]):
            assert connection.command(*words)[:1] in b"*-%"
        # Redis itself takes 6 s for one of them.
        assert time.monotonic() - began < (20 if node1.is_redis else 4)


def test_names_with_line_ends_do_not_split_replies(node, redis):
    """Words of the user that come back inside an error must not become replies of their own."""
    attempts = [["FOO\r\n+OK"], ["FOO", "a\r\n$5\r\nhello"], ["CLIENT", "BAD\r\n:1"], ["CONFIG", "SET", "x\r\ny", "1"], ["OBJECT", "a\nb", "k"],
                ["SET", "k", "v", "EX\r\n"], ["HELLO", "3", "SETNAME", "a\r\nb"], ["AUTH", "a\r\nb"], ["EXPIRE", "k", "1", "N\r\nX"]]
    with node.connect() as ours, redis.connect() as theirs:
        for words in attempts:
            assert ours.command(*words) == theirs.command(*words), words
        assert ours.command("PING") == b"+PONG\r\n"
