"""Nobody sees half of a command that touches several cores.

Writers change several keys of different cores in one command, readers fetch them all in one command; every
reader must see the keys in agreement. Each race runs for a while on two cores and must never tear; the same
race against a node whose ordering is switched off must tear, or the race would prove nothing.
"""

import os
import re
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest

from support import settings
from support.resp import encode, shown
from support.server import Server
from support.slots import core, keys_on_each_core

CORES = 2
SECONDS = settings.scaled(1.5, 30)
UNORDERED_SECONDS = 20  # at most; one torn read ends it
BATCH = 20  # commands in a pipeline
CONNECTIONS = 8  # of each thread: many requests under way at once are what makes a race
KEYS = keys_on_each_core(CORES, 3)
N = len(KEYS)

# What a reader's MGET of all keys may say: every key the same value, or every key missing.
_ONE = rb"\$\d+\r\n\d+\r\n"
SAME = re.compile(rb"\*%d\r\n(%s)(?:\1){%d}" % (N, _ONE, N - 1))
SAME_OR_NONE = re.compile(rb"\*%d\r\n(%s|(?:\$-1\r\n))(?:\1){%d}" % (N, _ONE, N - 1))
# One token that is renamed to and fro: exactly one of the names has it.
ONE_TOKEN = re.compile(rb"\*2\r\n(?:\$5\r\ntoken\r\n\$-1\r\n|\$-1\r\n\$5\r\ntoken\r\n)")
ALL_OR_NONE = re.compile(rb":(?:0|%d)\r\n" % N)


def _all(value) -> list:
    """MSET arguments that give every key this value."""
    return [word for key in KEYS for word in (key, value)]


class Race:
    """What is written, what is read, and the replies a reader may get."""

    def __init__(self, writers, reader, allowed, setup=()):
        self.writers = writers  # functions: number -> commands
        self.reader = reader
        self.allowed = allowed
        self.setup = list(setup)


MGET = ["MGET", *KEYS]
END, END_REPLY = encode("ECHO", "end"), b"$3\r\nend\r\n"
BOTH = [KEYS[0], KEYS[1]]


def _mset(number):
    return [["MSET", *_all(number)]]


RACES = {
    "MSET": Race([_mset, _mset], MGET, SAME, [["MSET", *_all(0)]]),
    "MSETNX and DEL": Race([lambda n: [["MSETNX", *_all(n)], ["DEL", *KEYS]]] * 2, MGET, SAME_OR_NONE),
    "MSET and UNLINK, counted": Race([lambda n: [["MSET", *_all(n)], ["UNLINK", *KEYS]]] * 2, ["EXISTS", *KEYS], ALL_OR_NONE),
    "MSET and FLUSHALL": Race([_mset, lambda n: [["FLUSHALL"], ["MSET", *_all(n)]]], MGET, SAME_OR_NONE),
    "MSET and COPY": Race([_mset, lambda n: [["COPY", KEYS[0], KEYS[1], "REPLACE"]]], MGET, SAME, [["MSET", *_all(0)]]),
    "MSET and BITOP": Race(
        [_mset, lambda n: [["BITOP", "AND", KEYS[1], KEYS[0], KEYS[2], KEYS[3]]]], MGET, SAME, [["MSET", *_all(0)]]),
    "RENAME": Race([lambda n: [["RENAME", *BOTH], ["RENAME", *BOTH[::-1]]]] * 2, ["MGET", *BOTH], ONE_TOKEN, [["SET", BOTH[0], "token"]]),
    "RENAMENX": Race(
        [lambda n: [["RENAMENX", *BOTH], ["RENAMENX", *BOTH[::-1]]]] * 2, ["MGET", *BOTH], ONE_TOKEN, [["SET", BOTH[0], "token"]]),
    "SWAPDB": Race([lambda n: [["SWAPDB", 0, 1]]] * 2, MGET, SAME, [["MSET", *_all(1)], ["SELECT", 1], ["MSET", *_all(2)]]),
}


