"""Seeded streams of random commands for the differential test.

A stream is cut into chapters; each starts from empty databases and its own seed, so a difference found in
chapter 731 is repeated by running chapter 731 alone. Keys are few, so commands meet; values sit at the
borders where servers disagree: integer limits, encoding thresholds, empty and binary strings.

What must stay out: replies that depend on the clock or on chance (relative expiry is always far away, and
what little remains is compared by `compare.py`), and sizes that would make a stream slow (grown values live
under keys of their own, LCS never sees them).
"""

import random
from bisect import bisect

from .resp import encode

# Small keys: names that trip parsers and hash tags. Values here stay small.
SMALL_KEYS = [
    b"k%d" % i for i in range(12)
] + [
    b"", b"\x00\xff\r\n", b"{tag}a", b"{tag}b", b"{}x", b"}{y", b"{a}{b}", b"12", b"a key with spaces",
    b"L" * 300, b"{" + b"t" * 40, "schlüssel".encode(),
]
# Big keys: SETRANGE, SETBIT, APPEND may grow them to some 100 KB.
BIG_KEYS = [b"big%d" % i for i in range(4)] + [b"{tag}big", b"\xf0big"]

I64 = [
    b"9223372036854775807", b"-9223372036854775808", b"9223372036854775808", b"-9223372036854775809",
    b"9223372036854775806", b"-9223372036854775807", b"18446744073709551615", b"18446744073709551616",
    b"4294967295", b"4294967296", b"2147483647", b"2147483648", b"-2147483648", b"-2147483649",
]
ODD_NUMBERS = [b"", b"+1", b"01", b"-0", b" 1", b"1 ", b"0x10", b"1e3", b"1.5", b"-", b"nan", b"abc", b"1\x00"]
SMALL_NUMBERS = [b"%d" % i for i in (-1000, -101, -8, -7, -2, -1, 0, 1, 2, 3, 7, 8, 9, 63, 64, 100, 9999, 10000)]
FLOATS = [
    b"0", b"1.5", b"-1.5", b"0.1", b"3.0", b"5e3", b"1e308", b"-1e308", b"1e-320", b"1e4932", b"1e5000", b"inf",
    b"-inf", b"nan", b"+1.5", b".5", b"5.", b"0x1p3", b"1.0e+2", b" 1.5", b"1.5 ", b"1,5", b"", b"abc", b"10.50",
    b"100000000000000000000", b"3.141592653589793238462643383279", b"1e-18", b"0.00000000000000001", b"-0",
]
TEXTS = [
    b"", b"a", b"foo", b"bar", b"hello world", b"\x00", b"\xff" * 3, b"\r\n", b"$-1\r\n", b"+OK\r\n", b"OK",
    b"x" * 43, b"x" * 44, b"x" * 45, b"y" * 64, b"z" * 255, b"w" * 256, b"v" * 1024, b"\x80\x7f\x01", b"ohmytext",
    b"mynewtext", b"abcdefghijklmnopqrstuvwxyz", b"012345678901234567890", b"\xf0\x0f\xaa\x55",
]
VALUES = TEXTS * 2 + I64 + ODD_NUMBERS + SMALL_NUMBERS * 2 + FLOATS
INTEGERS = SMALL_NUMBERS * 3 + I64 + ODD_NUMBERS

# Absolute times: long past or far ahead, so that both servers agree on which.
SECONDS_PAST = [b"1", b"1000000000", b"1262304000"]
SECONDS_AHEAD = [b"4102444800", b"7258118400", b"9999999999"]
SECONDS_WRONG = [b"0", b"-1", b"9223372036854775807", b"-9223372036854775808", b"9223372036854776", b"abc", b"1.5", b""]
MILLIS_PAST = [b"1", b"1262304000000"]
MILLIS_AHEAD = [b"4102444800000", b"7258118400123", b"9999999999999"]
MILLIS_WRONG = [b"0", b"-1", b"9223372036854775807", b"9223372036854775808", b"-9223372036854775808", b"x", b""]

