"""Malformed requests get redis-server's bytes: the error text, the connection closed or left open."""

import time

import pytest

from support.resp import Connection, ConnectionClosed, encode, shown

QUIET = 0.1  # how long a connection must stay silent to count as left open
PATIENCE = 5.0  # how long a busy machine may take to answer

GET = b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n"
PING = b"PING\r\n"

CASES = {
    # Empty requests are skipped, and the parser starts afresh after each.
    "empty lines": b"\r\n\n\r\n" + PING,
    "empty array": b"*0\r\n" + PING,
    "negative array": b"*-1\r\n*-10\r\n" + PING,
    "many empty requests": b"*0\r\n\r\n*-1\r\n" * 20_000 + PING,
    "spaces": b"   \r\n" + PING,
    # Counts
    "count beyond Int32": b"*3000000000\r\n",
    "count beyond a million": b"*1048577\r\n" + PING,
    "count Int32.max": b"*2147483647\r\n",
    "count Int32.max + 1": b"*2147483648\r\n",
    "count Int64.max": b"*9223372036854775807\r\n",
    "count Int64.min": b"*-9223372036854775808\r\n" + PING,
    "count of 20 digits": b"*99999999999999999999\r\n",
    "count of 100 digits": b"*" + b"9" * 100 + b"\r\n",
    "count in exponent form": b"*1e3\r\n",
    "count with a plus": b"*+1\r\n",
    "count with a zero in front": b"*01\r\n$4\r\nPING\r\n",
    "count with a space": b"* 1\r\n",
    "count missing": b"*\r\n",
    "count of minus": b"*-\r\n",
    "count negative zero": b"*-0\r\n" + PING,
    "count not a number": b"*abc\r\n",
    "count in hex": b"*0x1\r\n",
    # Lengths
    "length -1": b"*1\r\n$-1\r\n",
    "length -10": b"*2\r\n$3\r\nGET\r\n$-10\r\n",
    "length over the limit": b"*2\r\n$3\r\nGET\r\n$536870913\r\n",
    "length 2 billion": b"*2\r\n$3\r\nGET\r\n$2000000000\r\n",
    "length Int64.max": b"*2\r\n$3\r\nGET\r\n$9223372036854775807\r\n",
    "length beyond Int64": b"*2\r\n$3\r\nGET\r\n$9223372036854775808\r\n",
    "length not a number": b"*2\r\n$3\r\nGET\r\n$abc\r\n",
    "length missing": b"*2\r\n$3\r\nGET\r\n$\r\n",
    "length with a plus": b"*1\r\n$+4\r\nPING\r\n",
    "length with a zero in front": b"*1\r\n$04\r\nPING\r\n",
    "length with a space": b"*1\r\n$ 4\r\nPING\r\n",
    "length in exponent form": b"*1\r\n$4e0\r\nPING\r\n",
    "length too short": b"*1\r\n$3\r\nPING\r\n" + PING,
    "length too long": b"*1\r\n$5\r\nPING\r\n" + PING,
    "length zero": b"*1\r\n$0\r\n\r\n" + PING,
    "no line end after the bulk": b"*2\r\n$3\r\nGETXX$1\r\nk\r\n" + PING,
    # Structure
    "no dollar": b"*1\r\nPING\r\n",
    "nested array": b"*1\r\n*1\r\n$4\r\nPING\r\n",
    "deeply nested arrays": b"*1\r\n" * 50_000,
    "map as a request": b"%1\r\n$1\r\na\r\n$1\r\nb\r\n",
    "integer as an argument": b"*2\r\n$3\r\nGET\r\n:1\r\n",
    "resp3 types as a request": b"~1\r\n_\r\n#t\r\n",
    "reply as a request": b"+OK\r\n-ERR x\r\n:1\r\n",
    "lone line feeds": b"*1\n$4\nPING\n" + PING,
    "line feed after the count": b"*1\n",
    "lone carriage return": b"*1\r$4\r\nPING\r\n",
    "good, then bad": GET + encode("PING") + encode("ECHO", "x") + GET + b"*1\r\n$x\r\n" + PING,
    # Inline
    "inline": b"ping\r\n  ECHO   hello  \nSET k 'it''s'\r\n",
    "inline quotes": b"ECHO \"a b\"\r\nECHO 'a b'\r\nECHO \"\\x41\\n\\r\\t\\a\\b\\\\\\\"\"\r\nECHO 'a\\'b'\r\nECHO \"\\xzz\"\r\n",
    "inline unbalanced double": b'ECHO "abc\r\n' + PING,
    "inline unbalanced single": b"ECHO 'abc\r\n" + PING,
    "inline text after a quote": b'ECHO "a"b\r\n' + PING,
    "inline cut hex": b'ECHO "\\x4"\r\n',
    "inline empty quotes": b'ECHO ""\r\n\'\'\r\n',
    "inline utf-8 and byte order mark": b"\xef\xbb\xbfPING\r\nECHO \xc3\xbc\r\n",
    "inline telnet": b"\xff\xf4\xff\xfd\x06PING\r\n",
    "inline of just 64 KiB": b"ECHO " + b"x" * (65536 - 7) + b"\r\n",
    "inline beyond 64 KiB without an end": b"ECHO " + b"x" * 70_000,
    "inline with many words": b"EXISTS" + b" a" * 10_000 + b"\r\n",
    "inline in capitals and tabs": b"PiNg\t\r\n",
    # Other protocols
    "tls client hello": bytes.fromhex("16030100c8010000c40303") + bytes(range(200)) + b"\r\n",
    "memcached": b"get k\r\nset k 0 0 1\r\nv\r\n",
    # Nothing but noise
    "count line without an end": b"*" + b"1" * 70_000,
    "length line without an end": b"*1\r\n$" + b"1" * 70_000,
    "an array of nothing": b"*100000\r\n" + b"$0\r\n\r\n" * 100_000 + PING,
}

