"""GET and SET must allocate nothing outside the arena, count no references, and make one system call a turn.

Counted in the program itself, not timed: a preloaded library counts the calls of the core's thread, and strace the
system calls. The counts of a long run minus those of a short one are what the operations cost, whatever starting up
and growing cost."""

import os
import re
import shutil
import signal
import subprocess

import pytest

from support import counter, settings
from support.resp import Connection

KEYS = 512
PIPELINE = 16

pytestmark = pytest.mark.skipif(
    "debug" in settings.CORONET or settings.is_redis(settings.CORONET),
    reason="an unoptimised build counts references that the program does not have, and Redis has no cores")


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    return counter.build(tmp_path_factory.mktemp("native"))


@pytest.fixture
def counted(library, start, tmp_path):
    """A server that tells (allocations, references) of its core so far."""
    answer = tmp_path / "counts"
    server = start(environment=counter.environment(library, answer))
    return server, lambda: counter.counts(server, answer)


def command(*words) -> bytes:
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def pipelines(verb: str) -> list:
    """Requests for all keys, in pipelines."""
    value = b"v" * 64
    requests = [command(b"GET", b"key:%06d" % key) if verb == "get" else command(b"SET", b"key:%06d" % key, value)
                for key in range(KEYS)]
    return [b"".join(requests[first:first + PIPELINE]) for first in range(0, KEYS, PIPELINE)]


def run(connection: Connection, batches: list, rounds: int) -> int:
    for _ in range(rounds):
        for batch in batches:
            connection.send(batch)
            for _ in range(PIPELINE):
                connection.read()
    return rounds * KEYS


@pytest.mark.parametrize("verb", ["get", "set"])
def test_allocates_and_retains_nothing(counted, verb):
    server, counts = counted
    with Connection(("127.0.0.1", server.port)) as connection:
        run(connection, pipelines("set"), 2)
        batches = pipelines(verb)
        run(connection, batches, 4)  # arrays and buffers reach their size
        before = counts()
        operations = run(connection, batches, 40)
        after = counts()
    allocations, references = (late - early for early, late in zip(before, after))
    # The bookkeeping of a second of idling may fall into the run; a call per operation, or per pipeline, may not.
    assert allocations <= operations // PIPELINE // 50, f"{allocations} allocations in {operations} operations"
    assert references <= operations // PIPELINE // 50, f"{references} retains in {operations} operations"


def test_the_counter_counts(counted):
    """A command that does allocate is seen: the test above can fail."""
    server, counts = counted
    with Connection(("127.0.0.1", server.port)) as connection:
        before = counts()
        for _ in range(200):
            connection.send(command(b"CONFIG", b"GET", b"max*"))
            connection.read()
        assert counts()[0] - before[0] > 200


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_one_system_call_a_turn(start, tmp_path):
    """A pipeline that arrives in one piece is one turn: received, executed, answered by one enter each way."""
    server = start()
    trace = tmp_path / "trace"
    with Connection(("127.0.0.1", server.port)) as connection:
        batches = pipelines("set")
        run(connection, batches, 2)
        strace = subprocess.Popen(["strace", "-f", "-p", str(server.process.pid), "-o", trace],
                                  stderr=subprocess.PIPE)
        while b"attached" not in strace.stderr.readline():
            assert strace.poll() is None, "strace could not attach"
        rounds = 10
        run(connection, batches, rounds)
        strace.send_signal(signal.SIGINT)
        strace.wait(10)
    calls = re.findall(r"^\d+ +(?:<\.\.\. )?(\w+)", trace.read_text(), re.MULTILINE)
    turns = rounds * len(batches)
    others = [call for call in calls if call != "io_uring_enter" and call not in ("restart_syscall", "resumed")]
    # A send's completion and the next request may need a turn each.
    assert len(calls) <= 2.2 * turns + 40, f"{len(calls)} calls in {turns} round trips"
    assert len(others) <= 40, f"other system calls: {sorted(set(others))}"