DATABASES = [b"0", b"1", b"2", b"15", b"0", b"1"]
DATABASES_WRONG = [b"16", b"-1", b"abc", b"", b"9223372036854775807", b"1.5"]

PATTERNS = [
    b"*", b"k*", b"k?", b"k1*", b"[k]?", b"[^k]*", b"k[0-5]", b"k[5-0]", b"\\k1", b"*1*", b"", b"?", b"{tag}*", b"*big*",
    b"[", b"[a-", b"k[", b"\\", b"**", b"k[^1]", b"\xf0*", b"K*", b"*a*b*c*d*",
]
BITFIELD_TYPES = [
    b"u1", b"u2", b"u7", b"u8", b"u13", b"u16", b"u31", b"u32", b"u62", b"u63", b"i1", b"i2", b"i5", b"i8", b"i16", b"i31",
    b"i32", b"i63", b"i64", b"u64", b"i65", b"u0", b"i0", b"x8", b"u", b"u-1", b"I8", b"",
]


class Command:
    """One request of a stream: its bytes, its arguments, and whether a reply comes."""

    __slots__ = ("arguments", "raw", "replies")

    def __init__(self, arguments, raw=None, replies=True):
        self.arguments = arguments
        self.raw = raw or encode(*arguments)
        self.replies = replies

    def __repr__(self):
        if self.arguments[:1] == [b"(silent)"]:
            return repr(self.raw)
        return " ".join(_quoted(argument) for argument in self.arguments)


def _quoted(argument: bytes) -> str:
    text = repr(argument)[1:]
    plain = argument and all(0x21 <= byte <= 0x7E and byte not in b"\"'\\" for byte in argument)
    return text[1:-1] if plain else '"' + text[1:-1].replace('"', '\\"') + '"'


