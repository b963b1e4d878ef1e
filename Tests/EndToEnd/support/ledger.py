"""Clients that write and remember what was acknowledged: after a crash every acknowledged write must be there.

Each client owns its keys and writes rising numbers to them, a pipeline at a time. For a key, the number found after the
crash must be at least the last one acknowledged, and at most the last one sent.
"""

import random
import threading

from .resp import Connection, ConnectionClosed


class Ledger:
    """Runs so many clients until the server goes away."""

    def __init__(self, port: int, clients: int = 4, seed: int = 1, window: int = 8):
        self.port = port
        self.seed = seed
        self.window = window
        self.acknowledged = {}
        self.sent = {}
        self.errors = []
        self.threads = [threading.Thread(target=self._client, args=(number,)) for number in range(clients)]

    def start(self):
        for thread in self.threads:
            thread.start()
        return self

    def join(self):
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive(), "a client of the ledger hangs"

    @property
    def count(self) -> int:
        return sum(self.acknowledged.values())

    def _client(self, number: int):
        chance = random.Random(self.seed * 1000 + number)
        keys = [f"ledger:{number}:{index}".encode() for index in range(20)]
        try:
            with Connection(("127.0.0.1", self.port), timeout=30) as connection:
                while True:
                    self._pipeline(connection, chance, keys)
        except (OSError, ConnectionClosed):
            return

    def _pipeline(self, connection, chance, keys):
        batch = [chance.choice(keys) for _ in range(chance.randint(1, self.window))]
        lines = []
        for key in batch:
            self.sent[key] = self.sent.get(key, 0) + 1
            lines.append(b"*2\r\n$4\r\nINCR\r\n$%d\r\n%s\r\n" % (len(key), key))
        connection.send(b"".join(lines))
        for key in batch:
            reply = connection.read()
            if not reply.startswith(b":"):
                self.errors.append(reply)
                return
            self.acknowledged[key] = int(reply[1:])

    def check(self, get, lost: int = 0):
        """Compares with what `get(key)` finds; gives how many acknowledged writes are missing."""
        missing = 0
        for key, acknowledged in self.acknowledged.items():
            found = int(get(key) or 0)
            assert found <= self.sent[key], f"{key}: {found} was never written, the last was {self.sent[key]}"
            missing += max(0, acknowledged - found)
        assert missing <= lost, f"{missing} acknowledged writes are missing (seed {self.seed})"
        return missing