# Redis takes a NUL for the end of the line it searches, waits, and refuses at 64 KiB; ours may refuse earlier or
# take the byte as it is. What matters: no growth without end, and no crash.
NULS = {
    "nul run": b"\x00" * 200_000,
    "nul count": b"*\x00" + b"1" * 200_000,
    "nul length": b"*1\r\n$\x00" + b"1" * 200_000,
    "nul inline": b"PING\x00\r\n",
}


# A page in a browser can make it post to any port: not one line of it may run.
HTTP = {
    "get": b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: x\r\n\r\nSET k evil\r\n",
    "post": b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nSET k evil\r\n",
    "host": b"hOST: localhost\r\nSET k evil\r\n",
}


@pytest.mark.parametrize("case", HTTP)
def test_http_is_hung_up_on(node, case):
    with node.connect() as other, node.connect() as connection:
        other.command("DEL", "k")
        _send(connection, HTTP[case])
        connection.read_to_close(PATIENCE)
        assert other.ask("EXISTS", "k") == 0


def _send(connection, data: bytes):
    try:
        connection.send(data)
    except OSError:
        pass  # closed while sending: reading will tell


def _outcome(connection, seconds: float):
    """What came back and whether the connection was closed."""
    try:
        return connection.read_to_close(seconds), True
    except TimeoutError:
        return bytes(connection.buffer), False


def _outcome_like(connection, expected):
    """The same, waiting for as long as something that is expected has not come yet."""
    deadline = time.monotonic() + PATIENCE
    while True:
        received, closed = _outcome(connection, QUIET)
        complete = closed if expected[1] else len(received) >= len(expected[0])
        if closed or complete or time.monotonic() > deadline:
            return received, closed


def _outcome_of_redis(redis, data: bytes):
    """One thread serves all connections: when another was answered twice, this one's request has been seen."""
    with redis.connect() as connection, redis.connect() as other:
        _send(connection, data)
        for _ in range(2):
            other.command("PING")
        return _outcome(connection, QUIET)