class Runners:
    """Threads that write and read until time is over or a torn read is found."""

    def __init__(self, server, race: Race, seconds: float):
        self.server = server
        self.race = race
        self.deadline = time.monotonic() + seconds
        self.reads = 0
        self.torn = []
        self.failures = []

    def run(self):
        self._prepare()
        bodies = [lambda make=make: self._write(make) for make in self.race.writers * 2] + [self._read] * 4
        threads = [threading.Thread(target=self._guarded, args=(body,)) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self

    def _prepare(self):
        with self.server.connect() as connection:
            connection.command("FLUSHALL")
            for command in self.race.setup:
                assert connection.command(*command)[:1] in b"+:"

    def _guarded(self, body):
        try:
            body()
        except Exception as failure:  # a thread's failure must fail the test
            self.failures.append(repr(failure))

    def _running(self) -> bool:
        return time.monotonic() < self.deadline and not self.torn and not self.failures

    @contextmanager
    def _connections(self):
        """A thread's connections; the kernel spreads them over the cores."""
        with ExitStack() as stack:
            yield [stack.enter_context(self.server.connect(timeout=30)) for _ in range(CONNECTIONS)]

    def _write(self, make):
        number = 1
        with self._connections() as connections:
            while self._running():
                for connection in connections:
                    commands = [command for step in range(BATCH) for command in make(number + step)]
                    connection.send(b"".join(encode(*command) for command in commands) + END)
                    number += BATCH
                for connection in connections:
                    connection.read_until(END_REPLY)

    def _read(self):
        request = encode(*self.race.reader) * BATCH + END
        with self._connections() as connections:
            while self._running():
                for connection in connections:
                    connection.send(request)
                for connection in connections:
                    self._judge(connection.read_until(END_REPLY)[: -len(END_REPLY)])

    def _judge(self, replies: bytes):
        position = 0
        while position < len(replies):
            match = self.race.allowed.match(replies, position)
            if not match:
                self.torn.append(replies[position : position + 200])
                return
            position = match.end()
            self.reads += 1


@pytest.fixture(scope="module")
def ordered():
    with Server(cores=CORES) as server:
        yield server


def test_the_keys_live_on_different_cores():
    assert {core(key, CORES) for key in KEYS} == {0, 1} and core(BOTH[0], CORES) != core(BOTH[1], CORES)


@pytest.mark.parametrize("name", RACES)
def test_no_torn_reads(ordered, name):
    runners = Runners(ordered, RACES[name], SECONDS).run()
    assert not runners.failures
    assert not runners.torn, f"after {runners.reads} reads: {shown(runners.torn[0])}"
    assert runners.reads > 500, "too few reads to mean anything"


@pytest.fixture(scope="module")
def unordered():
    """A debug build with its ordering switched off."""
    if settings.is_redis(settings.CORONET):
        pytest.skip("redis-server has one core")
    if not os.path.exists(settings.UNORDERED):
        pytest.skip(f"{settings.UNORDERED} does not exist: swift build --product coronet, or set CORONET_UNORDERED")
    with Server(binary=settings.UNORDERED, cores=CORES, directives={"unsafe-unordered-multishard": "yes"}) as server:
        yield server


@pytest.mark.parametrize("name", ["MSET", "MSETNX and DEL", "RENAME"])
def test_the_race_tears_without_ordering(unordered, name):
    runners = Runners(unordered, RACES[name], UNORDERED_SECONDS).run()
    assert not runners.failures
    assert runners.torn, f"{runners.reads} reads and none torn: this race cannot fail"


def test_one_connection_sees_its_own_order(ordered):
    """A pipeline's commands take effect and are answered in order, whichever core each key lives on."""
    commands, expected = [], []
    for number in range(2000):
        key = KEYS[number % N]
        commands += [["SET", key, number], ["MGET", *KEYS], ["GET", key], ["STRLEN", KEYS[(number + 1) % N]]]
        expected.append(b"%d" % number)
    with ordered.connect(timeout=30) as connection:
        connection.command("FLUSHALL")
        replies = connection.pipeline(commands)
    for number, value in enumerate(expected):
        framed = b"$%d\r\n%b\r\n" % (len(value), value)
        assert replies[4 * number] == b"+OK\r\n"
        assert framed in replies[4 * number + 1] and replies[4 * number + 2] == framed
