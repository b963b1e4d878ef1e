"""RESP as raw bytes: where replies end, what they say, and a connection that keeps every byte.

The tests compare replies byte for byte, so a connection hands back exactly what the server sent;
`parse` gives the meaning where a test needs it.
"""

import re
import socket
import time

CRLF = b"\r\n"
_AGGREGATES = frozenset(b"*%~>|")
_BULKS = frozenset(b"$=!")
_BIND_ADDRESS_NO_PORT = 24  # linux/in.h; Python has no name for it


class Incomplete(Exception):
    """The bytes end inside a reply."""


class ConnectionClosed(Exception):
    """The server closed the connection; `received` holds what came before."""

    def __init__(self, received: bytes):
        super().__init__(f"connection closed by the server after {received[:200]!r}")
        self.received = received


class ErrorReply(str):
    """The text of a `-` or `!` reply."""


def encode(*arguments) -> bytes:
    """One request in multibulk form. Text is sent as UTF-8, numbers in decimal."""
    parts = [b"*%d\r\n" % len(arguments)]
    for argument in arguments:
        if not isinstance(argument, (bytes, bytearray)):
            argument = str(argument).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(argument), argument))
    return b"".join(parts)


def reply_end(data: bytes, start: int = 0) -> int:
    """The index just past the reply that begins at `start`. Raises Incomplete when it is not all there."""
    outstanding = 1
    position = start
    while outstanding:
        line = data.find(CRLF, position)
        if line < 0:
            raise Incomplete
        kind = data[position]
        if kind in _BULKS:
            length = int(data[position + 1 : line])
            position = line + 2 if length < 0 else line + 4 + length
            if position > len(data):
                raise Incomplete
        elif kind in _AGGREGATES:
            count = int(data[position + 1 : line])
            if kind == 0x25:  # a map holds two replies for each of its entries
                count *= 2
            elif kind == 0x7C:  # an attribute comes in front of the reply it belongs to
                count = count * 2 + 1
            outstanding += max(count, 0)
            position = line + 2
        else:
            position = line + 2
        outstanding -= 1
    return position


def split(data: bytes) -> list:
    """Cuts a run of whole replies into single ones, still raw."""
    replies = []
    position = 0
    while position < len(data):
        end = reply_end(data, position)
        replies.append(data[position:end])
        position = end
    return replies


def parse(data: bytes):
    """The meaning of one raw reply: bytes, int, float, list, dict, None, bool or ErrorReply.

    Simple and verbatim strings become `bytes` too; maps with unhashable keys become lists of pairs.
    """
    value, end = _parse(data, 0)
    if end != len(data):
        raise ValueError(f"bytes after the reply: {data[end:][:100]!r}")
    return value


def _parse(data: bytes, position: int):
    line = data.find(CRLF, position)
    if line < 0:
        raise Incomplete
    kind = chr(data[position])
    head = data[position + 1 : line]
    after = line + 2
    if kind == "+":
        return head, after
    if kind == "-":
        return ErrorReply(head.decode("utf-8", "replace")), after
    if kind == ":":
        return int(head), after
    if kind == "_":
        return None, after
    if kind == "#":
        return head == b"t", after
    if kind == ",":
        return float(head), after
    if kind == "(":
        return int(head), after
    if kind in "$=!":
        return _parse_bulk(data, kind, int(head), after)
    return _parse_aggregate(data, kind, int(head), after)


def _parse_bulk(data: bytes, kind: str, length: int, after: int):
    if length < 0:
        return None, after
    body = data[after : after + length]
    end = after + length + 2
    if kind == "=":
        body = body[4:]
    if kind == "!":
        return ErrorReply(body.decode("utf-8", "replace")), end
    return body, end


def _parse_aggregate(data: bytes, kind: str, count: int, after: int):
    if count < 0:
        return None, after
    if kind == "|":
        for _ in range(2 * count):
            _, after = _parse(data, after)
        return _parse(data, after)
    items = []
    for _ in range(2 * count if kind == "%" else count):
        item, after = _parse(data, after)
        items.append(item)
    if kind != "%":
        return items, after
    pairs = list(zip(items[::2], items[1::2]))
    try:
        return dict(pairs), after
    except TypeError:
        return pairs, after