@pytest.mark.parametrize("case", CASES)
def test_same_as_redis(node, redis, case):
    for server in (node, redis):
        with server.connect() as connection:
            connection.command("FLUSHALL")
    theirs = _outcome_of_redis(redis, CASES[case])
    with node.connect() as connection:
        _send(connection, CASES[case])
        ours = _outcome_like(connection, theirs)
    if ours != theirs and not _is_reset(case, ours, theirs):
        pytest.fail(f"ours: {_said(ours)}\ntheirs: {_said(theirs)}", pytrace=False)
    with node.connect() as other:
        assert other.command("PING") == b"+PONG\r\n"


def _is_reset(case, ours, theirs) -> bool:
    """A server that closes with unread bytes makes the kernel send a reset, which may swallow its last words."""
    return len(CASES[case]) > 60_000 and ours[1] and theirs[1] and (not ours[0] or not theirs[0])


def _said(outcome) -> str:
    return f"{shown(outcome[0])} and {'closed' if outcome[1] else 'left open'}"


@pytest.mark.parametrize("case", NULS)
def test_nul_bytes_do_no_harm(node, case):
    with node.connect() as connection:
        _send(connection, NULS[case])
        received, closed = _outcome(connection, 2.0 if len(NULS[case]) > 1000 else QUIET)
        if len(NULS[case]) > 1000:
            assert closed and (not received or received.startswith(b"-ERR")), shown(received)
    with node.connect() as other:
        assert other.command("PING") == b"+PONG\r\n"


REQUESTS = encode("SET", "key", "va\r\nlue") + b"PING\r\n" + encode("GET", "key") + b"*0\r\n" + b"ECHO 'a b'\r\n" + encode("DEL", "key")
REPLIES = b"+OK\r\n+PONG\r\n$7\r\nva\r\nlue\r\n$3\r\na b\r\n:1\r\n"


def test_cut_at_every_byte(node):
    """Two pieces, cut at each place, with time between them for the server to see the first alone."""
    for cut in range(1, len(REQUESTS)):
        with node.connect() as connection:
            connection.send(REQUESTS[:cut])
            time.sleep(0.001)
            connection.send(REQUESTS[cut:])
            assert connection.read_until(b":1\r\n") == REPLIES, f"cut at {cut}"


def test_byte_by_byte(node):
    with node.connect() as connection:
        for byte in REQUESTS:
            connection.send(bytes([byte]))
            time.sleep(0.0003)
        assert connection.read_until(b":1\r\n") == REPLIES


def test_glued(node):
    with node.connect() as connection:
        connection.send(REQUESTS * 3000)
        assert connection.read_until(REPLIES * 3) and True
    with node.connect() as connection:
        connection.send(REQUESTS * 3000 + encode("ECHO", "the end"))
        assert connection.read_until(b"the end\r\n") == REPLIES * 3000 + b"$7\r\nthe end\r\n"


def test_a_large_bulk_in_small_pieces(node):
    value = bytes(range(256)) * 4096
    request = encode("SET", "large", value)
    with node.connect() as connection:
        for start in range(0, len(request), 1500):
            connection.send(request[start : start + 1500])
        assert connection.read() == b"+OK\r\n"
        assert connection.ask("GET", "large") == value


def test_a_hundred_thousand_arguments(node, redis):
    for words in (["EXISTS"], ["DEL"], ["MGET"], ["NOSUCH"], ["SET"], ["BITOP", "OR", "dest"]):
        request = encode(*words, *["k"] * 100_000)
        replies = []
        for server in (node, redis):
            with server.connect() as connection:
                connection.command("FLUSHALL")
                connection.send(request)
                replies.append(connection.read())
        assert replies[0] == replies[1], words


def test_quit_in_a_pipeline(node):
    with node.connect() as connection:
        connection.send(b"PING\r\nQUIT\r\nPING\r\n")
        assert connection.read_to_close() == b"+PONG\r\n+OK\r\n"