class Stream:
    """The commands of one chapter."""

    def __init__(self, seed: int, chapter: int, left_out=()):
        self.random = random.Random(seed * 1_000_003 + chapter)
        self._kinds, self._weights = _weighted(self, left_out)

    def batch(self, size: int) -> list:
        """The next `size` commands or a few more (sequences are not cut)."""
        commands = []
        draw = self.random.random
        kinds, weights = self._kinds, self._weights
        total = weights[-1]
        while len(commands) < size:
            kind = kinds[bisect(weights, draw() * total)]
            made = kind()
            if type(made) is list:
                commands.append(Command(self._disturbed(made)))
            else:
                commands.extend(made)
        return commands

    # Choosing

    def one(self, items):
        return items[int(self.random.random() * len(items))]

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def key(self) -> bytes:
        return self.one(SMALL_KEYS)

    def family(self) -> list:
        """Small keys or big keys: commands that move values between keys stay in one family."""
        return BIG_KEYS if self.chance(0.15) else SMALL_KEYS

    def value(self) -> bytes:
        if self.chance(0.3):
            return b"%d" % int(self.random.random() * 20000 - 10000)
        return self.one(VALUES)

    def integer(self) -> bytes:
        if self.chance(0.4):
            return b"%d" % int(self.random.random() * 400 - 200)
        return self.one(INTEGERS)

    def offset(self) -> bytes:
        """A bit or byte offset: small, so that values stay small, or refused."""
        if self.chance(0.9):
            return b"%d" % int(self.random.random() * 200)
        return self.one(ODD_NUMBERS + [b"-1", b"9223372036854775807", b"-9223372036854775808", b"4294967296"])

    def cased(self, word: bytes) -> bytes:
        """Options and names come in any case."""
        if self.chance(0.1):
            return word.lower() if self.chance(0.5) else word.capitalize()
        return word

    def database(self) -> bytes:
        return self.one(DATABASES_WRONG) if self.chance(0.1) else self.one(DATABASES)

    def relative_seconds(self) -> bytes:
        """Far enough apart that no two requests draw times whose order depends on when they ran."""
        return b"%d" % (10_000 + 10 * int(self.random.random() * 1_000_000))

    def relative_millis(self) -> bytes:
        return b"%d" % (10_000_000 + 10_000 * int(self.random.random() * 1_000_000))

    def keys(self, most: int = 4) -> list:
        family = self.family()
        return [self.one(family) for _ in range(1 + int(self.random.random() * most))]

    def _disturbed(self, arguments: list) -> list:
        """Now and then a command loses or gains an argument, or swaps two: arity and syntax errors."""
        roll = self.random.random()
        if roll > 0.03:
            return arguments
        name = arguments[0].upper()
        if name in _UNDISTURBED:
            return arguments
        place = 1 + int(self.random.random() * len(arguments))
        if roll < 0.01:
            return arguments[:place] + arguments[place + 1 :]
        if roll < 0.02:
            return arguments[:place] + [self.one(_EXTRA)] + arguments[place:]
        other = 1 + int(self.random.random() * len(arguments))
        if place < len(arguments) and other < len(arguments) and name not in _UNSWAPPED:
            arguments[place], arguments[other] = arguments[other], arguments[place]
        return arguments

    # Strings

    def set(self):
        key = self.one(self.family())
        command = [self.cased(b"SET"), key, self.value()]
        while self.chance(0.4):
            command += self.set_option()
        return self.settled(command, key)

    def set_option(self) -> list:
        roll = int(self.random.random() * 9)
        if roll < 2:
            return [self.cased(self.one([b"NX", b"XX"]))]
        if roll < 4:
            return [self.cased(b"GET")]
        if roll == 4:
            return [self.cased(b"KEEPTTL")]
        return self.expiry_option()

    def expiry_option(self) -> list:
        kind = self.one([b"EX", b"PX", b"EXAT", b"PXAT"])
        return [self.cased(kind), self.expiry_value(kind)]

    def expiry_value(self, kind: bytes) -> bytes:
        wrong = self.chance(0.15)
        if kind == b"EX":
            return self.one(SECONDS_WRONG) if wrong else self.relative_seconds()
        if kind == b"PX":
            return self.one(MILLIS_WRONG) if wrong else self.relative_millis()
        if kind == b"EXAT":
            return self.one(SECONDS_WRONG if wrong else SECONDS_AHEAD * 4 + SECONDS_PAST)
        return self.one(MILLIS_WRONG if wrong else MILLIS_AHEAD * 4 + MILLIS_PAST)

    def settled(self, command: list, key: bytes):
        """A SET into the past leaves a key that exists until it is looked at: look at once, or DBSIZE would
        depend on who has looked."""
        if any(argument in _PAST for argument in command[3:]):
            return (Command(command), Command([b"EXISTS", key]))
        return command

    def get(self):
        return [self.cased(b"GET"), self.key()]

    def get_big(self):
        return [b"GETRANGE", self.one(BIG_KEYS), self.integer(), self.one([b"10", b"50", b"-1000000", b"99"])]

    def getset(self):
        return [b"GETSET", self.key(), self.value()]

    def getdel(self):
        return [b"GETDEL", self.key()]

    def getex(self):
        command = [b"GETEX", self.key()]
        roll = self.random.random()
        if roll < 0.25:
            command.append(self.cased(b"PERSIST"))
        elif roll < 0.85:
            command += self.expiry_option()
        if self.chance(0.05):
            command.append(self.cased(b"PERSIST"))
        return command

    def setex(self):
        if self.chance(0.5):
            return [b"SETEX", self.key(), self.expiry_value(b"EX"), self.value()]
        return [b"PSETEX", self.key(), self.expiry_value(b"PX"), self.value()]

    def setnx(self):
        return [b"SETNX", self.key(), self.value()]

    def mset(self):
        command = [self.cased(self.one([b"MSET", b"MSET", b"MSETNX"]))]
        for key in self.keys(5):
            command += [key, self.value()]
        return command

    def mget(self):
        return [self.cased(b"MGET")] + [self.one(SMALL_KEYS) for _ in range(1 + int(self.random.random() * 6))]

    def append(self):
        return [b"APPEND", self.one(self.family()), self.one(TEXTS[:16]) if self.chance(0.7) else self.one(INTEGERS)]

    def strlen(self):
        return [b"STRLEN", self.one(self.family())]

    def setrange(self):
        if self.chance(0.2):
            return [b"SETRANGE", self.one(BIG_KEYS), b"%d" % int(self.random.random() * 100_000), self.value()]
        return [b"SETRANGE", self.key(), self.offset(), self.one(TEXTS[:14])]

    def getrange(self):
        return [self.one([b"GETRANGE", b"GETRANGE", b"SUBSTR"]), self.key(), self.integer(), self.integer()]

    def increment(self):
        roll = self.random.random()
        if roll < 0.4:
            return [self.cased(self.one([b"INCR", b"DECR"])), self.key()]
        return [self.one([b"INCRBY", b"DECRBY"]), self.key(), self.integer()]

    def incrbyfloat(self):
        return [b"INCRBYFLOAT", self.key(), self.one(FLOATS) if self.chance(0.7) else self.integer()]

    def lcs(self):
        command = [b"LCS", self.key(), self.key()]
        while self.chance(0.5):
            command += self.one([
                [b"LEN"], [b"IDX"], [b"IDX"], [b"MINMATCHLEN", self.integer()], [b"WITHMATCHLEN"], [b"idx"], [b"BAD"]])
        return command

    # Bitmaps

    def setbit(self):
        bit = self.one([b"0", b"1"]) if self.chance(0.9) else self.integer()
        if self.chance(0.15):
            return [b"SETBIT", self.one(BIG_KEYS), b"%d" % int(self.random.random() * 800_000), bit]
        return [b"SETBIT", self.key(), self.offset(), bit]

    def getbit(self):
        return [b"GETBIT", self.one(self.family()), self.offset()]

    def bitcount(self):
        command = [b"BITCOUNT", self.one(self.family())]
        if self.chance(0.7):
            command += [self.integer(), self.integer()]
            if self.chance(0.5):
                command.append(self.cased(self.one([b"BYTE", b"BIT", b"BAD"])))
        return command

    def bitpos(self):
        command = [b"BITPOS", self.one(self.family()), self.one([b"0", b"1", b"0", b"1", b"0", b"1", b"2", b"x"])]
        for _ in range(int(self.random.random() * 3)):
            command.append(self.integer())
        if len(command) == 5 and self.chance(0.5):
            command.append(self.cased(self.one([b"BYTE", b"BIT", b"BAD"])))
        return command

    def bitop(self):
        family = self.family()
        operation = self.cased(self.one([b"AND", b"OR", b"XOR", b"NOT", b"NOT", b"DIFF"]))
        sources = [self.one(family) for _ in range(1 if self.chance(0.4) else 1 + int(self.random.random() * 5))]
        return [b"BITOP", operation, self.one(family)] + sources

    def bitfield(self):
        command = [self.one([b"BITFIELD", b"BITFIELD", b"BITFIELD", b"BITFIELD_RO"]), self.one(self.family())]
        for _ in range(int(self.random.random() * 5)):
            command += self.bitfield_operation()
        return command

    def bitfield_operation(self) -> list:
        kind = self.one([b"GET", b"GET", b"SET", b"INCRBY", b"OVERFLOW", b"get", b"BAD"])
        if kind == b"OVERFLOW":
            return [kind, self.cased(self.one([b"WRAP", b"SAT", b"FAIL", b"BAD"]))]
        field = self.one(BITFIELD_TYPES[:19]) if self.chance(0.9) else self.one(BITFIELD_TYPES)
        offset = self.offset() if self.chance(0.5) else b"#%d" % int(self.random.random() * 40)
        if self.chance(0.02):
            offset = self.one([b"#", b"#-1", b"#abc", b"-1", b"", b"#9223372036854775807", b"4294967296"])
        if kind in (b"GET", b"get", b"BAD"):
            return [kind, field, offset]
        return [kind, field, offset, self.integer()]

    # Keys

    def delete(self):
        return [self.cased(self.one([b"DEL", b"DEL", b"UNLINK"]))] + self.keys(2)

    def exists(self):
        return [self.cased(self.one([b"EXISTS", b"TOUCH"]))] + self.keys(5)

    def type(self):
        return [b"TYPE", self.one(self.family())]

    def rename(self):
        family = self.family()
        return [self.one([b"RENAME", b"RENAMENX"]), self.one(family), self.one(family)]

    def copy(self):
        family = self.family()
        command = [b"COPY", self.one(family), self.one(family)]
        if self.chance(0.4):
            command += [self.cased(b"DB"), self.database()]
        if self.chance(0.5):
            command.append(self.cased(b"REPLACE"))
        return command

    def move(self):
        return [b"MOVE", self.one(self.family()), self.database()]

    def expire(self):
        name = self.one([b"EXPIRE", b"PEXPIRE", b"EXPIREAT", b"PEXPIREAT"])
        kind = {b"EXPIRE": b"EX", b"PEXPIRE": b"PX", b"EXPIREAT": b"EXAT", b"PEXPIREAT": b"PXAT"}[name]
        command = [self.cased(name), self.one(self.family()), self.expiry_value(kind)]
        while self.chance(0.35):
            command.append(self.cased(self.one([b"NX", b"XX", b"GT", b"LT", b"BAD"])))
        return command

    def ttl(self):
        return [self.cased(self.one([b"TTL", b"PTTL", b"EXPIRETIME", b"PEXPIRETIME"])), self.one(self.family())]

    def persist(self):
        return [b"PERSIST", self.one(self.family())]

    def object(self):
        kind = self.one([b"ENCODING", b"ENCODING", b"ENCODING", b"REFCOUNT", b"IDLETIME", b"FREQ", b"BAD", b"encoding"])
        return [b"OBJECT", kind, self.one(self.family())]

    def list_keys(self):
        return [b"KEYS", self.one(PATTERNS)]

    def scan(self):
        """One step that takes in everything; walks of many steps belong to the chapter's end."""
        command = [b"SCAN", b"0", b"COUNT", b"100000"]
        if self.chance(0.4):
            command += [b"MATCH", self.one(PATTERNS)]
        if self.chance(0.3):
            command += [b"TYPE", self.one([b"string", b"STRING", b"hash", b"bogus"])]
        if self.chance(0.05):
            command += [b"COUNT", self.one([b"0", b"-1", b"abc"])]
        return command

    def randomkey(self):
        return [b"RANDOMKEY"]

    def dbsize(self):
        return [b"DBSIZE"]

    # Databases and connection

    def select(self):
        return [b"SELECT", self.database()]

    def swapdb(self):
        return [b"SWAPDB", self.database(), self.database()]

    def flush(self):
        name = self.one([b"FLUSHDB", b"FLUSHDB", b"FLUSHDB", b"FLUSHALL"])
        return [name] + self.one([[], [], [b"ASYNC"], [b"SYNC"], [b"sync"], [b"BAD"]])

    def ping(self):
        return self.one([[b"PING"], [b"ping", self.value()], [b"ECHO", self.value()], [b"PING", b"a", b"b"]])

    def hello(self):
        return [b"HELLO"] + self.one([[], [b"2"], [b"3"], [b"3"], [b"4"], [b"abc"], [b"3", b"SETNAME", b"x y"], [b"2", b"BAD"]])

    def reset(self):
        return [b"RESET"]

    def client(self):
        return [b"CLIENT"] + self.one([
            [b"GETNAME"], [b"SETNAME", self.one([b"", b"name", b"with space", b"n\n"])], [b"GETREDIR"], [b"NO-EVICT", b"on"],
            [b"NO-EVICT", b"off"], [b"NO-EVICT", b"maybe"], [b"UNPAUSE"], [b"BAD"], [b"REPLY", b"BAD"], [b"REPLY", b"ON"],
            [b"PAUSE", b"abc"], [b"PAUSE", b"-1"], [b"KILL", b"ID", b"abc"], [b"KILL", b"127.0.0.1:1"], [b"TRACKINGINFO"]])

    def silent(self):
        """Replies switched off for a while: nothing may come back, and the effects stay."""
        inside = encode(b"SET", self.key(), self.value()), encode(b"INCR", self.key())
        if self.chance(0.5):
            return (Command([b"(silent)", b"SKIP"], raw=encode(b"CLIENT", b"REPLY", b"SKIP") + inside[0], replies=False),)
        raw = encode(b"CLIENT", b"REPLY", b"OFF") + b"".join(inside) + encode(b"CLIENT", b"REPLY", b"ON")
        return (Command([b"(silent)", b"OFF"], raw=raw),)

    def inline(self):
        """The same commands as one types them into telnet."""
        words = self.one([
            b"PING", b"GET k1", b"SET k1 'a b'", b'SET k2 "\\x00\\xff\\r\\n"', b"set  k3   v", b"ECHO ''", b"FOO bar", b"DEL k1 k2",
            b'GET "unbalanced\\"" ', b"INCR k5", b"\tPING\t"])
        ending = self.one([b"\r\n", b"\n"])
        return (Command([b"(inline)", words], raw=words + ending),)

    def unknown(self):
        return [self.one([b"FOO", b"GETT", b"", b"x" * 200, b"\x00\xff", b"se\r\nt", b"COMMANDX"])] + [
            self.value() for _ in range(int(self.random.random() * 4))]

    def command(self):
        return [b"COMMAND"] + self.one([
            [b"GETKEYS", b"SET", b"a", b"b"], [b"GETKEYS", b"MSET", b"a", b"b", b"c", b"d"], [b"GETKEYS", b"GET"], [b"GETKEYS", b"PING"],
            [b"GETKEYS", b"BITOP", b"AND", b"d", b"a", b"b"], [b"GETKEYS", b"NOSUCH"], [b"INFO", b"nosuch"], [b"GETKEYS"],
            [b"GETKEYSANDFLAGS", b"COPY", b"a", b"b"], [b"GETKEYSANDFLAGS", b"SET", b"a", b"b"], [b"BAD"]])