class Connection:
    """One raw connection. Every read is bounded by a deadline, so a hung server fails a test and does not hang it."""

    def __init__(self, address, timeout: float = 10.0, protocol: int = 2, source=None, receive_buffer=None):
        self.address = address
        self.timeout = timeout
        self.buffer = bytearray()
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source is not None:
            # The port is then chosen at connect, which stays fast when thousands are taken.
            self.socket.setsockopt(socket.IPPROTO_IP, _BIND_ADDRESS_NO_PORT, 1)
            self.socket.bind(source)
        self.socket.settimeout(timeout)
        self.socket.connect(address)
        if family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if protocol == 3:
            self.command("HELLO", "3")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data: bytes):
        self.socket.sendall(data)

    def read(self) -> bytes:
        """The next reply, byte for byte."""
        deadline = time.monotonic() + self.timeout
        while True:
            try:
                end = reply_end(self.buffer)
            except Incomplete:
                self._receive(deadline)
                continue
            reply = bytes(self.buffer[:end])
            del self.buffer[:end]
            return reply

    def read_many(self, count: int) -> list:
        return [self.read() for _ in range(count)]

    def read_until(self, ending: bytes) -> bytes:
        """Everything up to and with `ending`, which must be the last thing the server sends."""
        deadline = time.monotonic() + self.timeout
        while not self.buffer.endswith(ending):
            self._receive(deadline, 1 << 18)
        received = bytes(self.buffer)
        self.buffer.clear()
        return received

    def read_to_close(self, limit: float = None) -> bytes:
        """Everything until the server closes. Raises TimeoutError when it does not."""
        deadline = time.monotonic() + (limit or self.timeout)
        while True:
            try:
                self._receive(deadline)
            except ConnectionClosed as closed:
                return closed.received

    def read_for(self, seconds: float) -> bytes:
        """Everything that comes within `seconds`, or until the server closes."""
        deadline = time.monotonic() + seconds
        try:
            while True:
                self._receive(deadline)
        except (TimeoutError, ConnectionClosed):
            received = bytes(self.buffer)
            self.buffer.clear()
            return received

    def command(self, *arguments) -> bytes:
        """Sends one command and gives its raw reply."""
        self.send(encode(*arguments))
        return self.read()

    def ask(self, *arguments):
        """Sends one command and gives the meaning of its reply."""
        return parse(self.command(*arguments))

    def line(self, text: str) -> bytes:
        """Sends `text` split like a shell line, so that tables of commands read as one types them."""
        return self.command(*words(text))

    def pipeline(self, commands) -> list:
        self.send(b"".join(encode(*command) for command in commands))
        return self.read_many(len(commands))

    def _receive(self, deadline: float, size: int = 1 << 16):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError(f"no whole reply in time; so far {bytes(self.buffer[:200])!r}")
        self.socket.settimeout(remaining)
        try:
            data = self.socket.recv(size)
        except ConnectionResetError:
            data = b""
        if not data:
            raise ConnectionClosed(bytes(self.buffer))
        self.buffer += data


_WORD = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'[^']*'|\S+)""")


def words(text: str) -> list:
    """Splits a line into arguments (bytes). Double quotes take \\xHH, \\r, \\n, \\t, \\\\ and \\"; single quotes nothing."""
    arguments = []
    for match in _WORD.finditer(text.strip()):
        word = match.group(1)
        if word[0] == '"':
            word = word[1:-1].encode("latin-1").decode("unicode_escape").encode("latin-1")
        elif word[0] == "'":
            word = word[1:-1].encode()
        else:
            word = word.encode()
        arguments.append(word)
    return arguments


def shown(data: bytes, limit: int = 300) -> str:
    """Reply bytes for a failure message."""
    text = repr(bytes(data))
    return text if len(text) <= limit else f"{text[:limit]}... ({len(data)} bytes)"
