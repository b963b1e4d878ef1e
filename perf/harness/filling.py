"""Stores an exact number of keys of an exact size, without the load generator: for what is counted in bytes or is due at a
moment."""

import socket

BATCH_KEYS = 10_000
BATCH_BYTES = 4 << 20
TIMEOUT_SECONDS = 120


def fill(server, count: int, value_size: int, expires_at: int = 0, prefix: bytes = b"", width: int = 16):
    """Stores `count` keys, `prefix` and a number of `width` digits, with values of `value_size` bytes; returns when all are
    stored."""
    marker = prefix + b"#" * width
    head, tail = server.store_request(marker, b"x" * value_size, expires_at).split(marker)
    question, answer = server.fence
    batch = max(1, min(BATCH_KEYS, BATCH_BYTES // (value_size + 1)))
    with socket.create_connection(server.address, TIMEOUT_SECONDS) as connection:
        for start in range(0, count, batch):
            numbers = range(start, min(start + batch, count))
            connection.sendall(b"".join([b"%b%b%0*d%b" % (head, prefix, width, number, tail) for number in numbers]) + question)
            _wait_for(connection, answer)


def _wait_for(connection, answer: bytes):
    """Reads past what the stores are answered until the fence's own answer ends it."""
    tail = b""
    while not tail.endswith(answer):
        part = connection.recv(1 << 20)
        if not part:
            raise ConnectionError(f"the server closed the connection while it was filled; last: {tail[-200:]!r}")
        if part.startswith((b"-", b"SERVER_ERROR")):
            raise ConnectionError(f"the server refused a store: {part[:200]!r}")
        tail = (tail + part)[-len(answer):]