_UNDISTURBED = frozenset([b"RESET", b"HELLO", b"CLIENT", b"SWAPDB", b"COMMAND", b"FLUSHALL", b"SCAN"])
# Swapping arguments of these could make times collide, grow values, or land in another family of keys.
_UNSWAPPED = frozenset([
    b"EXPIRE", b"PEXPIRE", b"EXPIREAT", b"PEXPIREAT", b"SETEX", b"PSETEX", b"SETRANGE", b"SETBIT", b"BITFIELD", b"SET", b"GETEX",
    b"BITFIELD_RO", b"LCS",
])
_EXTRA = [b"", b"x", b"1", b"-1", b"k1", b"GET", b"NX", b"9223372036854775807"]
_PAST = frozenset(SECONDS_PAST + MILLIS_PAST)

# How often each maker is drawn, relative to the others.
_WEIGHTS = {
    "set": 14, "get": 12, "get_big": 2, "getset": 2, "getdel": 2, "getex": 3, "setex": 2, "setnx": 2, "mset": 4, "mget": 4,
    "append": 3, "strlen": 2, "setrange": 3, "getrange": 4, "increment": 6, "incrbyfloat": 4, "lcs": 2, "setbit": 3,
    "getbit": 2, "bitcount": 3, "bitpos": 3, "bitop": 3, "bitfield": 5, "delete": 4, "exists": 2, "type": 1, "rename": 3,
    "copy": 3, "move": 1.5, "expire": 6, "ttl": 5, "persist": 2, "object": 3, "list_keys": 0.7, "scan": 0.5,
    "randomkey": 0.3, "dbsize": 1, "select": 1.2, "swapdb": 0.5, "flush": 0.25, "ping": 1, "hello": 0.3, "reset": 0.1,
    "client": 0.5, "silent": 0.3, "inline": 0.7, "unknown": 0.5, "command": 0.4,
}


KINDS = tuple(_WEIGHTS)


def _weighted(stream: Stream, left_out):
    """The makers and their cumulative weights."""
    kinds, cumulative, total = [], [], 0.0
    for name, weight in _WEIGHTS.items():
        if name in left_out:
            continue
        total += weight
        kinds.append(getattr(stream, name))
        cumulative.append(total)
    return kinds, cumulative
