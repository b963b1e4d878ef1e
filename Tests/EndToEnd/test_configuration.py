"""CONFIG at run time, and configuration files and command lines before it."""

import os
import signal
import socket
import subprocess

import pytest

from support import settings
from support.server import Server, free_port

RUN_SECONDS = 10
GIVEN = {
    "maxmemory": "104857600", "maxmemory-policy": "noeviction", "timeout": "0", "slowlog-log-slower-than": "10000",
    "databases": "16", "proto-max-bulk-len": "536870912", "maxclients": "10000", "tcp-keepalive": "300",
}


def _run(*arguments):
    """The program run to its end: (exit code, everything it said)."""
    result = subprocess.run(
        [settings.CORONET, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=RUN_SECONDS, text=True)
    return result.returncode, result.stdout


def _node(*arguments):
    return _run(*([] if settings.is_redis(settings.CORONET) else ["node"]), *arguments)


def test_get_with_globs_and_several_names(node1):
    with node1.connect(protocol=3) as connection:
        found = connection.ask("CONFIG", "GET", "maxmemory*", "timeout", "MAXMEMORY")
        assert {b"maxmemory", b"maxmemory-policy", b"timeout"} <= found.keys()
        assert connection.ask("CONFIG", "GET", "*").keys() >= {name.encode() for name in GIVEN}


def test_set_several_is_all_or_nothing(node1):
    with node1.connect() as connection:
        before = connection.command("CONFIG", "GET", "timeout")
        assert connection.command("CONFIG", "SET", "timeout", "7", "maxmemory", "nonsense").startswith(b"-ERR")
        assert connection.command("CONFIG", "GET", "timeout") == before


def _file(directory, text: str) -> str:
    path = directory / "redis.conf"
    path.write_text(text)
    return str(path)


def _server_with(path: str, *directives) -> Server:
    """A server started with a configuration file in front of its directives."""
    server = Server(directives=list(directives))
    plain = server.arguments
    server.arguments = lambda: plain()[: 1 if server.is_redis else 2] + [path] + plain()[1 if server.is_redis else 2 :]
    return server


def test_file_include_quotes_and_override(tmp_path):
    (tmp_path / "more.conf").write_text('timeout 11\nslowlog-max-len 5\n')
    path = _file(tmp_path, f"""
# a comment
include {tmp_path}/more.conf
requirepass "p\\x61ss word"
slowlog-max-len 6
maxmemory 10mb
""")
    with _server_with(path, ("maxmemory", "20mb")) as server, server.connect() as connection:
        assert connection.command("AUTH", "pass word") == b"+OK\r\n"
        assert connection.ask("CONFIG", "GET", "timeout") == [b"timeout", b"11"]
        assert connection.ask("CONFIG", "GET", "slowlog-max-len") == [b"slowlog-max-len", b"6"]
        assert connection.ask("CONFIG", "GET", "maxmemory") == [b"maxmemory", b"20971520"]


def test_rewrite_keeps_comments_and_survives_a_restart(tmp_path):
    path = _file(tmp_path, "# keep me\ntimeout 11\n")
    with _server_with(path) as server, server.connect() as connection:
        assert connection.command("CONFIG", "SET", "timeout", "12", "slowlog-max-len", "77") == b"+OK\r\n"
        assert connection.command("CONFIG", "REWRITE") == b"+OK\r\n"
    text = open(path).read()
    assert "# keep me" in text and "timeout 12" in text and "slowlog-max-len 77" in text
    with _server_with(path) as server, server.connect() as connection:
        assert connection.ask("CONFIG", "GET", "slowlog-max-len") == [b"slowlog-max-len", b"77"]


BAD_LINES = {
    "unknown directive": ("nosuch-directive 1", "nosuch-directive"),
    "bad number": ("timeout abc", "timeout"),
    "bad memory": ("maxmemory 10zz", "maxmemory"),
    "bad choice": ("maxmemory-policy whatever", "maxmemory-policy"),
    "missing value": ("timeout", "timeout"),
    "unbalanced quotes": ('requirepass "abc', "requirepass"),
    "missing include": ("include /no/such/file.conf", "/no/such/file.conf"),
}


@pytest.mark.parametrize("kind", BAD_LINES)
def test_a_bad_line_is_named(tmp_path, kind):
    line, word = BAD_LINES[kind]
    path = _file(tmp_path, f"# one\n\n{line}\n")
    code, said = _node(path, "--port", str(free_port()))
    assert code == 1, said
    assert word in said
    if not settings.is_redis(settings.CORONET):
        assert "redis.conf" in said and "3" in said, f"file and line number: {said}"
        assert len(said.strip().splitlines()) == 1, f"one clear line: {said}"


@pytest.mark.parametrize("arguments", [["--nosuch", "1"], ["--timeout", "abc"], ["/no/such/file.conf"]], ids=str)
def test_a_bad_command_line(arguments):
    code, said = _node("--port", str(free_port()), *arguments) if arguments[0].startswith("--") else _node(*arguments)
    assert code == 1 and said.strip()


def test_port_in_use():
    with socket.socket() as taken:
        port = free_port()
        taken.bind(("127.0.0.1", port))
        taken.listen()
        code, said = _node("--port", str(port), "--bind", "127.0.0.1")
    assert code == 1, said
    assert str(port) in said


def test_two_nodes_do_not_share_a_port(start):
    """SO_REUSEPORT between our own cores must not let a second node in: it would take half the connections."""
    first = start()
    code, said = _node("--port", str(first.port))
    assert code == 1 and str(first.port) in said


def _ours_only():
    if settings.is_redis(settings.CORONET):
        pytest.skip("an option of Coronet's own")


def test_known_directives_that_do_not_apply(start):
    _ours_only()
    server = start([("io-threads", "4"), ("activedefrag", "no"), ("hz", "10")])
    assert server.is_alive()


def test_check_config(tmp_path):
    _ours_only()
    code, said = _node(_file(tmp_path, "timeout 5\n"), "--check-config")
    assert code == 0, said
    code, said = _node(_file(tmp_path, "timeout abc\n"), "--check-config")
    assert code == 1 and "timeout" in said


def test_help_and_version():
    _ours_only()
    code, said = _node("--help")
    assert code == 0 and "maxmemory" in said
    code, said = _run("--version")
    assert code == 0 and said.strip()


def test_json_log(start):
    _ours_only()
    server = start([("log-format", "json")])
    lines = [line for line in server.log.read_text().splitlines() if line.strip()]
    assert lines and all(line.startswith("{") for line in lines), lines[:3]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_ends_with_zero(start, number):
    server = start()
    os.kill(server.process.pid, number)
    assert server.process.wait(RUN_SECONDS) == 0
    server.process = None
