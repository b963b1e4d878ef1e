#!/usr/bin/env python3
"""Runs the same random commands on Coronet and on redis-server 7.0.15 and compares every reply byte.

    python3 Tests/EndToEnd/differential.py --seed 7 --count 1000000 --cores 2

A stream is cut into chapters (see support/streams.py). Within a chapter, batches of some 500 commands go in
one write to both servers over one of several connections (RESP2 and RESP3); an ECHO of a fresh marker ends a
batch, so that whole batches are read without looking at single replies. Only when the bytes of a batch differ
are they cut into replies, and the rules of support/compare.py applied.

A difference is reported with the seed, the chapter, the command, both replies, and the shortest sequence of
commands found that still shows it.
"""

import argparse
import os
import random
import selectors
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from support import settings  # noqa: E402
from support.compare import first_difference, same  # noqa: E402
from support.resp import Connection, ConnectionClosed, encode, parse, shown  # noqa: E402
from support.server import Server  # noqa: E402
from support.streams import KINDS, Stream  # noqa: E402

BATCH = 500
BATCHES_PER_CHAPTER = 40
PROTOCOLS = (2, 3, 2)  # one connection each
REPLAYS = 400  # how many attempts a minimisation may take
WAIT_SECONDS = 30


class Difference(Exception):
    """Two servers disagreed; the text tells all that is needed to see it again."""


class Pair:
    """The same connections to both servers, driven in step."""

    def __init__(self, ours, theirs):
        self.servers = (ours, theirs)
        self.connections = []
        self.connect()

    def connect(self):
        self.close()
        self.connections = [
            tuple(Connection(server, timeout=WAIT_SECONDS) for server in self.servers) for _ in PROTOCOLS]

    def close(self):
        for both in self.connections:
            for connection in both:
                connection.close()
        self.connections = []

    def begin(self):
        """Empty databases, and every connection as if it were new."""
        for protocol, both in zip(PROTOCOLS, self.connections):
            for connection in both:
                connection.command("RESET")
                connection.command("HELLO", protocol)
        for connection in self.connections[0]:
            connection.command("FLUSHALL")

    def exchange(self, index: int, payload: bytes, marker: bytes):
        """Sends `payload` and the marker to both servers and gives both runs of replies without the marker."""
        ending = b"$%d\r\n%b\r\n" % (len(marker), marker)
        data = payload + encode("ECHO", marker)
        both = self.connections[index]
        received = _pump([connection.socket for connection in both], data, ending)
        return tuple(bytes(memoryview(run)[: -len(ending)]) if run.endswith(ending) else bytes(run) for run in received)


def _pump(sockets, data: bytes, ending: bytes):
    """Writes and reads at once: a server may stop reading until its replies are taken.

    A connection that is closed, or silent for WAIT_SECONDS, gives what it sent so far.
    """
    selector = selectors.DefaultSelector()
    received = {end: bytearray() for end in sockets}
    unsent = {end: memoryview(data) for end in sockets}
    for end in sockets:
        end.setblocking(False)
        selector.register(end, selectors.EVENT_READ | selectors.EVENT_WRITE)
    open_ends = set(sockets)
    while open_ends:
        ready = selector.select(WAIT_SECONDS)
        if not ready:
            break
        for key, events in ready:
            end = key.fileobj
            if events & selectors.EVENT_WRITE:
                _write_some(selector, end, unsent)
            if events & selectors.EVENT_READ and _read_some(end, received[end], ending):
                selector.unregister(end)
                open_ends.discard(end)
    selector.close()
    return [received[end] for end in sockets]


def _write_some(selector, end, unsent):
    try:
        unsent[end] = unsent[end][end.send(unsent[end]) :]
    except BlockingIOError:
        return
    except OSError:
        unsent[end] = unsent[end][:0]  # closed by the server: reading will tell
    if not unsent[end]:
        selector.modify(end, selectors.EVENT_READ)


def _read_some(end, received: bytearray, ending: bytes) -> bool:
    """True when the batch is over for this connection."""
    try:
        data = end.recv(1 << 18)
    except BlockingIOError:
        return False
    except OSError:
        return True
    received += data
    return not data or received.endswith(ending)


class Differential:
    """Runs chapters; remembers the running one so that a difference can be replayed and cut down."""

    def __init__(self, ours, theirs, seed: int, say=print, left_out=()):
        self.pair = Pair(ours, theirs)
        self.seed = seed
        self.say = say
        self.left_out = left_out
        self.marker = random.Random(seed ^ 0x5EED)
        self.commands_run = 0

    def run(self, count: int, first_chapter: int = 0):
        """At least `count` commands, chapter by chapter."""
        chapter = first_chapter
        while self.commands_run < count:
            self.run_chapter(chapter, min(count - self.commands_run, BATCH * BATCHES_PER_CHAPTER))
            chapter += 1
        return self.commands_run

    def run_chapter(self, chapter: int, most: int = BATCH * BATCHES_PER_CHAPTER):
        stream = Stream(self.seed, chapter, self.left_out)
        turns = random.Random(self.seed + chapter)
        history = []
        done = 0
        self.pair.begin()
        while done < most:
            commands = stream.batch(min(BATCH, most - done))
            index = turns.randrange(len(PROTOCOLS))
            found = self.run_batch(index, commands)
            if found:
                history += [(index, command) for command in commands[: found[0] + 1]]
                self.report(chapter, done + found[0], history, *found[1:])
            history += [(index, command) for command in commands]
            done += len(commands)
        self.commands_run += done
        self.check_state(chapter)

    def run_batch(self, index: int, commands):
        """Both servers run `commands`; gives the first difference, if any."""
        payload = b"".join([command.raw for command in commands])
        marker = b"end-%016x" % self.marker.getrandbits(64)
        ours, theirs = self.pair.exchange(index, payload, marker)
        if ours == theirs:
            return None
        return first_difference(commands, ours, theirs)

    # The state at a chapter's end

    def check_state(self, chapter: int):
        """Walks every database with SCAN on both servers: same keys, values, encodings and expiry."""
        for connection in self.pair.connections[0]:
            connection.command("RESET")
        for database in range(16):
            states = [_state(connection, database) for connection in self.pair.connections[0]]
            self.compare_states(chapter, database, *states)

    def compare_states(self, chapter, database, ours, theirs):
        for key in sorted(ours.keys() | theirs.keys()):
            for question, a, b in zip(_QUESTIONS, ours.get(key, _GONE), theirs.get(key, _GONE)):
                if not same([question], a, b):
                    raise Difference(
                        f"seed {self.seed} chapter {chapter}: database {database} differs at its end\n"
                        f"  {question.decode()} {key!r}\n  ours:   {shown(a)}\n  theirs: {shown(b)}")

    # Reporting

    def report(self, chapter: int, position: int, history, ours: bytes, theirs: bytes):
        index, command = history[-1]
        self.say(f"difference at seed {self.seed} chapter {chapter} command {position}; looking for the shortest replay")
        shortest = self.minimised(history)
        lines = [
            f"seed {self.seed} chapter {chapter} command {position} (connection {index}, RESP{PROTOCOLS[index]} at first)",
            f"  {command!r}", f"  ours:   {shown(ours)}", f"  theirs: {shown(theirs)}",
            f"  replay ({len(shortest)} commands):"]
        lines += [f"    {at}> {each!r}" for at, each in shortest[-60:]]
        raise Difference("\n".join(lines))

    def minimised(self, history) -> list:
        """The shortest sequence found that still ends in a difference: related commands first, then halving."""
        self.attempts = 0
        related = _related(history)
        shortest = related if self.differs(related) else history
        if shortest is history and not self.differs(history):
            return history[-20:]  # it depends on more than the commands; show the last ones
        step = max(1, len(shortest) // 2)
        while step and self.attempts < REPLAYS:
            shortest = self.without_chunks(shortest, step)
            step //= 2
        return shortest

    def without_chunks(self, sequence, step: int) -> list:
        """Drops every run of `step` commands that the difference does not need."""
        place = 0
        while place < len(sequence) - 1 and self.attempts < REPLAYS:
            end = min(place + step, len(sequence) - 1)
            shorter = sequence[:place] + sequence[end:]
            if self.differs(shorter):
                sequence = shorter
            else:
                place = end
        return sequence

    def differs(self, sequence) -> bool:
        """Replays `sequence` from an empty server; true when its last command, and none before, gets different replies."""
        self.attempts += 1
        try:
            self.pair.connect()
            self.pair.begin()
            runs = list(_runs(sequence))
            for place, (index, commands) in enumerate(runs):
                found = self.run_batch(index, commands)
                if found:
                    return place == len(runs) - 1 and found[0] == len(commands) - 1
        except (OSError, ConnectionClosed):
            return True
        return False


def _runs(sequence):
    """Cuts a history into runs of commands on the same connection."""
    index, commands = None, []
    for at, command in sequence:
        if at != index and commands:
            yield index, commands
            commands = []
        index = at
        commands.append(command)
    if commands:
        yield index, commands


# Commands that reach keys without naming them, or change what a connection means.
_GLOBAL = frozenset([
    b"SELECT", b"SWAPDB", b"FLUSHALL", b"FLUSHDB", b"RESET", b"HELLO", b"CLIENT", b"MOVE", b"COPY", b"(INLINE)", b"(SILENT)"])
_LOOKING_AT_ALL = frozenset([b"KEYS", b"SCAN", b"DBSIZE", b"RANDOMKEY"])


def _related(history) -> list:
    """The commands that share a key with the last one, and those that act on every key."""
    last = history[-1][1]
    if last.arguments[:1] and last.arguments[0].upper() in _LOOKING_AT_ALL:
        return history
    keys = set(last.arguments[1:])
    return [
        (index, command) for index, command in history
        if command.arguments[:1] and command.arguments[0].upper() in _GLOBAL or keys & set(command.arguments[1:])]


_QUESTIONS = (b"TYPE", b"GET", b"OBJECT ENCODING", b"PTTL")
_GONE = (b"(no such key)",) * len(_QUESTIONS)


def _state(connection, database: int) -> dict:
    """Every key of a database, found by SCAN, with what can be asked about it."""
    connection.command("SELECT", database)
    keys, cursor = set(), b"0"
    while True:
        cursor, found = connection.ask("SCAN", cursor, "COUNT", "7")
        keys.update(found)
        if cursor == b"0":
            break
    listed = set(connection.ask("KEYS", "*"))
    if listed != keys:
        raise Difference(f"SCAN and KEYS disagree in database {database}: {keys ^ listed}")
    state = {}
    for key in keys:
        state[key] = tuple(connection.pipeline(
            [("TYPE", key), ("GET", key), ("OBJECT", "ENCODING", key), ("PTTL", key)]))
    return state


def quiesce(address):
    """Active expiry would make DBSIZE depend on when it ran."""
    with Connection(address) as connection:
        reply = connection.command("DEBUG", "SET-ACTIVE-EXPIRE", "0")
        if reply != b"+OK\r\n":
            raise Difference(f"DEBUG SET-ACTIVE-EXPIRE 0 gave {shown(reply)}")


def main() -> int:
    options = _options()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}, {options.count} commands, {options.cores} core(s), {settings.CORONET}", flush=True)
    with Server(cores=options.cores) as ours, Server(binary=settings.REDIS) as theirs:
        quiesce(ours.address)
        quiesce(theirs.address)
        started = time.monotonic()
        differential = Differential(ours.address, theirs.address, seed, left_out=options.leave_out)
        try:
            if options.chapter is not None:
                differential.run_chapter(options.chapter)
            else:
                differential.run(options.count)
        except Difference as difference:
            print(difference)
            return 1
        print(f"{differential.commands_run} commands, no difference, {time.monotonic() - started:.1f} s")
    return 0


def _options():
    parser = argparse.ArgumentParser(description="Random commands, both servers, every reply byte compared.")
    parser.add_argument("--seed", type=int, help="repeat this stream (default: a new one, printed)")
    parser.add_argument("--count", type=int, default=1_000_000, help="commands to run")
    parser.add_argument("--cores", type=int, default=1, help="cores of the server under test")
    parser.add_argument("--chapter", type=int, help="run this chapter alone, as a report names it")
    parser.add_argument("--leave-out", nargs="+", default=[], choices=KINDS, help="kinds of commands not to draw", metavar="KIND")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
